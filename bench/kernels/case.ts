/**
 * What a kernel has to say of itself to be measured alone: how it is run, what it should compute, what it
 * costs.
 */
import type { ModelShape } from "../../src/backends/backend.ts";
import type { DataKind, StepPlan } from "../../src/backends/webgpu/index.ts";
import { createRandom } from "../../src/data/random.ts";
import { ELEMENT_BYTES, emptyRows, packRows } from "../../src/data/storage.ts";
import type { Parameters } from "../../src/objective.ts";
import type { BenchProblem } from "../contenders/contender.ts";
import type { KernelRun, KernelSetup } from "../measure/kernel-run.ts";
import { problemOf } from "../measure/problem.ts";
import type { BenchShape, BenchStorage } from "../record.ts";

/** One kernel fitted to one problem. */
export interface KernelCase extends KernelSetup {
  /** How it was fitted, in words. */
  readonly variant: string;
  /** Operations of a dispatch by the formula, padding not counted. */
  readonly flops: number;
  /** Each input read once, each output written once. */
  readonly bytes: number;
  /** The error of what the first dispatch left, see largestError. */
  check(run: KernelRun): Promise<number>;
}

/** What kernels work on: a problem, parameters and scores of order 1. */
export interface KernelInputs extends BenchProblem {
  /** How the kernels are fitted to the shape. */
  readonly plan: StepPlan;
  readonly model: ModelShape;
  readonly kind: DataKind;
  /** W of order 1/√D, so that scores are of order 1. */
  readonly parameters: Parameters;
  /** X as it is stored: rows padded to whole vectors of four. */
  readonly packed: ReturnType<typeof emptyRows>;
  /** Bytes of X without the padding. */
  readonly xBytes: number;
  /** 0 … N − 1: rows are found through it, as in a training step. */
  readonly order: Uint32Array<ArrayBuffer>;
  /** Seeded, standard normal times `size`. */
  normal(length: number, size: number): Float32Array<ArrayBuffer>;
}

/** Inputs of all kernels at one shape. */
export function inputsOf(shape: BenchShape, storage: BenchStorage, plan: StepPlan): KernelInputs {
  const problem = problemOf(shape, storage);
  const random = createRandom(2);
  const stride = Math.ceil(shape.features / 4) * 4;
  const packed = emptyRows(storage, shape.rows * stride);
  packRows(
    { data: problem.x, rows: shape.rows, cols: shape.features },
    storage,
    0,
    shape.rows,
    packed,
    stride,
  );
  const normal = (length: number, size: number) =>
    Float32Array.from({ length }, () => size * random.normal());
  const { features, classes } = shape;
  return {
    ...problem,
    plan,
    model: { features, classes, bias: true },
    kind: { storage, isScaled: false, targetKind: "labels", isWeighted: false, isSmoothed: false },
    parameters: {
      weights: Float64Array.from(normal(classes * features, 1 / Math.sqrt(features))),
      bias: Float64Array.from(normal(classes, 1)),
    },
    packed,
    xBytes: problem.x.length * ELEMENT_BYTES[storage],
    order: Uint32Array.from({ length: shape.rows }, (_, i) => i),
    normal,
  };
}

/**
 * At most 64 of `length` indices, evenly spread, first and last among them: enough to see that a kernel is
 * right.
 */
export function sampleOf(length: number): Uint32Array {
  const count = Math.min(64, length);
  return Uint32Array.from({ length: count }, (_, i) =>
    Math.round((i * (length - 1)) / Math.max(1, count - 1)),
  );
}

/** The first `length` floats of a buffer. */
export async function readFloats(run: KernelRun, name: string, length: number): Promise<Float32Array> {
  return new Float32Array(await run.read(name, 4 * length));
}
