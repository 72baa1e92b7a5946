/** Accuracy where any of the k best classes will do. */
import { ratio } from "./class-scores.ts";

/**
 * The share of rows whose class is among the k with the highest scores, Σ s of these over Σ s of all; 0 where that is
 * 0. With k = 1, the accuracy.
 *
 * @param rank classes that come before each row's own, `[N]`, as a backend's outcomes have it
 * @param k at least 1; from K on the share is 1
 * @param weights s_i ≥ 0 of each row, `[N]`. Default: 1
 */
export function topKAccuracy(rank: Uint32Array, k: number, weights?: ArrayLike<number>): number {
  let [total, right] = [0, 0];
  for (let i = 0; i < rank.length; i++) {
    const s = weights ? weights[i] : 1;
    total += s;
    if (rank[i] < k) right += s;
  }
  return ratio(right, total);
}
