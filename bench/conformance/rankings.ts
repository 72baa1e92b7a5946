/**
 * Predictions, ranks and counts of correct rows: whole numbers that an error of the last bit may change, since of two
 * scores that are nearly equal either may come first.
 */
import type { Targets } from "../../src/data/targets.ts";

/** Scores of all rows by the reference. */
export interface Scores {
  /** `[N,K]` */
  readonly logits: Float64Array;
  readonly classes: number;
  /** Largest error of a score on the device; 0 if they are exact, and order must be. */
  readonly error: number;
}

/** Smallest and largest possible value. */
export type Span = readonly [least: number, most: number];

/** Two shares of a distribution nearer than this, relative to the larger one, count as equal: they are rounded twice. */
const EQUAL_SHARES = 2 ** -20;

/** Returns the predictions, with those of the reference in the place of others that are as good. */
export function settledPredictions(
  predicted: Uint32Array,
  expected: Uint32Array,
  { logits, classes, error }: Scores,
): Uint32Array {
  return predicted.map((seen, i) => {
    const behind = logits[i * classes + expected[i]] - logits[i * classes + seen];
    return error > 0 && behind <= 2 * error ? expected[i] : seen;
  });
}

/** Returns the ranks that the target of each row may have, `[N]`; `expected` if scores are exact or lost. */
export function rankSpans(expected: Uint32Array, targets: Targets, scores: Scores): Span[] {
  return Array.from(expected, (rank, i) => rankSpan(i, rank, targets, scores));
}

function rankSpan(row: number, expected: number, targets: Targets, { logits, classes, error }: Scores): Span {
  const target = likeliest(row, targets, classes);
  if (target === null) return [0, classes];
  const own = logits[row * classes + target];
  if (error === 0 || targets.kind === "none" || expected === classes) return [expected, expected];
  let [least, most] = [0, 0];
  for (let k = 0; k < classes; k++) {
    if (k === target) continue;
    const ahead = logits[row * classes + k] - own;
    if (ahead > 2 * error) least++;
    if (ahead >= -2 * error) most++;
  }
  return [least, most];
}

/** Returns the target's class, 0 without targets; null if a distribution has two that are nearly equal. */
function likeliest(row: number, targets: Targets, classes: number): number | null {
  if (targets.kind === "none") return 0;
  if (targets.kind === "labels") return targets.labels[row];
  const { data } = targets.distributions;
  let [best, second] = [0, -1];
  for (let k = 1; k < classes; k++) {
    const share = Number(data[row * classes + k]);
    const most = Number(data[row * classes + best]);
    if (share > most) [best, second] = [k, most];
    else second = Math.max(second, share);
  }
  const most = Number(data[row * classes + best]);
  return most - second <= EQUAL_SHARES * most ? null : best;
}

/** Returns how many of these rows, those with s > 0, may be correct. */
export function correctSpan(
  spans: readonly Span[],
  sampleWeights: ArrayLike<number> | undefined,
  rows: Iterable<number> = spans.keys(),
): Span {
  let [least, most] = [0, 0];
  for (const row of rows) {
    if ((sampleWeights?.[row] ?? 1) === 0) continue;
    if (spans[row][1] === 0) least++;
    if (spans[row][0] === 0) most++;
  }
  return [least, most];
}

/** Returns the value of the span that is nearest to the one seen. */
export function nearestIn([least, most]: Span, seen: number): number {
  return Math.min(most, Math.max(least, seen));
}
