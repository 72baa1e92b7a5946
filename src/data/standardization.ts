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

/**
 * Mean and standard deviation √(Σ s (x − mean)² / Σ s) of every column, in two passes in float64. A column that is
 * constant, to rounding, gets scale 1, so that it becomes 0. Rows of weight 0 do not count.
 *
 * @param x finite values `[N,D]`
 * @param weights s_i ≥ 0 of each row, `[N]`, at least one of them above 0; 1 for all where absent
 * @throws the signal's reason, once it is aborted
 */
export async function fitStandardization(
  x: Matrix,
  weights: ArrayLike<number> | undefined,
  signal?: AbortSignal,
): Promise<Standardization> {
  const { data, cols } = x;
  const unit = scaleOf(x);
  const origin = firstRow(x, weights);
  const mean = new Float64Array(cols);
  // Of the distances from a row that counts: in a constant column all are exactly 0, and so is the rest. The rounding
  // of a sum of the values themselves would grow with N and look like a deviation.
  const total = await visitRows(x, weights, signal, (start, s) => {
    for (let j = 0; j < cols; j++) mean[j] += s * (data[start + j] * unit - origin[j]);
  });
  for (let j = 0; j < cols; j++) mean[j] = origin[j] + mean[j] / total;

  const scale = new Float64Array(cols);
  await visitRows(x, weights, signal, (start, s) => {
    for (let j = 0; j < cols; j++) {
      const distance = data[start + j] * unit - mean[j];
      scale[j] += s * distance * distance;
    }
  });
  for (let j = 0; j < cols; j++) {
    const deviation = Math.sqrt(scale[j] / total);
    // No more than neighbouring float64 numbers are apart: nothing but rounding, in the data or of the mean.
    scale[j] = deviation <= Number.EPSILON * Math.abs(mean[j]) ? 1 : deviation;
  }
  return { mean, scale };
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
