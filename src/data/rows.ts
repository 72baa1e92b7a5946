/** Rows X of a call in every form: dense or sparse in memory, or on a GPU. */
import type { DeviceRows, GpuRows } from "./gpu-rows.ts";
import type { Matrix, MatrixLike } from "./matrix.ts";
import { isSparse, type SparseMatrix, type SparseRows } from "./sparse-matrix.ts";

/** Rows as callers pass them: dense or sparse in memory, or on a GPU in one piece or several, one after the other. */
export type RowsLike = MatrixLike | SparseRows | GpuRows | readonly GpuRows[];

/** Rows in memory. */
export type RowsInMemory = Matrix | SparseMatrix;

/** Rows of a call, in memory or on a GPU. */
export type Rows = RowsInMemory | DeviceRows;

/** Tells whether rows lie on a GPU. */
export function isOnDevice(rows: Rows): rows is DeviceRows {
  return "pieces" in rows;
}

/** Forms of rows. */
export type RowForm = "dense" | "sparse" | "on a GPU";

/** Returns the form of rows. */
export function formOf(rows: Rows): RowForm {
  if (isOnDevice(rows)) return "on a GPU";
  return isSparse(rows) ? "sparse" : "dense";
}
