/**
 * The problem that everybody solves at one shape, and what its weights are after a few steps, by the
 * reference.
 */
import { dLogits, gradient, matmul, sgdUpdate, softmax } from "../../src/backends/reference/index.ts";
import { createRandom } from "../../src/data/random.ts";
import { pause } from "../../src/pause.ts";
import { type BenchProblem, LEARNING_RATE, MOMENTUM } from "../contenders/contender.ts";
import type { BenchShape, BenchStorage } from "../record.ts";

/** Steps after which the weights are compared. */
export const CHECKED_STEPS = 3;

/** Multiply-adds of the reference between two looks at the signal: some ten milliseconds. */
const PIECE_OPERATIONS = 2 ** 23;

/** Values that each storage holds exactly, so that an error tells of the arithmetic alone. */
const VALUES: Readonly<Record<BenchStorage, (uniform: number) => number>> = {
  f32: (uniform) => uniform,
  f16: (uniform) => Math.floor(256 * uniform) / 256,
  u8: (uniform) => Math.floor(256 * uniform) / 255,
};

/** Seeded rows in [0, 1], every label there. */
export function problemOf({ rows, features, classes }: BenchShape, storage: BenchStorage): BenchProblem {
  const random = createRandom(1);
  const value = VALUES[storage];
  const x = new Float32Array(rows * features);
  for (let i = 0; i < x.length; i++) x[i] = value(random.uniform());
  const labels = Uint32Array.from({ length: rows }, (_, i) => i % classes);
  return { rows, features, classes, x, storage, labels };
}

/**
 * W `[K,D]` after {@link CHECKED_STEPS} steps in float64. Rejects with the signal's reason after an abort.
 */
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

/** The gradient over all rows as the mean of those of its pieces, so that the page stays alive meanwhile. */
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

/** The problem at one shape and its reference's weights, made once for every storage. */
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
