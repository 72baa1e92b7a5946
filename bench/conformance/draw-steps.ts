/** Random steps of SGD and AdamW, at rates at which an error of one step does not grow in the next ones. */
import type { SgdSteps } from "../../src/backends/backend.ts";
import { ReferenceDataset } from "../../src/backends/reference/trainer.ts";
import { type Random, shuffle } from "../../src/data/random.ts";
import type { RowsInMemory } from "../../src/data/rows.ts";
import { isSparse } from "../../src/data/sparse-matrix.ts";
import { oneOf } from "./draw-sizes.ts";
import type { Problem } from "./problems.ts";

/** Most steps of a case, and their largest rate. */
const MOST_STEPS = 10;
const LARGEST_RATE = 0.2;

/** Of AdamW; a large ε, since a step would else be the sign of a rounding error where gradients are tiny. */
const ADAMW = { beta1: 0.9, beta2: 0.99, epsilon: 0.05 };

/** Draws steps for a problem; of extreme scores one step over all rows, after which they are not exact any more. */
export function drawSteps(problem: Problem<RowsInMemory>, isExtreme: boolean, random: Random): SgdSteps {
  const { rows } = problem.source.x;
  const batchSize = isExtreme ? rows : drawBatchSize(rows, random);
  const stepsOfEpoch = Math.ceil(rows / batchSize);
  const epochs = Array.from({ length: !isExtreme && stepsOfEpoch <= MOST_STEPS / 2 ? 2 : 1 }, () =>
    shuffledRows(rows, random).subarray(0, MOST_STEPS * batchSize),
  );
  const count = epochs.reduce((sum, order) => sum + Math.ceil(order.length / batchSize), 0);
  const adamw = random.integer(3) === 0 && { adamw: ADAMW };
  const rate = safeRate(problem) * (adamw ? ADAMW.epsilon : 1);
  return {
    epochs,
    batchSize,
    learningRates: Float64Array.from({ length: count }, (_, t) => rate / (1 + t / 4)),
    momentum: oneOf(random, [0, 0.5, 0.9]),
    nesterov: random.integer(2) === 0,
    l2: oneOf(random, [0, 0.01]),
    ...(adamw || { l1: oneOf(random, [0, 0.02]) }),
    ...(random.integer(2) === 0 && { averageFrom: random.integer(4) }),
  };
}

/** Draws a size of batches, some with a shorter last one, some with a single row. */
function drawBatchSize(rows: number, random: Random): number {
  const parts = oneOf(random, [1, 1, 2, 3, 5]);
  return random.integer(8) === 0 ? 1 : Math.max(1, Math.ceil(rows / parts) - random.integer(2));
}

/**
 * Returns a rate η ≤ 1 / L: L = ½ s_i ‖x̃_i‖² / mean s bounds the curvature of every batch, whichever rows it has (½ bounds
 * the Hessian of cross-entropy, Böhning 1992).
 */
function safeRate({ source }: Problem<RowsInMemory>): number {
  const { x, meanWeight, sampleWeights } = new ReferenceDataset(source);
  let largest = 0;
  for (let i = 0; i < x.rows; i++) {
    const s = sampleWeights?.[i] ?? 1;
    if (s > 0) largest = Math.max(largest, (s / meanWeight) * (1 + squaredNorm(x, i)));
  }
  return Math.min(LARGEST_RATE, 2 / Math.max(largest, 1));
}

function squaredNorm(x: RowsInMemory, row: number): number {
  const [begin, end] = isSparse(x) ? [x.indptr[row], x.indptr[row + 1]] : [row * x.cols, (row + 1) * x.cols];
  const scale = (isSparse(x) ? undefined : x.scale) ?? 1;
  let sum = 0;
  for (let at = begin; at < end; at++) sum += (x.data ? Number(x.data[at]) * scale : 1) ** 2;
  return sum;
}

/** Returns all rows in a random order. */
export function shuffledRows(rows: number, random: Random): Uint32Array {
  const order = Uint32Array.from({ length: rows }, (_, i) => i);
  shuffle(order, random);
  return order;
}
