/**
 * Samples of rows with unequal chances, for sums over all rows that are estimated: each row drawn counts 1 / its
 * probability. Rows that matter most in such a sum are drawn most; those whose chance exceeds 1 are always in it.
 */
import type { Random } from "../data/random.ts";

/** Rows that were drawn, in order, and the probability that each had. */
export interface RowSample {
  readonly rows: Uint32Array;
  readonly probabilities: Float64Array;
}

/**
 * Draws about `most` rows with probabilities in proportion to `chances`, at most 1 (systematic sampling: one random
 * number, then equal steps along the sum of the probabilities). Rows of chance 0 are never drawn.
 */
export function drawRows(chances: Float64Array, most: number, random: Random): RowSample {
  const probabilities = probabilitiesOf(chances, most);
  const rows: number[] = [];
  let sum = random.uniform();
  for (let i = 0; i < probabilities.length; i++) {
    const before = Math.floor(sum);
    sum += probabilities[i];
    if (Math.floor(sum) > before) rows.push(i);
  }
  return { rows: Uint32Array.from(rows), probabilities: Float64Array.from(rows, (i) => probabilities[i]) };
}

/** Returns min(1, a · chance) with the a for which they add up to `most`. */
function probabilitiesOf(chances: Float64Array, most: number): Float64Array {
  const probabilities = new Float64Array(chances.length);
  let certain = 0;
  for (;;) {
    let rest = 0;
    for (let i = 0; i < chances.length; i++) if (probabilities[i] < 1) rest += chances[i];
    if (!(rest > 0)) return probabilities;
    const factor = Math.max(0, most - certain) / rest;
    let more = 0;
    for (let i = 0; i < chances.length; i++) {
      if (probabilities[i] === 1) continue;
      probabilities[i] = Math.min(1, factor * chances[i]);
      if (probabilities[i] === 1) more++;
    }
    if (more === 0) return probabilities;
    certain += more;
  }
}
