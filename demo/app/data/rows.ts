/** Rows of a data set, dense or sparse: the copy of some of them, and their values. */
import { rowsOf, scaleOf } from "../../../src/data/matrix.ts";
import type { RowsInMemory } from "../../../src/data/rows.ts";
import { isSparse } from "../../../src/data/sparse-matrix.ts";
import type { Matrix } from "../../../src/index.ts";

/** Returns `count` rows from `first` on, or as many as there are; sparse ones as dense copies. */
export function denseRows(x: RowsInMemory, first: number, count: number): Matrix {
  if (!isSparse(x)) return rowsOf(x, first, count);
  const { indptr, indices, data: values, cols } = x;
  const rows = Math.min(count, x.rows - first);
  const data = new Float32Array(rows * cols);
  for (let row = 0; row < rows; row++) {
    for (let a = indptr[first + row]; a < indptr[first + row + 1]; a++) {
      data[row * cols + indices[a]] = values?.[a] ?? 1;
    }
  }
  return { data, rows, cols };
}

/** Returns the values of one row, `[D]`, with the scale of the rows applied. */
export function rowValues(x: RowsInMemory, row: number): Float32Array {
  const dense = denseRows(x, row, 1);
  const scale = scaleOf(dense);
  return Float32Array.from(dense.data, (value) => value * scale);
}

/** Returns all rows of a data set that is never sparse, such as pictures. @throws Error sparse rows */
export function asDense(x: RowsInMemory): Matrix {
  if (isSparse(x)) throw new Error("These rows are sparse.");
  return x;
}
