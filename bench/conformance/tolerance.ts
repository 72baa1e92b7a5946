/** How far results in float32 may be from the reference, by the number and the size of the terms that are added up. */
import type { ProblemSpec } from "./problems.ts";

/** Largest allowed difference of two numbers: absolute + relative · |expected|. */
export interface Tolerance {
  readonly absolute: number;
  readonly relative: number;
}

/** Relative precision of float32. */
export const FLOAT32 = 2 ** -24;

/**
 * Returns the tolerance of a float32 sum of `terms` products of size about `size`: rounding grows with √terms if errors
 * are independent, and the factor 8 covers their tail and an `exp` that is a few units off.
 */
export function float32Tolerance(terms: number, size = 1): Tolerance {
  return { absolute: 8 * FLOAT32 * Math.sqrt(terms) * size, relative: 16 * FLOAT32 };
}

/** Returns the tolerance of sums over features and rows of values of order 1, in arithmetic of this precision. */
export function toleranceOf(
  { epsilon }: { readonly epsilon: number },
  { rows, features }: Pick<ProblemSpec, "rows" | "features" | "classes">,
): Tolerance {
  return { absolute: 16 * epsilon * Math.sqrt(rows + features), relative: 256 * epsilon };
}

/** Returns a tolerance so many times as large. */
export function times(factor: number, { absolute, relative }: Tolerance): Tolerance {
  return { absolute: factor * absolute, relative: factor * relative };
}
