/** Random sizes at which an index is likely to go wrong, small enough for the float64 reference. */
import type { Random } from "../../src/data/random.ts";

/** Numbers of rows, features and classes. */
export interface Sizes {
  readonly rows: number;
  readonly features: number;
  readonly classes: number;
}

/** Largest sizes, and the most multiply-adds of one pass of the reference. */
const MOST = { rows: 300, features: 900, classes: 1100, parameters: 2 ** 16, products: 2 ** 20 };

/** Side lengths of tiles, workgroups and vectors: sizes beside their multiples are favoured. */
const TILES = [4, 8, 10, 16, 20, 25, 32, 64, 128, 256];

const PRIMES = [2, 3, 5, 7, 11, 13, 17, 19, 31, 37, 61, 67, 97, 127, 131, 251, 257, 509, 521, 1031];

/** Draws features and classes; few of them are large at once. */
export function drawModel(random: Random): Omit<Sizes, "rows"> {
  const classes = drawSize(random, 2, MOST.classes);
  const most = Math.min(MOST.features, Math.floor(MOST.parameters / classes));
  return { features: drawSize(random, 1, most), classes };
}

/** Draws a number of rows for a model. */
export function drawRows({ features, classes }: Omit<Sizes, "rows">, random: Random): number {
  const most = Math.min(MOST.rows, Math.floor(MOST.products / (classes * features)));
  return drawSize(random, 1, Math.max(1, most));
}

/** Draws a size: a small one, a prime, a multiple of four, a neighbour of a tile, or any. */
function drawSize(random: Random, least: number, most: number): number {
  const upTo = Math.round(most ** random.uniform());
  const size = [
    () => least + random.integer(4),
    () => PRIMES[random.integer(PRIMES.length)],
    () => 4 * (1 + random.integer(Math.max(1, upTo >> 2))),
    () => TILES[random.integer(TILES.length)] * (1 + random.integer(3)) + random.integer(3) - 1,
    () => upTo,
  ][random.integer(5)]();
  // A size that is too large is replaced, not cut: else the limits would be the most frequent sizes.
  return size >= least && size <= most ? size : Math.min(most, Math.max(least, upTo));
}

/** Draws one of several. */
export function oneOf<T>(random: Random, choices: readonly T[]): T {
  return choices[random.integer(choices.length)];
}
