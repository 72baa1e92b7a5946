/**
 * Columns brought to mean 0 and standard deviation 1, fitted on training rows and kept with a model. Rows are
 * never copied for it: backends apply it while they take rows to the device.
 */
import { pause } from "../pause.ts";
import { type Matrix, scaleOf } from "./matrix.ts";

/** x ↦ (x − mean) / scale, column by column, `[D]` each; every scale is above 0. */
export interface Standardization {
  readonly mean: Float64Array;
  readonly scale: Float64Array;
}

/** Elements looked at between two pauses. */
const PIECE = 2 ** 18;

/** Relative distance of neighbouring numbers of an element type that rounds. */
const EPSILON: Readonly<Record<string, number>> = { Float32Array: 2 ** -23, Float16Array: 2 ** -10 };

/** Units in the last place that a sum of float32 or float16 numbers may be off. */
const ROUNDED_UNITS = 2;

const FLOAT32_ROUNDING = ROUNDED_UNITS * EPSILON.Float32Array;

/** Fewest rows that the bound on rounding of float64 counts. */
const LEAST_ROWS = 64;

/** Mean and standard deviation of every column, `[D]` each. */
export interface ColumnMoments {
  readonly mean: Float64Array;
  /** Exactly 0 for columns that are constant but for rounding. */
  readonly deviation: Float64Array;
}

/**
 * Returns mean and standard deviation √(Σ s (x − mean)² / Σ s) of every column, in two passes in float64. Rows of
 * weight 0 do not count.
 *
 * A deviation counts as rounding up to N ε |mean| for float64 numbers, the bound of scikit-learn's StandardScaler, and
 * up to 2 ε |mean| for float32 and float16 numbers, whose ε does not stay small beside N. Numbers in a float64 array
 * that are all float32 ones count as those.
 *
 * @param x finite values `[N,D]`
 * @param weights s_i ≥ 0 of each row, `[N]`, at least one of them above 0; 1 for all if absent
 * @throws the signal's reason, once it is aborted
 */
export async function columnMoments(
  x: Matrix,
  weights: ArrayLike<number> | undefined,
  signal?: AbortSignal,
): Promise<ColumnMoments> {
  const { data, cols } = x;
  const unit = scaleOf(x);
  const origin = firstRow(x, weights);
  const mean = new Float64Array(cols);
  // Differences from a reference row, not raw values: a constant column then has a deviation of exactly 0.
  const total = await visitRows(x, weights, signal, (start, s) => {
    for (let j = 0; j < cols; j++) mean[j] += s * (data[start + j] * unit - origin[j]);
  });
  for (let j = 0; j < cols; j++) mean[j] = origin[j] + mean[j] / total;

  const deviation = new Float64Array(cols);
  await visitRows(x, weights, signal, (start, s) => {
    for (let j = 0; j < cols; j++) {
      const distance = data[start + j] * unit - mean[j];
      deviation[j] += s * distance * distance;
    }
  });
  const bound = roundingOf(x);
  for (let j = 0; j < cols; j++) {
    const value = Math.sqrt(deviation[j] / total);
    const isRounding =
      value <= bound * Math.abs(mean[j]) ||
      (value <= FLOAT32_ROUNDING * Math.abs(mean[j]) && isFloat32Column(x, j));
    deviation[j] = isRounding ? 0 : value;
  }
  return { mean, deviation };
}

/**
 * Returns the standardisation of `x`: its {@link columnMoments}, with scale 1 for columns that are constant but for
 * rounding, so that rounding is all that is left of them.
 */
export async function fitStandardization(
  x: Matrix,
  weights: ArrayLike<number> | undefined,
  signal?: AbortSignal,
): Promise<Standardization> {
  const { mean, deviation } = await columnMoments(x, weights, signal);
  return { mean, scale: deviation.map((value) => value || 1) };
}

/** Returns the largest deviation, relative to the mean, that counts as rounding. */
function roundingOf({ data, rows }: Matrix): number {
  const epsilon = EPSILON[Object.prototype.toString.call(data).slice("[object ".length, -1)];
  return epsilon ? ROUNDED_UNITS * epsilon : Math.max(rows, LEAST_ROWS) * Number.EPSILON;
}

/** Returns whether a column of float64 numbers holds float32 ones alone, and not integers, which are exact. */
function isFloat32Column({ data, rows, cols }: Matrix, column: number): boolean {
  if (Object.prototype.toString.call(data) !== "[object Float64Array]") return false;
  let hasFractions = false;
  for (let at = column; at < rows * cols; at += cols) {
    if (Math.fround(data[at]) !== data[at]) return false;
    hasFractions ||= !Number.isInteger(data[at]);
  }
  return hasFractions;
}

/** The values of the first row that counts. */
function firstRow(x: Matrix, weights: ArrayLike<number> | undefined): Float64Array {
  const { data, rows, cols } = x;
  let row = 0;
  while (row < rows - 1 && weights?.[row] === 0) row++;
  const unit = scaleOf(x);
  return Float64Array.from({ length: cols }, (_, j) => data[row * cols + j] * unit);
}

/** Shows every row, by where it starts in the data and its weight s; gives Σ s. */
async function visitRows(
  { rows, cols }: Matrix,
  weights: ArrayLike<number> | undefined,
  signal: AbortSignal | undefined,
  visit: (start: number, s: number) => void,
): Promise<number> {
  const rowsAtOnce = Math.max(1, Math.floor(PIECE / cols));
  let total = 0;
  for (let first = 0; first < rows; first += rowsAtOnce) {
    await pause(signal);
    const end = Math.min(first + rowsAtOnce, rows);
    for (let i = first; i < end; i++) {
      const s = weights ? weights[i] : 1;
      total += s;
      visit(i * cols, s);
    }
  }
  return total;
}
