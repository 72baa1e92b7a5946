/** All choices about what to measure. */
import type { Option } from "../../demo/ui/fields.tsx";
import { shapeText } from "../measure/text.ts";
import type { ContenderId } from "../plan.ts";
import type { BenchShape, BenchStorage } from "../record.ts";

interface ShapeOption extends Option<string> {
  readonly shapes: readonly BenchShape[];
}

interface ContenderOption extends Option<ContenderId> {
  readonly needsGpu: boolean;
}

/** The choices of a visitor, each list in any order. */
export interface Choices {
  readonly shapes: readonly string[];
  readonly storages: readonly BenchStorage[];
  readonly contenders: readonly ContenderId[];
  readonly parts: readonly Part[];
  readonly rounds: number;
}

/** Measurements of the adapter alone. */
type Part = "ceilings" | "kernels";

export const MAX_ROUNDS = 99;

const shapeOf = (rows: number, features: number, classes: number): BenchShape => ({
  rows,
  features,
  classes,
});

const single = (shape: BenchShape, hint: string): ShapeOption => {
  const label = shapeText(shape);
  return { id: label, label, hint, shapes: [shape] };
};

const powersOfTwo = (from: number, to: number): number[] =>
  Array.from({ length: Math.log2(to / from) + 1 }, (_, i) => from * 2 ** i);

export const SHAPES: readonly ShapeOption[] = [
  single(shapeOf(128, 784, 10), "a small batch of MNIST: fixed costs count"),
  single(shapeOf(1024, 784, 10), "a medium batch of MNIST"),
  single(shapeOf(4096, 784, 10), "a large batch of MNIST"),
  single(shapeOf(1024, 768, 100), "text embeddings, a hundred classes"),
  single(shapeOf(1024, 512, 1000), "image embeddings, a thousand classes"),
];

export const SWEEPS: readonly ShapeOption[] = [
  {
    id: "sweep-rows",
    label: "Sweep the batch size",
    hint: "64 to 16,384 rows, 784 features, 10 classes",
    shapes: powersOfTwo(64, 16_384).map((rows) => shapeOf(rows, 784, 10)),
  },
  {
    id: "sweep-features",
    label: "Sweep the features D",
    hint: "64 to 4,096 features, 1,024 rows, 10 classes",
    shapes: powersOfTwo(64, 4096).map((features) => shapeOf(1024, features, 10)),
  },
  {
    id: "sweep-classes",
    label: "Sweep the classes K",
    hint: "2 to 1,000 classes, 1,024 rows, 784 features",
    shapes: [2, 10, 32, 100, 320, 1000].map((classes) => shapeOf(1024, 784, classes)),
  },
];

export const STORAGES: readonly Option<BenchStorage>[] = [
  { id: "f32", label: "f32", hint: "4 bytes a value; what everyone takes" },
  { id: "f16", label: "f16", hint: "2 bytes a value; half as much to read" },
  { id: "u8", label: "u8", hint: "1 byte a value, as pixels come" },
];

export const OWN: readonly ContenderOption[] = [
  {
    id: "own-webgpu",
    label: "WebGPU, tuned",
    hint: "kernels fitted to this GPU first; others are compared with it",
    needsGpu: true,
  },
  {
    id: "own-webgpu-untuned",
    label: "WebGPU, untuned",
    hint: "the same kernels as they are; shows what tuning gains",
    needsGpu: true,
  },
  { id: "own-wasm", label: "WebAssembly, one thread", hint: "the CPU alone, no GPU needed", needsGpu: false },
  { id: "own-wasm-2", label: "WebAssembly, two threads", hint: "the CPU with one helper", needsGpu: false },
];

export const PEERS: readonly ContenderOption[] = [
  { id: "tfjs-webgpu", label: "TF.js, WebGPU", hint: "loaded only when asked for", needsGpu: true },
  { id: "tfjs-wasm", label: "TF.js, WebAssembly", hint: "loaded only when asked for", needsGpu: false },
  { id: "jax-webgpu", label: "jax-js, WebGPU", hint: "loaded only when asked for", needsGpu: true },
  { id: "jax-wasm", label: "jax-js, WebAssembly", hint: "loaded only when asked for", needsGpu: false },
];

export const PARTS: readonly Option<Part>[] = [
  { id: "ceilings", label: "What the GPU can do at best", hint: "arithmetic, reading, cost of a dispatch" },
  { id: "kernels", label: "Each kernel alone", hint: "as a share of that best" },
];

/** Returns the list with an id added or removed. */
export function toggled<Id extends string>(chosen: readonly Id[], id: Id, on: boolean): Id[] {
  const others = chosen.filter((other) => other !== id);
  return on ? [...others, id] : others;
}
