/** From counts to the values of a row, by the formulas of scikit-learn's `TfidfTransformer`, in float64. */

/** How counts become values, by the options' names. */
export interface Weighting {
  readonly tf: "count" | "binary" | "sublinear";
  readonly norm: "l2" | "l1" | null;
}

/** Returns the smooth inverse document frequency of a term, ln((1 + texts) / (1 + documents)) + 1. */
export function inverseDocumentFrequency(documents: number, texts: number): number {
  return Math.log((1 + texts) / (1 + documents)) + 1;
}

/** Returns the frequency for a count; counts of hashed terms may be negative or 0. */
export function frequencyOf(count: number, tf: Weighting["tf"]): number {
  if (tf === "count") return count;
  if (tf === "binary") return 1;
  return count === 0 ? 0 : Math.sign(count) * (1 + Math.log(Math.abs(count)));
}

/** Returns what a value adds to the sum that {@link divisorOf} takes. */
export function partOfNorm(value: number, norm: Weighting["norm"]): number {
  return norm === "l2" ? value * value : Math.abs(value);
}

/** Returns what the values of a row are divided by: their norm, 1 if that is 0 or there is none. */
export function divisorOf(sum: number, norm: Weighting["norm"]): number {
  if (norm === null || sum === 0) return 1;
  return norm === "l2" ? Math.sqrt(sum) : sum;
}
