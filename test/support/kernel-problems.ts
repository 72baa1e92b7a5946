/** Shared parts of tests of single kernels: shapes, buffers as the kernels read them, and the reference's results. */
import { expect } from "vitest";
import type { ModelShape } from "../../src/backends/backend.ts";
import {
  countCorrect,
  crossEntropy,
  dLogits,
  gradient,
  matmul,
  softmax,
  weightedMean,
} from "../../src/backends/reference/index.ts";
import { type DataKind, dispatchOf, type Operation } from "../../src/backends/webgpu/dispatches.ts";
import type { GpuDevice } from "../../src/backends/webgpu/gpu-device.ts";
import { layoutOf, packParameters } from "../../src/backends/webgpu/parameters.ts";
import type { StepPlan } from "../../src/backends/webgpu/plan.ts";
import type { Matrix } from "../../src/data/matrix.ts";
import { createRandom, shuffle } from "../../src/data/random.ts";
import { emptyRows, packRows, type Storage } from "../../src/data/storage.ts";
import type { Targets } from "../../src/data/targets.ts";
import { expectClose } from "./expect-close.ts";
import { type Problem, type ProblemSpec, randomProblem } from "./problems.ts";
import { runKernel } from "./run-kernel.ts";

export { OTHER_TILES, plansOf } from "../../bench/conformance/plans.ts";

/** Sizes 1, primes, tiles ± 1, D on both sides of multiples of four, K up to more than a thousand. */
export const SHAPES = [
  [1, 1, 2],
  [1, 3, 3],
  [3, 4, 2],
  [4, 5, 10],
  [5, 7, 9],
  [31, 8, 11],
  [32, 31, 10],
  [33, 64, 20],
  [63, 9, 21],
  [64, 13, 19],
  [65, 785, 10],
  [127, 16, 16],
  [67, 33, 97],
  [129, 12, 128],
  [17, 5, 1031],
] as const;

/** Scale of X in problems whose kernels multiply by a unit. */
const UNIT = { u8: 1 / 128, f16: 1.5 } as const;

/** Packs X as on the device, without its scale. */
export function stored({ data, rows, cols }: Matrix, storage: Storage): Uint32Array {
  const stride = Math.ceil(cols / 4) * 4;
  const packed = emptyRows(storage, rows * stride);
  packRows({ data, rows, cols }, storage, 0, rows, packed, stride);
  return new Uint32Array(packed.buffer);
}

/** Returns a problem whose data the storage holds exactly; `isScaled` gives it another unit than the storage's own. */
export function exactProblem(spec: Omit<ProblemSpec, "storage">, storage: Storage, isScaled = false) {
  const problem = randomProblem({ ...spec, storage: storage === "u8" ? "u8" : "f32" });
  const { x } = problem.source;
  if (storage === "f16") x.data.set(x.data.map((value) => Math.round(value * 256) / 256));
  if (!isScaled || storage === "f32") return problem;
  return { ...problem, source: { ...problem.source, x: { ...x, scale: UNIT[storage] } } };
}

/** A data set of labels without weights. */
export const LABELS: DataKind = {
  storage: "f32",
  isScaled: false,
  targetKind: "labels",
  isWeighted: false,
  isSmoothed: false,
};

/** Runs one operation as a trainer would, on arrays. */
export async function runOperation(
  gpu: GpuDevice,
  operation: Operation,
  plan: StepPlan,
  shape: ModelShape,
  kind: DataKind,
  segment: Record<string, number>,
  buffers: Record<string, Float32Array | Uint32Array>,
) {
  const { shader, constants, groups } = dispatchOf(operation, plan, shape, kind);
  const count = groups(segment.rows, segment.splits ?? 1);
  const results = await runKernel(gpu, { shader, constants, segment, buffers, groups: count });
  return { results, groups: count };
}

/** Returns the rows in a seeded order. */
export function shuffled(rows: number): Uint32Array {
  const order = Uint32Array.from({ length: rows }, (_, i) => i);
  shuffle(order, createRandom(7));
  return order;
}

/** Returns targets as the kernels read them. */
export function heldTargets(targets: Targets): Float32Array | Uint32Array {
  if (targets.kind === "labels") return targets.labels;
  return targets.kind === "none" ? new Uint32Array(1) : Float32Array.from(targets.distributions.data);
}

/** Packs parameters, X, targets and weights of a problem as the kernels read them. */
export function buffersOf({ source, parameters }: Problem, shape: ModelShape, storage: Storage) {
  const { targets, sampleWeights } = source;
  const rows = source.x.rows;
  return {
    order: shuffled(rows),
    x: stored(source.x, storage),
    weights: packParameters(parameters, shape, layoutOf(shape).weights4),
    targets: heldTargets(targets),
    sampleWeights: sampleWeights ?? new Float32Array(1),
  };
}

/** Computes by the reference: dLogits in `order`, mean loss, correct rows with s > 0, and the gradient. */
export function expectedOf(
  { source, parameters }: Problem,
  { classes, features, bias }: ModelShape,
  order: Uint32Array,
) {
  const { x, targets, sampleWeights, labelSmoothing } = source;
  const zero = { weights: new Float64Array(classes * features), bias: new Float64Array(classes) };
  const scores = matmul(x, order, bias ? parameters : { ...parameters, bias: zero.bias });
  const t = dLogits(softmax(scores, classes), targets, sampleWeights, order, classes, labelSmoothing);
  const losses = crossEntropy(scores, targets, order, classes, labelSmoothing);
  return {
    t,
    gradient: gradient(t, x, order, zero, 0),
    loss: weightedMean(losses, sampleWeights, order),
    correct: countCorrect(scores, targets, sampleWeights, order, classes),
    weight: sampleWeights?.reduce((sum, s) => sum + s, 0) ?? order.length,
  };
}

/** Checks the loss pairs from slot 3 on, whose sum is half the mean loss. */
export function expectLosses(pairs: Float32Array, expected: { loss: number; correct: number }) {
  const sum = (offset: number) =>
    pairs.reduce((total, value, i) => (i % 2 === offset ? total + value : total), 0);
  expectClose([2 * sum(0)], [expected.loss], { absolute: 2e-6, relative: 1e-5 }, "loss");
  expect(sum(1)).toBe(expected.correct);
}

/** Shapes with varying storage, scale, targets, smoothing and weights, so that every kernel meets all of them. */
export const CASES = SHAPES.map(([rows, features, classes], i) => {
  const kind = {
    storage: (["f32", "u8", "f16"] as const)[i % 3],
    isScaled: i % 3 > 0 && i % 2 === 0,
    targetKind: (["labels", "distributions"] as const)[(i >> 1) % 2],
    isWeighted: i % 5 === 2,
    isSmoothed: i % 3 === 1 && (i >> 1) % 2 === 0,
  };
  return {
    shape: { features, classes, bias: i % 4 !== 3 },
    kind,
    labelSmoothing: kind.isSmoothed ? 0.25 : 0,
    rows,
  };
});
