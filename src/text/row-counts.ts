/** How often each column occurs in one text. */
import { allocate } from "../data/matrix.ts";
import { inPieces } from "../data/pieces.ts";

const FIRST_CAPACITY = 2 ** 10;

/** Rows of more columns than this are gone through in pieces, so that a caller can pause. */
export const ROW_PIECE = 2 ** 14;

/** Up to this many columns, sorting by insertion is faster than a call of the engine's sort. */
const FEW = 16;

/** Counts of the columns of one row at a time. */
export class RowCounts {
  /** Count of each column of this row; of a column that is not in the row, whatever an earlier row left. */
  counts = new Int32Array(FIRST_CAPACITY);
  /** Columns of this row in the order in which they came, in the first `size` elements. */
  columns = new Uint32Array(FIRST_CAPACITY);
  size = 0;
  /** Row in which each column was counted last. */
  #rows = new Uint32Array(FIRST_CAPACITY);
  #row = 1;

  /** Adds to the count of a column. A count that comes back to 0 stays in the row. */
  add(column: number, by: number): void {
    if (column >= this.counts.length) this.#grow(column + 1);
    if (this.#rows[column] === this.#row) {
      this.counts[column] += by;
      return;
    }
    this.#rows[column] = this.#row;
    this.counts[column] = by;
    this.columns[this.size++] = column;
  }

  /** Sorts the columns; yields while there are many. */
  *sort(): Generator<void, void> {
    if (this.size <= FEW) this.#insert();
    else if (this.size <= ROW_PIECE) this.columns.subarray(0, this.size).sort();
    else yield* this.#collect();
  }

  /** Begins the next row. */
  next(): void {
    this.size = 0;
    this.#row++;
  }

  /** Sorts by insertion. */
  #insert(): void {
    const { columns, size } = this;
    for (let i = 1; i < size; i++) {
      const column = columns[i];
      let at = i;
      for (; at > 0 && columns[at - 1] > column; at--) columns[at] = columns[at - 1];
      columns[at] = column;
    }
  }

  /** Collects the columns of this row anew, from the first to the last that there is. */
  *#collect(): Generator<void, void> {
    const { columns, size } = this;
    let found = 0;
    for (let column = 0; found < size; column++) {
      if (this.#rows[column] === this.#row) columns[found++] = column;
      if (column % ROW_PIECE === 0) yield;
    }
  }

  /** Makes room for columns below `length`, in pieces. @throws LimitError; the signal's reason */
  async reserve(length: number, signal?: AbortSignal): Promise<void> {
    if (length <= this.counts.length) return;
    this.counts = await enlarged(Int32Array, this.counts, length, signal);
    this.#rows = await enlarged(Uint32Array, this.#rows, length, signal);
    this.columns = await enlarged(Uint32Array, this.columns, length, signal);
  }

  /** Makes room at once, for callers that have not reserved it. */
  #grow(needed: number): void {
    const length = Math.max(needed, 2 * this.counts.length);
    const [counts, rows, columns] = [this.counts, this.#rows, this.columns];
    this.counts = allocate(Int32Array, length, "texts");
    this.#rows = allocate(Uint32Array, length, "texts");
    this.columns = allocate(Uint32Array, length, "texts");
    this.counts.set(counts);
    this.#rows.set(rows);
    this.columns.set(columns);
  }
}

/** Elements copied between two looks at the clock. */
const COPIED = 2 ** 18;

/** Returns a longer array that begins with the elements of `old`. @throws LimitError; the signal's reason */
export async function enlarged<T extends Int32Array | Uint32Array>(
  type: new (length: number) => T,
  old: T,
  length: number,
  signal?: AbortSignal,
): Promise<T> {
  const grown = allocate(type, length, "texts");
  const copy = (begin: number, end: number) => grown.set(old.subarray(begin, end), begin);
  await inPieces(old.length, copy, COPIED, signal);
  return grown;
}
