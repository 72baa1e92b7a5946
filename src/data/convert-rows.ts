/** Copies numbers that lie row by row, or as bits, into one typed array, and gives the thread back now and then. */
import { DataError, ShapeError } from "../errors.ts";
import { pause } from "../pause.ts";
import { allocate } from "./allocate.ts";
import { describe, emptyLike, isMatrixData, type Matrix, type MatrixData, tagOf } from "./matrix.ts";
import { fromHalf } from "./storage.ts";

/** A row as callers have it. */
export type Row = readonly unknown[] | MatrixData;

/** Elements copied, and rows looked at, between two pauses: some milliseconds of work. */
const PIECE = 2 ** 17;
const PIECE_ROWS = 2 ** 15;

/**
 * Copies rows of `cols` numbers each into one matrix: of their own element type if all are typed arrays of the same,
 * else of float64.
 *
 * @throws ShapeError, DataError rows of unequal length, or of something other than numbers
 * @throws LimitError the array for them is too large for the engine; the signal's reason
 */
export async function convertRows(
  rows: readonly unknown[],
  cols: number,
  argument: string,
  signal: AbortSignal | undefined,
): Promise<Matrix> {
  const type = await typeOfRows(rows, cols, argument, signal);
  const length = rows.length * cols;
  const data = type ? emptyLike(type, length, argument) : allocate(Float64Array, length, argument);
  const rowsAtOnce = Math.max(1, Math.min(PIECE_ROWS, Math.floor(PIECE / cols)));
  for (let first = 0; first < rows.length; first += rowsAtOnce) {
    await pause(signal);
    const end = Math.min(first + rowsAtOnce, rows.length);
    for (let i = first; i < end; i++) copyRow(rows[i] as Row, data, i, cols, argument);
  }
  return { data, rows: rows.length, cols };
}

/** Converts the bits of float16 numbers. @throws LimitError; the signal's reason */
export async function convertHalfBits(
  halves: MatrixData,
  argument: string,
  signal: AbortSignal | undefined,
): Promise<Float32Array> {
  const data = allocate(Float32Array, halves.length, argument);
  for (let first = 0; first < data.length; first += PIECE) {
    await pause(signal);
    const end = Math.min(first + PIECE, data.length);
    for (let at = first; at < end; at++) data[at] = fromHalf(halves[at]);
  }
  return data;
}

/** Returns one of the rows if all are typed arrays of the same type; else null. */
async function typeOfRows(
  rows: readonly unknown[],
  cols: number,
  argument: string,
  signal: AbortSignal | undefined,
): Promise<MatrixData | null> {
  const first = rows[0];
  let common = isMatrixData(first) ? first : null;
  for (let i = 0; i < rows.length; i++) {
    if (i % PIECE_ROWS === 0) await pause(signal);
    const row = rows[i];
    const isTyped = isMatrixData(row);
    if (!isTyped && !Array.isArray(row))
      throw new DataError(argument, `expected an array of rows, row ${i} is ${describe(row)}`);
    if (row.length !== cols) {
      throw new ShapeError(
        argument,
        `expected rows of equal length, row 0 has ${cols} columns and row ${i} has ${row.length}`,
      );
    }
    if (common && !(isTyped && tagOf(row) === tagOf(common))) common = null;
  }
  return common;
}

/** Writes a row into the array, which is of float64 if there are plain rows. */
function copyRow(row: Row, data: MatrixData, i: number, cols: number, argument: string): void {
  const start = i * cols;
  if (!Array.isArray(row)) {
    data.set(row as MatrixData, start);
    return;
  }
  for (let j = 0; j < cols; j++) {
    const element: unknown = row[j];
    if (typeof element !== "number")
      throw new DataError(argument, `expected numbers, row ${i} column ${j} is ${describe(element)}`);
    (data as Float64Array)[start + j] = element;
  }
}
