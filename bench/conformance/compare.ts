/** Compares results with the reference's, number by number. */
import type { Tolerance } from "./tolerance.ts";

/** Numbers that one operation gives, and those that it should give. */
export interface Comparison {
  /** Name of the numbers, for example `"dWeights"`. */
  readonly part: string;
  readonly actual: ArrayLike<number>;
  /** NaN is expected to be NaN. */
  readonly expected: ArrayLike<number>;
  readonly tolerance: Tolerance;
}

/** Numbers that differ by more than is allowed; the worst of them is shown. */
export interface Mismatch {
  readonly part: string;
  /** How many differ, of how many. */
  readonly count: number;
  readonly length: number;
  /** Position of the worst. */
  readonly at: number;
  readonly actual: number;
  readonly expected: number;
  /** |actual − expected|, and the largest that is allowed there. */
  readonly difference: number;
  readonly allowed: number;
}

/** Returns the numbers that differ; null if none does. Lengths that differ are an error of the program. */
export function mismatchOf({ part, actual, expected, tolerance }: Comparison): Mismatch | null {
  if (actual.length !== expected.length)
    throw new RangeError(`${part}: ${actual.length} numbers came, expected ${expected.length}`);
  let [count, at, worst] = [0, -1, -1];
  for (let i = 0; i < expected.length; i++) {
    const excess = excessOf(actual[i], expected[i], tolerance);
    if (excess <= 1) continue;
    count++;
    if (excess > worst) [at, worst] = [i, excess];
  }
  if (count === 0) return null;
  const [seen, truth] = [actual[at], expected[at]];
  const difference = Math.abs(seen - truth);
  const allowed = allowedAt(truth, tolerance);
  return { part, count, length: expected.length, at, actual: seen, expected: truth, difference, allowed };
}

function allowedAt(expected: number, { absolute, relative }: Tolerance): number {
  return absolute + relative * Math.abs(expected);
}

/** Returns the difference as a multiple of the allowed one; infinity for NaN on one side alone. */
function excessOf(actual: number, expected: number, tolerance: Tolerance): number {
  if (Object.is(actual, expected) || actual === expected) return 0;
  const excess = Math.abs(actual - expected) / allowedAt(expected, tolerance);
  return Number.isNaN(excess) ? Infinity : excess;
}
