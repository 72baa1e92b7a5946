/** This library's own contenders: its WebGPU and WebAssembly backends, through the trainer that the public API uses. */
import { name, version } from "../../package.json";
import type { Backend } from "../../src/backends/backend.ts";
import { WasmBackend } from "../../src/backends/wasm/index.ts";
import { WebGpuBackend } from "../../src/backends/webgpu/index.ts";
import type { BenchStorage } from "../record.ts";
import { type BenchProblem, type Contender, LEARNING_RATE, MOMENTUM, type Training } from "./contender.ts";
import { describeForwardRate } from "./wasm-forward-rate.ts";

const LIBRARY = { name, version };

/** Makes the contender on WebGPU: with kernels tuned to the device, or with the plan by rule. */
export function ownWebgpu({ tuned, storage }: { tuned: boolean; storage: BenchStorage }): Contender {
  return {
    name: `${name} ${version} webgpu${tuned ? "" : ", untuned"}`,
    library: LIBRARY,
    storage,
    device: "webgpu",
    open: async (problem) =>
      trainOn(await WebGpuBackend.open({ tuning: tuned ? "full" : "off" }), problem, storage),
  };
}

/** Makes the contender on WebAssembly. With one thread, its note tells the forward pass's share of the ceiling. */
export function ownWasm(threads: number): Contender {
  return {
    name: `${name} ${version} wasm, ${threads} thread${threads > 1 ? "s" : ""}`,
    library: LIBRARY,
    storage: "f32",
    device: "wasm",
    open: async (problem) => {
      const note = threads === 1 && { note: await describeForwardRate(problem) };
      return { ...(await trainOn(await WasmBackend.open({ threads }), problem, "f32")), ...note };
    },
  };
}

/** Opens a training on a backend, which is closed with the training. */
async function trainOn(
  backend: Backend,
  { x: data, labels, rows, features, classes }: BenchProblem,
  storage: BenchStorage,
): Promise<Training> {
  try {
    const x = { data, rows, cols: features };
    const dataset = await backend.createDataset({ x, targets: { kind: "labels", labels }, storage });
    const trainer = await backend.createTrainer({ features, classes, bias: true });
    const order = Uint32Array.from({ length: rows }, (_, i) => i);
    return {
      get note() {
        return trainer.tuning?.reason;
      },
      run: async (count) => {
        await trainer.sgd(dataset, {
          epochs: Array.from({ length: count }, () => order),
          batchSize: rows,
          learningRates: new Float64Array(count).fill(LEARNING_RATE),
          momentum: MOMENTUM,
          nesterov: false,
          l2: 0,
        });
      },
      weights: async () => Float32Array.from((await trainer.read()).weights),
      dispose: () => {
        trainer.dispose();
        dataset.dispose();
        backend.dispose();
      },
    };
  } catch (error) {
    backend.dispose();
    throw error;
  }
}
