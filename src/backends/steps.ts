/** The batches of SGD steps, in order. */
import type { SgdSteps } from "./backend.ts";

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
