/** Makes sparse rows of what programs keep them in: an object, a map or pairs for each row. */
import { DataError, ShapeError } from "../errors.ts";
import { describe } from "./matrix.ts";
import type { SparseMatrix } from "./sparse-matrix.ts";

/** A row as column → value: `{ 3: 0.5, 17: 1 }`, a `Map`, or pairs `[[3, 0.5], [17, 1]]`. */
export type SparseRow =
  | Readonly<Record<number, number>>
  | ReadonlyMap<number, number>
  | Iterable<readonly [column: number, value: number]>;

/**
 * Returns rows in compressed form, their columns in order.
 *
 * @param cols number of columns. Default: one more than the largest column
 * @throws ShapeError no rows, or no column at all; DataError a column that is no integer from 0 up to 2³², or not below
 *   `cols`, or that comes twice in a row, or a value that is no number
 */
export function sparseRows(rows: Iterable<SparseRow>, cols?: number): SparseMatrix {
  const indptr = [0];
  const indices: number[] = [];
  const data: number[] = [];
  let largest = -1;
  for (const row of rows) {
    const i = indptr.length - 1;
    const entries = entriesOf(row, i).sort(([a], [b]) => a - b);
    for (const [at, [column, value]] of entries.entries()) {
      checkEntry(column, value, i, cols);
      if (at > 0 && entries[at - 1][0] === column)
        throw new DataError("rows", `expected each column once in a row, row ${i} repeats ${column}`);
      indices.push(column);
      data.push(value);
      largest = Math.max(largest, column);
    }
    indptr.push(indices.length);
  }
  const count = indptr.length - 1;
  if (count === 0) throw new ShapeError("rows", "expected at least one row, got none");
  if (cols === undefined && largest < 0)
    throw new ShapeError(
      "rows",
      "expected a value in some row; if all are empty, give the number of columns",
    );
  return {
    indptr: Uint32Array.from(indptr),
    indices: Uint32Array.from(indices),
    data: Float64Array.from(data),
    rows: count,
    cols: cols ?? largest + 1,
  };
}

/** Returns the pairs of a row. @throws DataError something that is no row */
function entriesOf(row: unknown, i: number): [column: number, value: number][] {
  if (typeof row !== "object" || row === null || ArrayBuffer.isView(row))
    throw new DataError(
      "rows",
      `expected an object, a Map or pairs for each row, row ${i} is ${describe(row)}`,
    );
  if (!(Symbol.iterator in row)) return Object.entries(row).map(([name, value]) => [columnOf(name), value]);
  return Array.from(row as Iterable<unknown>, (pair) => {
    if (Array.isArray(pair) && pair.length === 2) return [pair[0], pair[1]];
    throw new DataError("rows", `expected pairs of column and value, row ${i} has ${describe(pair)}`);
  });
}

/** Returns the number that a key means; NaN if it is not written as an integer. */
function columnOf(name: string): number {
  return /^\d+$/.test(name) ? Number(name) : Number.NaN;
}

/** @throws DataError */
function checkEntry(column: unknown, value: unknown, i: number, cols = 2 ** 32): void {
  if (!(Number.isInteger(column) && (column as number) >= 0 && (column as number) < cols))
    throw new DataError(
      "rows",
      `expected columns that are integers below ${cols}, row ${i} has ${describe(column)}`,
    );
  if (typeof value !== "number")
    throw new DataError("rows", `expected numbers, row ${i} column ${column} is ${describe(value)}`);
}
