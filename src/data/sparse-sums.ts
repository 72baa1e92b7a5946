/** What one way over the stored values of sparse rows finds: values that float32 cannot hold, norms, deviations. */
import { DataError } from "../errors.ts";
import { inPieces } from "./pieces.ts";
import { MAX_FLOAT32, type Scan } from "./row-reader.ts";
import { rowsOfPiece, type SparseMatrix } from "./sparse-matrix.ts";
import type { Standardization } from "./standardization.ts";

/** Stored values visited between two pauses: some milliseconds of work. */
const PIECE = 2 ** 19;

/** A standard deviation of at most this share of the mean is rounding: float32 values, two units. */
const ROUNDING = 2 ** -22;

/** Visits the stored values of every row, in pieces. */
async function eachRow(
  x: SparseMatrix,
  visit: (row: number, begin: number, end: number) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { indptr, rows } = x;
  const visitPiece = (first: number, last: number) => {
    for (let i = first; i < last; i++) visit(i, indptr[i], indptr[i + 1]);
  };
  await inPieces(rows, visitPiece, rowsOfPiece(x, PIECE), signal);
}

/**
 * Checks every value, and finds the longest row.
 *
 * @throws DataError NaN, infinity, or a value beyond float32, with its row and column; the signal's reason
 */
export async function scanSparse(x: SparseMatrix, argument: string, signal?: AbortSignal): Promise<Scan> {
  const { data } = x;
  let longest = 0;
  const scan = (row: number, begin: number, end: number) => {
    let sum = 0;
    if (data) for (let at = begin; at < end; at++) sum += data[at] * data[at];
    else sum = end - begin;
    // A finite sum of squares within float32 means that every value is: only other rows are checked value by value.
    if (!(sum <= MAX_FLOAT32)) checkRow(x, row, argument);
    if (sum > longest) longest = sum;
  };
  await eachRow(x, scan, signal);
  return { maxSquaredNorm: longest };
}

/** @throws DataError naming the first value that float32 cannot hold */
function checkRow({ indptr, indices, data }: SparseMatrix, row: number, argument: string): void {
  for (let at = indptr[row]; data && at < indptr[row + 1]; at++) {
    if (Math.abs(data[at]) <= MAX_FLOAT32) continue;
    const what = `row ${row} column ${indices[at]} is ${data[at]}`;
    throw new DataError(`${argument}.data`, `expected finite float32 values, ${what}`);
  }
}

/**
 * Returns Σ_i w_i x_ij² of each column, `[D]`.
 *
 * @param weights w_i of each row, `[N]`. Default: 1 for all
 */
export async function sumsOfSquares(
  x: SparseMatrix,
  weights: ArrayLike<number> | undefined,
  signal?: AbortSignal,
): Promise<Float64Array> {
  const { indices, data, cols } = x;
  const sums = new Float64Array(cols);
  const add = (row: number, begin: number, end: number) => {
    const w = weights ? weights[row] : 1;
    if (w === 0) return;
    for (let at = begin; at < end; at++) sums[indices[at]] += data ? w * data[at] * data[at] : w;
  };
  await eachRow(x, add, signal);
  return sums;
}

/**
 * Fits the standardisation of sparse rows: the standard deviation √(Σ s (x − mean)² / Σ s) of each column, whose zeros
 * count, and 1 for columns that are constant up to rounding. Nothing is centred, since zeros would become values.
 *
 * @param weights s_i of each row, `[N]`. Default: 1 for all
 */
export async function fitSparseScale(
  x: SparseMatrix,
  weights: ArrayLike<number> | undefined,
  signal?: AbortSignal,
): Promise<Standardization> {
  const { indices, data, cols } = x;
  let total = 0;
  const [sums, stored, squares] = [new Float64Array(cols), new Float64Array(cols), new Float64Array(cols)];
  const add = (row: number, begin: number, end: number) => {
    const s = weights ? weights[row] : 1;
    total += s;
    for (let at = begin; at < end && s > 0; at++) {
      sums[indices[at]] += data ? s * data[at] : s;
      stored[indices[at]] += s;
    }
  };
  await eachRow(x, add, signal);
  // A second way, since a difference of sums of squares would cancel.
  const addSquares = (row: number, begin: number, end: number) => {
    const s = weights ? weights[row] : 1;
    for (let at = begin; at < end && s > 0; at++) {
      const j = indices[at];
      squares[j] += s * ((data ? data[at] : 1) - sums[j] / total) ** 2;
    }
  };
  await eachRow(x, addSquares, signal);
  const scale = squares.map((square, j) => {
    const mean = sums[j] / total;
    const deviation = Math.sqrt((square + Math.max(0, total - stored[j]) * mean ** 2) / total);
    return deviation > ROUNDING * Math.abs(mean) ? deviation : 1;
  });
  return { mean: new Float64Array(cols), scale };
}
