/** Reads the rows of a matrix: all of them once to check their values, or one by one as float64 numbers. */
import { DataError } from "../errors.ts";
import { isPauseDue, pause } from "../pause.ts";
import { type Matrix, type MatrixData, scaleOf } from "./matrix.ts";
import { inPieces } from "./pieces.ts";
import type { Random } from "./random.ts";
import type { RowsInMemory } from "./rows.ts";
import { isSparse, type SparseMatrix } from "./sparse-matrix.ts";
import type { Standardization } from "./standardization.ts";
import { checkStorable, type Storage, storageOf } from "./storage.ts";

/** Largest finite float32. */
export const MAX_FLOAT32 = (2 - 2 ** -23) * 2 ** 127;

/** Elements scanned between two pauses, some milliseconds of work, and the cost of a row in elements. */
const PIECE = 2 ** 20;
const ROW_COST = 8;

/** Result of {@link scanRows}. */
export interface Scan {
  /** max_i ‖x_i‖² */
  readonly maxSquaredNorm: number;
}

/**
 * Checks every value of `x`, and finds the longest row.
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
  let longest = 0;
  await inPieces(
    rows,
    (first, end) => {
      for (let i = first; i < end; i++) {
        const squaredNorm = scale * scale * squaredNormOf(data, i * cols, (i + 1) * cols);
        // A finite sum of squares within float32 means that every value is: only other rows are checked value by value.
        if (!(squaredNorm <= MAX_FLOAT32)) checkRow(x, i, argument);
        checkStorable(x, stored, i, argument);
        if (squaredNorm > longest) longest = squaredNorm;
      }
    },
    Math.max(1, Math.floor(PIECE / (cols + ROW_COST))),
    signal,
  );
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

/** Writes row `row` into `target`, `[D]` or longer. */
export type RowReader = (row: number, target: Float64Array) => void;

/** Returns a reader of the values of `x`, or of (x − mean) / scale if a standardisation is given. */
export function rowReader(x: Matrix, standardization?: Standardization): RowReader {
  const { data, cols } = x;
  const unit = scaleOf(x);
  return (row, target) => {
    const start = row * cols;
    for (let j = 0; j < cols; j++) target[j] = data[start + j] * unit;
    if (!standardization) return;
    const { mean, scale } = standardization;
    for (let j = 0; j < cols; j++) target[j] = (target[j] - mean[j]) / scale[j];
  };
}

/** Sums over the values of one row at a time. */
export interface RowSums {
  /** Makes `row` the row that the others are of. */
  open(row: number): void;
  /** Returns start + Σ_j v_j x_j. */
  dot(v: Float64Array, start: number): number;
  /** Adds t·x to `target`. */
  addTo(target: Float64Array, t: number): void;
  /** Returns ‖x‖². */
  squaredNorm(): number;
}

/** Returns sums over rows of either form, standardised if a standardisation is given (of sparse rows its means are 0). */
export function rowSums(x: RowsInMemory, standardization?: Standardization): RowSums {
  return isSparse(x) ? sparseSums(x, standardization) : denseSums(x, standardization);
}

function denseSums(x: Matrix, standardization: Standardization | undefined): RowSums {
  const read = rowReader(x, standardization);
  const values = new Float64Array(x.cols);
  return {
    open: (row) => read(row, values),
    dot: (v, start) => {
      let sum = start;
      for (let j = 0; j < values.length; j++) sum += values[j] * v[j];
      return sum;
    },
    addTo: (target, t) => {
      for (let j = 0; j < values.length; j++) target[j] += t * values[j];
    },
    squaredNorm: () => {
      let sum = 0;
      for (let j = 0; j < values.length; j++) sum += values[j] * values[j];
      return sum;
    },
  };
}

function sparseSums({ indptr, indices, data }: SparseMatrix, standardization?: Standardization): RowSums {
  let [begin, end] = [0, 0];
  const valueAt = (at: number) => (data ? data[at] : 1) / (standardization?.scale[indices[at]] ?? 1);
  return {
    open: (row) => {
      begin = indptr[row];
      end = indptr[row + 1];
    },
    dot: (v, start) => {
      let sum = start;
      for (let at = begin; at < end; at++) sum += valueAt(at) * v[indices[at]];
      return sum;
    },
    addTo: (target, t) => {
      for (let at = begin; at < end; at++) target[indices[at]] += t * valueAt(at);
    },
    squaredNorm: () => {
      let sum = 0;
      for (let at = begin; at < end; at++) sum += valueAt(at) ** 2;
      return sum;
    },
  };
}

/** Returns max_i ‖x_i‖² of rows, standardised if a standardisation is given, without those of weight 0. */
export async function maxSquaredNorm(
  x: RowsInMemory,
  standardization: Standardization | undefined,
  weights?: Float32Array,
  signal?: AbortSignal,
): Promise<number> {
  const sums = rowSums(x, standardization);
  let longest = 0;
  for (let i = 0; i < x.rows; i++) {
    if (isPauseDue()) await pause(signal);
    if (weights?.[i] === 0) continue;
    sums.open(i);
    longest = Math.max(longest, sums.squaredNorm());
  }
  return longest;
}

/**
 * Samples the rows of weight above 0. Returns the indices of all of them, in order, if there are at most `most`; else
 * those of `most` draws with replacement.
 */
export function sampleRows(
  rows: number,
  most: number,
  weights: Float32Array | undefined,
  random: Random,
): number[] {
  const counted = weights ? positivesOf(weights) : null;
  const count = counted?.length ?? rows;
  const drawn = count <= most ? (i: number) => i : () => random.integer(count);
  return Array.from({ length: Math.min(count, most) }, (_, i) => {
    const at = drawn(i);
    return counted ? counted[at] : at;
  });
}

function positivesOf(weights: Float32Array): Uint32Array {
  const positives = new Uint32Array(weights.length);
  let count = 0;
  for (let i = 0; i < weights.length; i++) if (weights[i] > 0) positives[count++] = i;
  return positives.subarray(0, count);
}
