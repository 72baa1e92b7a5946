/** The one numeric matcher of tests. */
import { expect } from "vitest";
import { differencesOf, type Tolerance } from "./closeness.ts";

export { EXACT, float32Tolerance, ROUNDED, type Tolerance } from "./closeness.ts";

/** Fails with the number of elements that differ, the range they span, and the worst of them. */
export function expectClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: Tolerance,
  what = "values",
): void {
  const words = differencesOf(actual, expected, tolerance);
  if (words !== null) expect.fail(`${what}: ${words}`);
}
