/**
 * The problem of one shape that all contenders solve, its weights after a few steps by the reference, and how far a
 * result may be from the reference.
 */
import { dLogits, gradient, matmul, sgdUpdate, softmax } from "../../src/backends/reference/index.ts";
import { createRandom } from "../../src/data/random.ts";
import { pause } from "../../src/pause.ts";
import { type BenchProblem, LEARNING_RATE, MOMENTUM } from "../contenders/contender.ts";
import type { BenchShape, BenchStorage } from "../record.ts";

/** Number of steps after which the weights are compared. */
export const CHECKED_STEPS = 3;

/** Largest error of a correct result, as a share of the largest value. Everything measured computes in float32. */
export const TOLERANCE = 1e-4;

/** Multiply-adds of the reference between two checks of the signal: some ten milliseconds. */
const PIECE_OPERATIONS = 2 ** 23;

/** Rounds to values that each storage holds exactly, so that errors come from the arithmetic alone. */
const VALUES: Readonly<Record<BenchStorage, (uniform: number) => number>> = {
  f32: (uniform) => uniform,
  f16: (uniform) => Math.floor(256 * uniform) / 256,
  u8: (uniform) => Math.floor(256 * uniform) / 255,
};

/** Makes seeded rows in [0, 1] with labels 0, 1, … K − 1, 0, 1, … */
export function problemOf({ rows, features, classes }: BenchShape, storage: BenchStorage): BenchProblem {
  const random = createRandom(1);
  const value = VALUES[storage];
  const x = new Float32Array(rows * features);
  for (let i = 0; i < x.length; i++) x[i] = value(random.uniform());
  const labels = Uint32Array.from({ length: rows }, (_, i) => i % classes);
  return { rows, features, classes, x, storage, labels };
}

/** Computes W `[K,D]` after {@link CHECKED_STEPS} steps in float64. Rejects with the signal's reason after an abort. */
export async function referenceWeights(problem: BenchProblem, signal?: AbortSignal): Promise<Float64Array> {
  const { features, classes } = problem;
  const w = { weights: new Float64Array(classes * features), bias: new Float64Array(classes) };
  const v = { weights: new Float64Array(classes * features), bias: new Float64Array(classes) };
  const rates = { learningRate: LEARNING_RATE, momentum: MOMENTUM, nesterov: false };
  for (let step = 0; step < CHECKED_STEPS; step++) {
    const g = await gradientInPieces(problem, w, signal);
    sgdUpdate(w.weights, v.weights, g.weights, rates);
    sgdUpdate(w.bias, v.bias, g.bias, rates);
  }
  return w.weights;
}

/** Computes the gradient over all rows piece by piece, so that the page stays responsive. */
async function gradientInPieces(
  { x: data, labels, rows, features, classes }: BenchProblem,
  w: { weights: Float64Array; bias: Float64Array },
  signal: AbortSignal | undefined,
) {
  const x = { data, rows, cols: features };
  const targets = { kind: "labels", labels } as const;
  const sum = { weights: new Float64Array(classes * features), bias: new Float64Array(classes) };
  const pieceRows = Math.ceil(PIECE_OPERATIONS / (features * classes));
  for (let first = 0; first < rows; first += pieceRows) {
    const piece = Uint32Array.from({ length: Math.min(pieceRows, rows - first) }, (_, i) => first + i);
    const t = dLogits(softmax(matmul(x, piece, w), classes), targets, undefined, piece, classes);
    const g = gradient(t, x, piece, w, 0);
    const share = piece.length / rows;
    for (let i = 0; i < sum.weights.length; i++) sum.weights[i] += share * g.weights[i];
    for (let i = 0; i < sum.bias.length; i++) sum.bias[i] += share * g.bias[i];
    await pause(signal);
  }
  return sum;
}

/**
 * Returns the largest difference between `actual` and `expected`, as a share of the largest expected value.
 *
 * @throws Error  results of another length, or that are not numbers: they have no error
 */
export function largestError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length)
    throw new Error(`gave ${actual.length} numbers, expected ${expected.length}`);
  let [difference, size] = [0, 0];
  for (let i = 0; i < expected.length; i++) {
    if (!Number.isFinite(actual[i])) throw new Error(`gave ${actual[i]} where ${expected[i]} was expected`);
    difference = Math.max(difference, Math.abs(actual[i] - expected[i]));
    size = Math.max(size, Math.abs(expected[i]));
  }
  return difference / Math.max(size, Number.MIN_VALUE);
}

/** Keeps the problem at one shape and its expected weights, made once for every storage. */
export class ProblemCache {
  readonly #shape: BenchShape;
  readonly #signal: AbortSignal | undefined;
  readonly #made = new Map<BenchStorage, ReturnType<ProblemCache["of"]>>();

  constructor(shape: BenchShape, signal: AbortSignal | undefined) {
    this.#shape = shape;
    this.#signal = signal;
  }

  of(storage: BenchStorage): Promise<{ problem: BenchProblem; expected: Float64Array }> {
    const made = this.#made.get(storage) ?? this.#make(storage);
    this.#made.set(storage, made);
    return made;
  }

  async #make(storage: BenchStorage) {
    const problem = problemOf(this.#shape, storage);
    return { problem, expected: await referenceWeights(problem, this.#signal) };
  }
}
