/**
 * Sparse rows transposed on the host: the columns that have a value, each with its entries in the order of the rows, as
 * sparse-gradient.wgsl reads them. A counting sort that costs as much as the rows have values, however many columns there
 * are.
 */
import type { SparseWebGpuDataset } from "./sparse-dataset.ts";

/** Most entries of a column that one thread adds up; a workgroup takes those of others. */
export const SHORT = 64;

/** The columns of some rows that have a value. */
export interface ColumnList {
  /** (column, its first entry), those with fewer entries first; at the end (0, number of entries). `[n + 1, 2]` */
  readonly columns: Uint32Array<ArrayBuffer>;
  /** Position among the rows, of each entry. */
  readonly positions: Uint32Array<ArrayBuffer>;
  /** Value of each entry; null if all are 1. */
  readonly values: Float32Array<ArrayBuffer> | null;
  /** Numbers of columns with few entries, and with many. */
  readonly shortColumns: number;
  readonly longColumns: number;
}

/** Properties of a data set that are needed to list its columns. */
export type ListedRows = Pick<SparseWebGpuDataset, "x" | "isValued" | "valueAt">;

/** Lists columns of a data set, and with them the column of the bias, number D, which has a 1 in every row. */
export class ColumnLister {
  readonly #data: ListedRows;
  readonly #bias: boolean;
  /** Place of each column among those that have a value, from 1 on; 0 between two lists. `[D]` */
  readonly #places: Uint32Array;

  constructor(data: ListedRows, bias: boolean) {
    this.#data = data;
    this.#bias = bias;
    this.#places = new Uint32Array(data.x.cols);
  }

  /** Lists the columns of rows. @param rowAt returns the row at a position below `count` */
  list(count: number, rowAt: (position: number) => number): ColumnList {
    const found = this.#find(count, rowAt);
    const { columns, starts, shortColumns, entries } = place(found);
    const positions = new Uint32Array(entries);
    const values = this.#data.isValued ? new Float32Array(entries) : null;
    const { placeOf } = found;
    const { indptr } = this.#data.x;
    let seen = 0;
    for (let i = 0; i < count; i++) {
      const row = rowAt(i);
      for (let at = indptr[row]; at < indptr[row + 1]; at++) {
        const entry = starts[placeOf[seen++]]++;
        positions[entry] = i;
        if (values) values[entry] = this.#data.valueAt(at);
      }
      if (!this.#bias) continue;
      const entry = starts[starts.length - 1]++;
      positions[entry] = i;
      if (values) values[entry] = 1;
    }
    return { columns, positions, values, shortColumns, longColumns: columns.length / 2 - 1 - shortColumns };
  }

  /** Finds the columns that have a value, the bias last, and the column of each value by its place among them. */
  #find(count: number, rowAt: (position: number) => number): FoundColumns {
    const places = this.#places;
    const { indptr, indices, cols } = this.#data.x;
    let values = 0;
    for (let i = 0; i < count; i++) values += indptr[rowAt(i) + 1] - indptr[rowAt(i)];
    const placeOf = new Uint32Array(values);
    const columns = new Uint32Array(Math.min(cols, values) + 1);
    const counts = new Uint32Array(columns.length);
    let [seen, found] = [0, 0];
    for (let i = 0; i < count; i++) {
      const row = rowAt(i);
      for (let at = indptr[row]; at < indptr[row + 1]; at++) {
        const column = indices[at];
        if (places[column] === 0) {
          columns[found] = column;
          places[column] = ++found;
        }
        const own = places[column] - 1;
        counts[own]++;
        placeOf[seen++] = own;
      }
    }
    for (let c = 0; c < found; c++) places[columns[c]] = 0;
    if (this.#bias) {
      columns[found] = cols;
      counts[found++] = count;
    }
    return { columns: columns.subarray(0, found), counts: counts.subarray(0, found), placeOf };
  }
}

/** Columns in the order in which they were found. */
interface FoundColumns {
  readonly columns: Uint32Array;
  /** Number of entries of each. */
  readonly counts: Uint32Array;
  /** Place of the column of each stored value, row after row. */
  readonly placeOf: Uint32Array;
}

/**
 * Lists columns by their number of entries, so that neighbouring threads have equal work; those with many are not sorted.
 *
 * @returns the list, the first entry of each column as it was found, and numbers of columns and entries
 */
function place({ columns, counts }: FoundColumns) {
  const buckets = new Uint32Array(SHORT + 3);
  for (let c = 0; c < columns.length; c++) buckets[bucketOf(counts[c]) + 1]++;
  for (let bucket = 1; bucket < buckets.length; bucket++) buckets[bucket] += buckets[bucket - 1];
  const shortColumns = buckets[SHORT + 1];
  const sorted = new Uint32Array(columns.length);
  for (let c = 0; c < columns.length; c++) sorted[buckets[bucketOf(counts[c])]++] = c;
  const list = new Uint32Array(2 * (columns.length + 1));
  const starts = new Uint32Array(columns.length);
  let entries = 0;
  for (let at = 0; at < sorted.length; at++) {
    const c = sorted[at];
    list[2 * at] = columns[c];
    list[2 * at + 1] = entries;
    starts[c] = entries;
    entries += counts[c];
  }
  list[2 * sorted.length + 1] = entries;
  return { columns: list, starts, shortColumns, entries };
}

function bucketOf(count: number): number {
  return Math.min(count, SHORT + 1);
}
