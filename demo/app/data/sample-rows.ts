/** A sample of rows in which every class keeps its share, for work that would take too long on all of them. */
import { emptyLike, type Matrix } from "../../../src/data/matrix.ts";
import type { RowsInMemory } from "../../../src/data/rows.ts";
import { isSparse, type SparseMatrix } from "../../../src/data/sparse-matrix.ts";
import type { Label } from "../../../src/index.ts";
import { inBlocks } from "./arrays.ts";
import type { Samples } from "./demo-dataset.ts";

/** Returns about `most` rows, evenly from those of each class and at least one of each, in their order. */
export async function sampleRows({ x, y }: Samples, most: number, signal: AbortSignal): Promise<Samples> {
  const rows = await rowsOfSample(y, most, signal);
  const labels: Label[] = [];
  await inBlocks(rows.length, signal, (i) => labels.push(y[rows[i]]));
  const taken = isSparse(x) ? await takeSparse(x, rows, signal) : await takeDense(x, rows, signal);
  return { x: taken, y: labels };
}

/** Returns the multiply-adds of scoring one row for `classes` classes, on average. */
export function workOfRow(x: RowsInMemory, classes: number): number {
  return classes * (isSparse(x) ? x.indptr[x.rows] / x.rows : x.cols);
}

async function rowsOfSample(y: readonly Label[], most: number, signal: AbortSignal): Promise<number[]> {
  const sizes = new Map<Label, number>();
  await inBlocks(y.length, signal, (row) => sizes.set(y[row], (sizes.get(y[row]) ?? 0) + 1));
  const seen = new Map<Label, number>();
  const rows: number[] = [];
  await inBlocks(y.length, signal, (row) => {
    const size = sizes.get(y[row]) ?? 1;
    const wanted = Math.min(size, Math.max(1, Math.round((size * most) / y.length)));
    const place = seen.get(y[row]) ?? 0;
    seen.set(y[row], place + 1);
    // The multiples of size / wanted fall on as many different places as are wanted.
    if (Math.floor((place * wanted) / size) !== Math.floor(((place - 1) * wanted) / size)) rows.push(row);
  });
  return rows;
}

async function takeDense(x: Matrix, rows: readonly number[], signal: AbortSignal): Promise<Matrix> {
  const { cols } = x;
  const data = emptyLike(x.data, rows.length * cols, "rows");
  const copy = (i: number) => data.set(x.data.subarray(rows[i] * cols, (rows[i] + 1) * cols), i * cols);
  await inBlocks(rows.length, signal, copy, cols);
  return { data, rows: rows.length, cols, scale: x.scale };
}

async function takeSparse(
  x: SparseMatrix,
  rows: readonly number[],
  signal: AbortSignal,
): Promise<SparseMatrix> {
  const indptr = new Uint32Array(rows.length + 1);
  for (const [i, row] of rows.entries()) indptr[i + 1] = indptr[i] + x.indptr[row + 1] - x.indptr[row];
  const indices = new Uint32Array(indptr[rows.length]);
  const data = x.data && new Float32Array(indices.length);
  const copy = (i: number) => {
    const [from, to] = [x.indptr[rows[i]], x.indptr[rows[i] + 1]];
    indices.set(x.indices.subarray(from, to), indptr[i]);
    if (x.data) data?.set(x.data.subarray(from, to), indptr[i]);
  };
  await inBlocks(rows.length, signal, copy, Math.max(1, Math.ceil(indices.length / rows.length)));
  return { indptr, indices, data, rows: rows.length, cols: x.cols };
}
