/** Puts dense and sparse columns of the same rows side by side. */
import { allocate } from "../../../../src/data/matrix.ts";
import { type SparseMatrix, storedValues } from "../../../../src/data/sparse-matrix.ts";
import type { Matrix } from "../../../../src/index.ts";
import { inBlocks } from "../arrays.ts";

/** Returns sparse rows: the values of the dense ones that are not 0, then those of the others. */
export async function joinColumns(
  dense: Matrix<Float32Array>,
  sparse: readonly SparseMatrix[],
  signal: AbortSignal,
): Promise<SparseMatrix> {
  const { data, rows, cols } = dense;
  let stored = 0;
  await inBlocks(data.length, signal, (at) => {
    if (data[at] !== 0) stored++;
  });
  const total = sparse.reduce((sum, part) => sum + storedValues(part), stored);
  const indptr = new Uint32Array(rows + 1);
  const indices = allocate(Uint32Array, total, "rows") as Uint32Array<ArrayBuffer>;
  const values = allocate(Float32Array, total, "rows") as Float32Array<ArrayBuffer>;
  let end = 0;
  const add = (column: number, value: number) => {
    indices[end] = column;
    values[end++] = value;
  };
  await inBlocks(
    rows,
    signal,
    (row) => {
      for (let j = 0; j < cols; j++) if (data[row * cols + j] !== 0) add(j, data[row * cols + j]);
      let first = cols;
      for (const part of sparse) {
        for (let a = part.indptr[row]; a < part.indptr[row + 1]; a++)
          add(first + part.indices[a], part.data?.[a] ?? 1);
        first += part.cols;
      }
      indptr[row + 1] = end;
    },
    cols + 16,
  );
  return { indptr, indices, data: values, rows, cols: sparse.reduce((sum, part) => sum + part.cols, cols) };
}
