/**
 * How like the training rows a row is: its distance to the nearest of some training rows, by each of its looks. A row is
 * unlike them if a distance is longer than it is for 99 of 100 validation rows. Texts are judged by `known-words.ts`.
 */
import { inBlocks } from "./arrays.ts";
import type { DemoDataset } from "./demo-dataset.ts";
import { type Look, looksOf } from "./looks.ts";
import { type RowTerms, termsOfRow } from "./row-terms.ts";

/** Training rows that are compared with, validation rows that set the limit, and differences of numbers, at most. */
const NEIGHBOURS = 2500;
const JUDGED = 1000;
const DIFFERENCES = 7e8;
/** Share of the validation rows that are like the training rows. */
const LIKE = 0.99;

export interface Likeness {
  /** Returns how far a row is from the training rows: above 1, it is unlike them. */
  farOf(row: RowTerms): number;
  /** Number of training rows that it is compared with. */
  readonly neighbours: number;
}

/**
 * Measures the rows of a data set.
 *
 * @returns null if it has no validation row, or nothing to compare but texts
 * @throws the signal's reason, once it is aborted
 */
export async function likenessOf(dataset: DemoDataset, signal: AbortSignal): Promise<Likeness | null> {
  const { train, validation } = dataset;
  const looks = await looksOf(dataset, signal);
  const size = looks.reduce((sum, { length }) => sum + length, 0);
  if (size === 0 || validation.x.rows === 0) return null;
  const judged = Math.min(JUDGED, validation.x.rows);
  const count = Math.max(1, Math.min(NEIGHBOURS, train.x.rows, Math.floor(DIFFERENCES / (judged * size))));
  const spaces = looks.map((look) => new Neighbours(look, count));
  const place = (i: number) => {
    const row = termsOfRow(train.x, spread(i, count, train.x.rows));
    for (const space of spaces) space.put(i, row);
  };
  await inBlocks(count, signal, place, train.x.cols);
  const distances = spaces.map(() => new Float64Array(judged));
  const judge = (i: number) => {
    const row = termsOfRow(validation.x, spread(i, judged, validation.x.rows));
    for (const [s, space] of spaces.entries()) distances[s][i] = space.distanceOf(row);
  };
  await inBlocks(judged, signal, judge, train.x.cols + (count * size) / 8);
  const scales = distances.map((some) => quantile(some, LIKE) || 1);
  const largest = distances[0].map((_, i) => Math.max(...scales.map((scale, s) => distances[s][i] / scale)));
  const limit = quantile(largest, LIKE) || 1;
  return {
    neighbours: count,
    farOf: (row) => Math.max(...spaces.map((space, s) => space.distanceOf(row) / scales[s])) / limit,
  };
}

/** Returns the value that a share of the values does not exceed. */
export function quantile(values: Float64Array, share: number): number {
  const sorted = values.toSorted();
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
}

/** Returns the i-th of `count` rows that are spread evenly over all. */
export function spread(i: number, count: number, rows: number): number {
  return Math.floor((i * rows) / count);
}

/** Training rows by one of their looks. */
class Neighbours {
  readonly #look: Look;
  readonly #rows: Float32Array;

  constructor(look: Look, count: number) {
    this.#look = look;
    this.#rows = new Float32Array(count * look.length);
  }

  put(i: number, row: RowTerms): void {
    this.#rows.set(this.#look.of(row), i * this.#look.length);
  }

  /** Returns the distance to the nearest row. */
  distanceOf(row: RowTerms): number {
    const { length } = this.#look;
    const look = this.#look.of(row);
    const rows = this.#rows;
    let least = Infinity;
    for (let first = 0; first < rows.length; first += length) {
      let sum = 0;
      // A row that is farther already needs no exact distance.
      for (let j = 0; j < length && sum < least; j++) {
        const difference = look[j] - rows[first + j];
        sum += difference * difference;
      }
      if (sum < least) least = sum;
    }
    return Math.sqrt(least);
  }
}
