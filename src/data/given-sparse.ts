/** Opens sparse rows as callers pass them: checks their form, and each index before anything is made of them. */
import { DataError, LimitError, ShapeError } from "../errors.ts";
import { sizeOf } from "./flat.ts";
import type { GivenMatrix } from "./given-matrix.ts";
import { describe, tagOf } from "./matrix.ts";
import { inPieces } from "./pieces.ts";
import { rowsOfPiece, type SparseMatrix, type SparseRows } from "./sparse-matrix.ts";

/** Most columns: parameters are dense. */
const MAX_COLS = 2 ** 20;

/** Stored values checked between two pauses. */
const PIECE = 2 ** 19;

/** Sparse rows whose form is checked. */
export interface GivenSparse extends Pick<GivenMatrix, "rows" | "cols"> {
  /** Checks every index, and returns the rows. @throws DataError; the signal's reason */
  convert(signal?: AbortSignal): Promise<SparseMatrix>;
}

/** Opens sparse rows. @throws ShapeError, DataError, LimitError as {@link SparseRows} says */
export function openSparse(value: SparseRows, argument: string): GivenSparse {
  const rows = sizeOf(value.rows, `${argument}.rows`);
  const cols = sizeOf(value.cols, `${argument}.cols`);
  if (cols > MAX_COLS)
    throw new LimitError(
      `${argument}.cols`,
      `expected at most ${MAX_COLS} columns of sparse rows, got ${cols}; hash the features into fewer`,
    );
  const indptr = integersOf(value.indptr, `${argument}.indptr`);
  const indices = integersOf(value.indices, `${argument}.indices`);
  const data = valuesOf(value.data, `${argument}.data`);
  if (indptr.length !== rows + 1)
    throw new ShapeError(
      `${argument}.indptr`,
      `expected ${rows + 1} elements, one more than rows, got ${indptr.length}`,
    );
  if (data && data.length !== indices.length)
    throw new ShapeError(
      `${argument}.data`,
      `expected ${indices.length} values, as many as indices, got ${data.length}`,
    );
  const matrix = { indptr, indices, data, rows, cols };
  return {
    rows,
    cols,
    convert: async (signal) => {
      await checkIndices(matrix, argument, signal);
      return matrix;
    },
  };
}

/** Returns a view of the same bits as unsigned integers: a negative one becomes too large, and is refused as that. */
function integersOf(value: unknown, argument: string): Uint32Array {
  const tag = ArrayBuffer.isView(value) ? tagOf(value) : "";
  if (tag === "Uint32Array") return value as Uint32Array;
  if (tag === "Int32Array") {
    const { buffer, byteOffset, length } = value as Int32Array;
    return new Uint32Array(buffer, byteOffset, length);
  }
  const remedy =
    ArrayBuffer.isView(value) || Array.isArray(value) ? `; write Uint32Array.from(${argument}, Number)` : "";
  throw new DataError(argument, `expected a Uint32Array or Int32Array, got ${describe(value)}${remedy}`);
}

function valuesOf(value: unknown, argument: string): SparseMatrix["data"] {
  if (value === undefined) return undefined;
  const tag = ArrayBuffer.isView(value) ? tagOf(value) : "";
  if (tag === "Float32Array" || tag === "Float64Array") return value as Float32Array | Float64Array;
  const remedy =
    ArrayBuffer.isView(value) || Array.isArray(value) ? `; write Float32Array.from(${argument})` : "";
  throw new DataError(
    argument,
    `expected a Float32Array or Float64Array, or nothing for values of 1, got ${describe(value)}${remedy}`,
  );
}

/** @throws DataError naming the first row whose bounds or columns are wrong */
async function checkIndices(
  { indptr, indices, rows, cols }: SparseMatrix,
  argument: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (indptr[0] !== 0) throw new DataError(`${argument}.indptr`, `expected to begin at 0, got ${indptr[0]}`);
  for (let i = 0; i < rows; i++) {
    if (indptr[i + 1] >= indptr[i] && indptr[i + 1] <= indices.length) continue;
    throw new DataError(
      `${argument}.indptr`,
      `expected ends that do not fall, and are at most ${indices.length}; row ${i} goes from ${indptr[i]} to ${indptr[i + 1]}`,
    );
  }
  if (indptr[rows] !== indices.length)
    throw new ShapeError(
      `${argument}.indices`,
      `expected ${indptr[rows]} elements, as indptr says, got ${indices.length}`,
    );
  const check = (first: number, end: number) => {
    for (let i = first; i < end; i++) {
      let last = -1;
      for (let at = indptr[i]; at < indptr[i + 1]; at++) {
        const column = indices[at];
        if (column <= last || column >= cols)
          throw new DataError(`${argument}.indices`, complaint(indices, at, indptr[i], i, cols));
        last = column;
      }
    }
  };
  await inPieces(rows, check, rowsOfPiece({ indptr, rows }, PIECE), signal);
}

function complaint(indices: Uint32Array, at: number, begin: number, row: number, cols: number): string {
  const column = indices[at];
  if (column >= cols) return `expected columns below ${cols}, row ${row} has ${column}`;
  const isRepeated = indices.subarray(begin, at).includes(column);
  return isRepeated
    ? `expected each column once in a row, row ${row} repeats ${column}; add its values up first (SciPy: sum_duplicates)`
    : `expected ascending columns, row ${row} has ${column} after ${indices[at - 1]}; sort them first (SciPy: sort_indices)`;
}
