/**
 * Why a row gets its answer: what each column adds to the score of a class. A term w_kj x_j alone says little, since a
 * softmax does not change if all classes get the same amount more. So a term is compared with that of the other classes:
 * (w_kj − w̄_j) x_j with the mean w̄_j over the classes, or (w_kj − w_oj) x_j with the other one of two classes, whose sum
 * is the logarithm of the odds. What is the same for all classes then counts for none. The features of a column are added up.
 */
import type { RowTerms } from "../../../data/row-terms.ts";

/** Weights `[K·D]`, row after row, and bias `[K]`. */
interface Linear {
  readonly weights: Float32Array;
  readonly bias: Float32Array;
}

/** Contribution of a column or word to the score of a class, compared with the other classes. */
export interface Reason {
  /** Position of a column, or of a feature that stands for itself. */
  readonly at: number;
  readonly amount: number;
}

export interface Reasons {
  /** The largest amounts first. */
  readonly reasons: readonly Reason[];
  /** Lead of the class before any cell counts. */
  readonly start: number;
  /** Lead of the class in all: the sum of `start` and all amounts. */
  readonly total: number;
}

/**
 * Returns what speaks for a class.
 *
 * @param terms  what counts, values of features or their deviations from an average
 * @param scores z `[K]` of the row
 * @param groupOf returns the column of a feature, or what else its amount is added to
 */
export function reasonsFor(
  k: number,
  terms: RowTerms,
  scores: Float64Array,
  model: Linear,
  groupOf: (feature: number) => number,
): Reasons {
  const sums = new Map<number, number>();
  let all = 0;
  for (const [i, j] of terms.indices.entries()) {
    const amount =
      aheadBy(k, (c) => model.weights[c * featuresOf(model) + j], scores.length) * terms.values[i];
    const group = groupOf(j);
    sums.set(group, (sums.get(group) ?? 0) + amount);
    all += amount;
  }
  const reasons = Array.from(sums, ([at, amount]) => ({ at, amount }));
  reasons.sort((a, b) => Math.abs(b.amount) - Math.abs(a.amount) || a.at - b.at);
  const total = aheadBy(k, (c) => scores[c], scores.length);
  return { reasons, start: total - all, total };
}

function featuresOf({ weights, bias }: Linear): number {
  return weights.length / bias.length;
}

/** Returns by how much a class is ahead of the mean of all classes, or of the other one of two. */
function aheadBy(k: number, of: (k: number) => number, classes: number): number {
  if (classes === 2) return of(k) - of(1 - k);
  let sum = 0;
  for (let c = 0; c < classes; c++) sum += of(c);
  return of(k) - sum / classes;
}
