/** What all backends do alike with the arguments of a call: check them, and cut SGD steps into batches. */
import { DataError, OptionError, ShapeError, StateError } from "../errors.ts";
import type { Dataset, ModelShape, SgdSteps } from "./backend.ts";

/** The rows of each step: every epoch's order cut into batches. */
export function* batchesOf({ epochs, batchSize }: SgdSteps): Generator<Uint32Array> {
  for (const order of epochs) {
    for (let begin = 0; begin < order.length; begin += batchSize)
      yield order.subarray(begin, begin + batchSize);
  }
}

/** Σ s over `rows`; their number where rows have no weights. */
export function sumOfWeights(sampleWeights: ArrayLike<number> | undefined, rows: ArrayLike<number>): number {
  if (!sampleWeights) return rows.length;
  let sum = 0;
  for (let i = 0; i < rows.length; i++) sum += sampleWeights[rows[i]];
  return sum;
}

/** Returns what a batch of `rows` rows divides its sums by: B · mean s. */
export function divisorOf(
  { meanWeight }: Pick<SgdSteps, "meanWeight">,
  data: { readonly meanWeight: number },
  rows: number,
): number {
  return rows * (meanWeight ?? data.meanWeight);
}

/** @throws ShapeError, StateError  a data set of other features or classes, or one that was disposed of */
export function checkShape({ features, classes }: ModelShape, data: Dataset): void {
  if (data.isDisposed) throw new StateError("data", "the data set was disposed of");
  if (data.features !== features) {
    throw new ShapeError("data", `expected ${features} features, got ${data.features}`);
  }
  if (data.targetKind === "distributions" ? data.classes !== classes : data.classes > classes) {
    throw new ShapeError("data", `expected targets of ${classes} classes, got ${data.classes}`);
  }
}

/** @throws DataError also for a data set without targets */
export function checkLabelled(shape: ModelShape, data: Dataset): void {
  checkShape(shape, data);
  if (data.targetKind === "none") throw new DataError("data", "expected a data set with targets");
}

/** @throws OptionError, DataError also for steps that do not fit together, or rows that are not there */
export function checkSteps(
  shape: ModelShape,
  data: Dataset,
  { epochs, batchSize, learningRates, l1 = 0, adamw }: SgdSteps,
): void {
  checkLabelled(shape, data);
  if (adamw && l1 !== 0) throw new OptionError("steps.l1", `expected 0 with AdamW, got ${l1}`);
  const steps = epochs.reduce((sum, order) => sum + Math.ceil(order.length / batchSize), 0);
  if (!(batchSize >= 1 && steps >= 1))
    throw new OptionError("steps", `expected at least one step of at least one row`);
  if (learningRates.length !== steps) {
    throw new OptionError(
      "steps.learningRates",
      `expected a rate for each of ${steps} steps, got ${learningRates.length}`,
    );
  }
  for (const order of epochs) {
    // By index: this runs over every row of every epoch, and an iterator costs several times as much.
    for (let i = 0; i < order.length; i++) {
      if (order[i] >= data.rows)
        throw new DataError("steps.epochs", `there is no row ${order[i]} among ${data.rows}`);
    }
  }
}

/** How many steps' parameters the average holds after the `index`-th of `steps`, from 0; 0 before averaging begins. */
export function averagedAfter({ firstStep = 0, averageFrom = Infinity }: SgdSteps, index: number): number {
  return Math.max(0, firstStep + index - averageFrom + 1);
}
