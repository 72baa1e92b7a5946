/** Work on the arguments of a call that all backends share: checks, and the batches and rates of SGD steps. */
import { DataError, OptionError, ShapeError, StateError } from "../errors.ts";
import type { AdamwSettings, Dataset, ModelShape, SgdSteps } from "./backend.ts";

/** Rows of one SGD step, and the numbers that follow from them. */
export interface StepBatch {
  /** Position of the step in its call, from 0. */
  readonly index: number;
  readonly rows: Uint32Array;
  /** Σ s over the rows. */
  readonly weight: number;
  /** Divisor of the batch's sums, B · mean s. */
  readonly divisor: number;
  /** Factor of each s, 1 / divisor; 0 if Σ s is 0. */
  readonly scale: number;
  /** Number of steps that the average of the parameters covers after this one; 0 before averaging begins. */
  readonly averaged: number;
}

/** Row weights of a data set. */
interface RowWeights {
  readonly sampleWeights: ArrayLike<number> | undefined;
  /** Σ s / N over all rows. */
  readonly meanWeight: number;
}

/** Cuts every epoch's order into the rows of each step. */
export function* batchesOf({ epochs, batchSize }: SgdSteps): Generator<Uint32Array> {
  for (const order of epochs) {
    for (let begin = 0; begin < order.length; begin += batchSize)
      yield order.subarray(begin, begin + batchSize);
  }
}

/** Prepares the batch of every step, one after the other. */
export function* stepBatchesOf(steps: SgdSteps, data: RowWeights): Generator<StepBatch> {
  let index = 0;
  for (const rows of batchesOf(steps)) {
    const weight = sumOfWeights(data.sampleWeights, rows);
    const divisor = rows.length * (steps.meanWeight ?? data.meanWeight);
    const scale = weight > 0 ? 1 / divisor : 0;
    yield { index, rows, weight, divisor, scale, averaged: averagedAfter(steps, index) };
    index++;
  }
}

/** Returns Σ s over `rows`, or their number if rows have no weights. */
export function sumOfWeights(sampleWeights: ArrayLike<number> | undefined, rows: ArrayLike<number>): number {
  if (!sampleWeights) return rows.length;
  let sum = 0;
  for (let i = 0; i < rows.length; i++) sum += sampleWeights[rows[i]];
  return sum;
}

/** Whether any of the steps takes part in the average of the parameters. */
export function isAveraged(steps: SgdSteps): boolean {
  return averagedAfter(steps, steps.learningRates.length - 1) > 0;
}

function averagedAfter({ firstStep = 0, averageFrom = Infinity }: SgdSteps, index: number): number {
  return Math.max(0, firstStep + index - averageFrom + 1);
}

/**
 * Returns AdamW's rates in step `index`, in double precision. The corrections of the moments' bias become part of η and
 * ε, since 1/√(v / c) = √c/√v: η̂ = η √(1 − β₂ᵗ) / (1 − β₁ᵗ), ε̂ = ε √(1 − β₂ᵗ), decay = 2λη.
 */
export function adamwRatesOf(
  { learningRates, l2, firstStep = 0 }: SgdSteps,
  { beta1, beta2, epsilon }: AdamwSettings,
  index: number,
) {
  const t = firstStep + index + 1;
  const root = Math.sqrt(1 - beta2 ** t);
  return {
    learningRate: (learningRates[index] * root) / (1 - beta1 ** t),
    epsilon: epsilon * root,
    decay: 2 * learningRates[index] * l2,
  };
}

/** Checks that a data set fits a model. @throws ShapeError, StateError if not, or if it was disposed of */
export function checkShape({ features, classes, sparse = false }: ModelShape, data: Dataset): void {
  if (data.isDisposed) throw new StateError("data", "the data set was disposed of");
  if (data.isSparse !== sparse)
    throw new StateError(
      "data",
      `the trainer was created for ${sparse ? "sparse" : "dense"} rows, and these are ${sparse ? "dense" : "sparse"}`,
    );
  if (data.features !== features) {
    throw new ShapeError("data", `expected ${features} features, got ${data.features}`);
  }
  if (data.targetKind === "distributions" ? data.classes !== classes : data.classes > classes) {
    const most = data.targetKind === "distributions" ? "" : "at most ";
    throw new ShapeError("data", `expected targets of ${most}${classes} classes, got ${data.classes}`);
  }
}

/** Checks as {@link checkShape} does. @throws DataError also for a data set without targets */
export function checkLabelled(shape: ModelShape, data: Dataset): void {
  checkShape(shape, data);
  if (data.targetKind === "none")
    throw new DataError("data", "expected a data set with targets, got one without");
}

/** Checks as {@link checkShape} does. @throws ShapeError also for another number of weights than rows */
export function checkMoments(shape: ModelShape, data: Dataset, weights: Float32Array): void {
  checkShape(shape, data);
  if (data.isSparse) throw new DataError("data", "second moments are for dense rows, and these are sparse");
  if (weights.length !== data.rows)
    throw new ShapeError("weights", `expected ${data.rows} weights, got ${weights.length}`);
}

/**
 * Checks as {@link checkLabelled} does.
 *
 * @throws OptionError, DataError also for steps that do not fit together or rows out of range
 */
export function checkSteps(
  shape: ModelShape,
  data: Dataset,
  { epochs, batchSize, learningRates, l1 = 0, adamw }: SgdSteps,
): void {
  checkLabelled(shape, data);
  if (adamw && l1 !== 0) throw new OptionError("steps.l1", `expected 0 with AdamW, got ${l1}`);
  const steps = epochs.reduce((sum, order) => sum + Math.ceil(order.length / batchSize), 0);
  if (!(batchSize >= 1 && steps >= 1))
    throw new OptionError(
      "steps",
      `expected at least one step of at least one row, got ${steps} steps of ${batchSize} rows`,
    );
  if (learningRates.length !== steps) {
    throw new OptionError(
      "steps.learningRates",
      `expected a rate for each of ${steps} steps, got ${learningRates.length}`,
    );
  }
  for (const order of epochs) {
    // Indexed, since this loop visits every row of every epoch and an iterator is several times slower.
    for (let i = 0; i < order.length; i++) {
      if (order[i] >= data.rows)
        throw new DataError("steps.epochs", `expected row indices below ${data.rows}, got ${order[i]}`);
    }
  }
}
