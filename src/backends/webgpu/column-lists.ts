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
  /** Number of entries of each column, or where its next one goes; 0 between two lists. `[D + 1]` */
  readonly #counts: Uint32Array;

  constructor(data: ListedRows, bias: boolean) {
    this.#data = data;
    this.#bias = bias;
    this.#counts = new Uint32Array(data.x.cols + 1);
  }

  /** Lists the columns of rows. @param rowAt returns the row at a position below `count` */
  list(count: number, rowAt: (position: number) => number): ColumnList {
    const touched = this.#countEntries(count, rowAt);
    const { columns, shortColumns, entries } = this.#place(touched);
    const positions = new Uint32Array(entries);
    const values = this.#data.isValued ? new Float32Array(entries) : null;
    const counts = this.#counts;
    const { indptr, indices, cols } = this.#data.x;
    for (let i = 0; i < count; i++) {
      const row = rowAt(i);
      for (let at = indptr[row]; at < indptr[row + 1]; at++) {
        const entry = counts[indices[at]]++;
        positions[entry] = i;
        if (values) values[entry] = this.#data.valueAt(at);
      }
      if (!this.#bias) continue;
      const entry = counts[cols]++;
      positions[entry] = i;
      if (values) values[entry] = 1;
    }
    for (let c = 0; c < touched.length; c++) counts[touched[c]] = 0;
    return { columns, positions, values, shortColumns, longColumns: touched.length - shortColumns };
  }

  /** Counts the entries of each column, and returns the columns that have some. */
  #countEntries(count: number, rowAt: (position: number) => number): Uint32Array {
    const counts = this.#counts;
    const { indptr, indices, cols } = this.#data.x;
    let values = 0;
    for (let i = 0; i < count; i++) values += indptr[rowAt(i) + 1] - indptr[rowAt(i)];
    const touched = new Uint32Array(Math.min(cols, values) + 1);
    let seen = 0;
    for (let i = 0; i < count; i++) {
      const row = rowAt(i);
      for (let at = indptr[row]; at < indptr[row + 1]; at++)
        if (counts[indices[at]]++ === 0) touched[seen++] = indices[at];
    }
    if (this.#bias) {
      counts[cols] = count;
      touched[seen++] = cols;
    }
    return touched.subarray(0, seen);
  }

  /** Gives each column its place in the list, and turns its count into its first entry. */
  #place(touched: Uint32Array) {
    const counts = this.#counts;
    const { sorted, shortColumns } = byCount(touched, counts);
    const columns = new Uint32Array(2 * (sorted.length + 1));
    let entries = 0;
    for (let c = 0; c < sorted.length; c++) {
      const own = counts[sorted[c]];
      columns[2 * c] = sorted[c];
      columns[2 * c + 1] = entries;
      counts[sorted[c]] = entries;
      entries += own;
    }
    columns[2 * sorted.length + 1] = entries;
    return { columns, shortColumns, entries };
  }
}

/** Sorts columns by their number of entries, so that neighbouring threads have equal work; long ones are not sorted. */
function byCount(touched: Uint32Array, counts: Uint32Array) {
  const bucketOf = (column: number) => Math.min(counts[column], SHORT + 1);
  const starts = new Uint32Array(SHORT + 3);
  for (let c = 0; c < touched.length; c++) starts[bucketOf(touched[c]) + 1]++;
  for (let bucket = 1; bucket < starts.length; bucket++) starts[bucket] += starts[bucket - 1];
  const shortColumns = starts[SHORT + 1];
  const sorted = new Uint32Array(touched.length);
  for (let c = 0; c < touched.length; c++) sorted[starts[bucketOf(touched[c])]++] = touched[c];
  return { sorted, shortColumns };
}
