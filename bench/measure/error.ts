/**
 * How far a result is from the reference, and how far it may be: the same rule for steps and single kernels.
 */

/** Largest error that counts as right, of whatever computes in float32, as a share of the largest value. */
export const TOLERANCE = 1e-4;

/**
 * The largest difference between `actual` and `expected`, as a share of the largest expected value.
 *
 * @throws Error  results of another length, or that are not numbers: there is no error to tell then
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
