/**
 * What kernels are measured on: a problem, parameters and scores of order 1, and a plan that fits the kernels to it.
 */
import type { ModelShape } from "../../src/backends/backend.ts";
import type { DataKind, StepPlan } from "../../src/backends/webgpu/index.ts";
import { createRandom } from "../../src/data/random.ts";
import { ELEMENT_BYTES, emptyRows, packRows } from "../../src/data/storage.ts";
import type { Parameters } from "../../src/parameters.ts";
import type { BenchProblem } from "../contenders/contender.ts";
import { problemOf } from "../measure/problem.ts";
import type { BenchShape, BenchStorage } from "../record.ts";

/** The inputs of all kernels at one shape. */
export interface KernelInputs extends BenchProblem {
  readonly plan: StepPlan;
  readonly model: ModelShape;
  readonly kind: DataKind;
  /** W of order 1/√D, so that scores are of order 1. */
  readonly parameters: Parameters;
  /** X as it is stored: rows padded to whole vectors of four. */
  readonly packed: ReturnType<typeof emptyRows>;
  /** Bytes of X without the padding. */
  readonly xBytes: number;
  /** 0 … N − 1: kernels find rows through it, as in a training step. */
  readonly order: Uint32Array<ArrayBuffer>;
  /** Draws seeded standard normal numbers, times `size`. */
  normal(length: number, size: number): Float32Array<ArrayBuffer>;
}

/** Makes the inputs at one shape. */
export function inputsOf(shape: BenchShape, storage: BenchStorage, plan: StepPlan): KernelInputs {
  const problem = problemOf(shape, storage);
  const random = createRandom(2);
  const { rows, features, classes } = shape;
  const stride = Math.ceil(features / 4) * 4;
  const packed = emptyRows(storage, rows * stride);
  packRows({ data: problem.x, rows, cols: features }, storage, 0, rows, packed, stride);
  const normal = (length: number, size: number) =>
    Float32Array.from({ length }, () => size * random.normal());
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
    order: Uint32Array.from({ length: rows }, (_, i) => i),
    normal,
  };
}

/**
 * Picks at most 64 of `length` indices, evenly spread, first and last among them: enough to see that a kernel is right.
 */
export function sampleOf(length: number): Uint32Array {
  const count = Math.min(64, length);
  return Uint32Array.from({ length: count }, (_, i) =>
    Math.round((i * (length - 1)) / Math.max(1, count - 1)),
  );
}
