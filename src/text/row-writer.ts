/** Collects the rows of a sparse matrix from the counts of one text after another. */
import type { SparseMatrix } from "../data/sparse-matrix.ts";
import { LimitError } from "../errors.ts";
import { ChunkedNumbers } from "./chunked-numbers.ts";
import { ROW_PIECE, type RowCounts } from "./row-counts.ts";
import { divisorOf, frequencyOf, partOfNorm, type Weighting } from "./weighting.ts";

/** Rows of texts, `[texts, features]`; values are rounded to float32. */
export interface TextRows extends SparseMatrix {
  readonly data: Float32Array;
}

/** Largest number of values: positions in `indptr` are 32-bit. */
const MAX_VALUES = 2 ** 32 - 1;

/** Rows that are written one after another. */
export class RowWriter {
  readonly #cols: number;
  readonly #weighting: Weighting;
  readonly #idf: Float64Array | null;
  readonly #ends = new ChunkedNumbers(Uint32Array);
  readonly #indices = new ChunkedNumbers(Uint32Array);
  readonly #data = new ChunkedNumbers(Float32Array);
  #values = new Float64Array(0);

  constructor(cols: number, weighting: Weighting, idf: Float64Array | null) {
    this.#cols = cols;
    this.#weighting = weighting;
    this.#idf = idf;
    this.#ends.push(0);
  }

  /** Writes the counts of a text and begins the next row; yields while there are many. @throws LimitError */
  *write(row: RowCounts): Generator<void, void> {
    const { size } = row;
    if (this.#indices.length + size > MAX_VALUES)
      throw new LimitError("texts", `have more than ${MAX_VALUES} values; pass fewer texts at once`);
    yield* row.sort();
    if (this.#values.length < size) this.#values = new Float64Array(2 * size);
    let sum = 0;
    for (let at = 0; at < size; at += ROW_PIECE) {
      sum += this.#weigh(row, at, Math.min(size, at + ROW_PIECE));
      if (size > ROW_PIECE) yield;
    }
    const divisor = divisorOf(sum, this.#weighting.norm);
    for (let at = 0; at < size; at += ROW_PIECE) {
      this.#append(row.columns, at, Math.min(size, at + ROW_PIECE), divisor);
      if (size > ROW_PIECE) yield;
    }
    this.#ends.push(this.#indices.length);
    row.next();
  }

  /** Returns the rows; none can be written then. @throws LimitError; the signal's reason */
  async finish(signal?: AbortSignal): Promise<TextRows> {
    const rows = this.#ends.length - 1;
    const indptr = await this.#ends.joined(signal);
    const indices = await this.#indices.joined(signal);
    return { indptr, indices, data: await this.#data.joined(signal), rows, cols: this.#cols };
  }

  /** Sets values `[begin, end)` of a row before they are divided; returns their part of the norm. */
  #weigh({ columns, counts }: RowCounts, begin: number, end: number): number {
    const { tf, norm } = this.#weighting;
    const [values, idf] = [this.#values, this.#idf];
    let sum = 0;
    for (let i = begin; i < end; i++) {
      const frequency = frequencyOf(counts[columns[i]], tf);
      const value = idf ? frequency * idf[columns[i]] : frequency;
      values[i] = value;
      sum += partOfNorm(value, norm);
    }
    return sum;
  }

  #append(columns: Uint32Array, begin: number, end: number, divisor: number): void {
    for (let i = begin; i < end; i++) {
      this.#indices.push(columns[i]);
      this.#data.push(this.#values[i] / divisor);
    }
  }
}
