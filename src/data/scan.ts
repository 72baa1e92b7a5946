/** One pass over the values of a matrix: are they all numbers a float32 can hold, and how long is the longest row. */
import { DataError } from "../errors.ts";
import { pause } from "../pause.ts";
import { type Matrix, type MatrixData, scaleOf } from "./matrix.ts";
import { checkStorable, type Storage, storageOf } from "./storage.ts";

/** Largest finite float32. */
const MAX_FLOAT32 = (2 - 2 ** -23) * 2 ** 127;

/** Elements looked at between two pauses, and what a row costs beside its elements: some milliseconds of work. */
const PIECE = 2 ** 20;
const ROW_COST = 8;

/** What a scan finds. */
export interface Scan {
  /** max_i ‖x_i‖² */
  readonly maxSquaredNorm: number;
}

/**
 * Scans every value.
 *
 * @throws DataError NaN, infinity, or a value beyond float32 or the storage asked for, with its row and column
 * @throws the signal's reason, once it is aborted
 */
export async function scanRows(
  x: Matrix,
  argument: string,
  signal?: AbortSignal,
  storage: "auto" | Storage = "auto",
): Promise<Scan> {
  const { data, rows, cols } = x;
  const scale = scaleOf(x);
  const stored = storageOf(x, storage);
  const rowsAtOnce = Math.max(1, Math.floor(PIECE / (cols + ROW_COST)));
  let longest = 0;
  for (let first = 0; first < rows; first += rowsAtOnce) {
    await pause(signal);
    const end = Math.min(first + rowsAtOnce, rows);
    for (let i = first; i < end; i++) {
      const squaredNorm = scale * scale * squaredNormOf(data, i * cols, (i + 1) * cols);
      // A sum of squares is finite and small enough exactly where all of its terms are, but for the border
      // cases, which checkRow settles value by value.
      if (!(squaredNorm <= MAX_FLOAT32)) checkRow(x, i, argument);
      checkStorable(x, stored, i, argument);
      if (squaredNorm > longest) longest = squaredNorm;
    }
  }
  return { maxSquaredNorm: longest };
}

function squaredNormOf(data: MatrixData, begin: number, end: number): number {
  let sum = 0;
  for (let at = begin; at < end; at++) sum += data[at] * data[at];
  return sum;
}

function checkRow(x: Matrix, row: number, argument: string): void {
  const scale = scaleOf(x);
  for (let j = 0; j < x.cols; j++) {
    const element = x.data[row * x.cols + j];
    if (!(Math.abs(element * scale) <= MAX_FLOAT32)) {
      const value = scale === 1 ? `${element}` : `${element} × ${scale}`;
      throw new DataError(argument, `expected finite float32 values, row ${row} column ${j} is ${value}`);
    }
  }
}
