/** Compares numbers in any engine: |actual − expected| ≤ absolute + relative·|expected| for every element. */
import type { Tolerance } from "../../bench/conformance/tolerance.ts";

export { float32Tolerance, type Tolerance } from "../../bench/conformance/tolerance.ts";

/** Equality to the last bit, except for the sign of 0. */
export const EXACT: Tolerance = { absolute: 0, relative: 0 };

/** A few roundings of float64. */
export const ROUNDED: Tolerance = { absolute: 1e-15, relative: 1e-14 };

/** Most differing elements that are named. */
const SHOWN = 5;

/**
 * Returns null if all elements are close, else how many differ, the range they span, and the worst of them. NaN equals
 * nothing, not even NaN.
 */
export function differencesOf(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: Tolerance,
): string | null {
  if (actual.length !== expected.length) return `length ${actual.length}, expected ${expected.length}`;
  const wrong: { at: number; excess: number }[] = [];
  for (let at = 0; at < expected.length; at++) {
    const allowed = tolerance.absolute + tolerance.relative * Math.abs(expected[at]);
    const difference = Math.abs(actual[at] - expected[at]);
    if (!(difference <= allowed)) wrong.push({ at, excess: difference / allowed });
  }
  if (wrong.length === 0) return null;
  const worst = wrong.toSorted((a, b) => b.excess - a.excess).slice(0, SHOWN);
  const lines = worst.map(({ at }) => `  [${at}] actual ${actual[at]}, expected ${expected[at]}`);
  const range = `${wrong[0].at} … ${wrong[wrong.length - 1].at}`;
  return `${wrong.length} of ${expected.length} differ, in [${range}], by over ${JSON.stringify(tolerance)}\n${lines.join("\n")}`;
}
