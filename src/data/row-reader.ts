/** Rows of a matrix as numbers in float64, whatever they are stored as and whether or not they are standardised. */
import { isPauseDue, pause } from "../pause.ts";
import { type Matrix, scaleOf } from "./matrix.ts";
import type { Random } from "./random.ts";
import type { Standardization } from "./standardization.ts";

/** Writes row `row` into `target`, `[D]` or longer. */
export type RowReader = (row: number, target: Float64Array) => void;

/** Reads the rows of `x`, as (x − mean) / scale where they are standardised. */
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

/** max_i ‖x_i‖² of the rows a reader gives, those of weight 0 left out. */
export async function maxSquaredNorm(
  rows: number,
  cols: number,
  read: RowReader,
  weights?: Float32Array,
  signal?: AbortSignal,
): Promise<number> {
  const row = new Float64Array(cols);
  let longest = 0;
  for (let i = 0; i < rows; i++) {
    if (isPauseDue()) await pause(signal);
    if (weights?.[i] === 0) continue;
    read(i, row);
    let sum = 0;
    for (let j = 0; j < cols; j++) sum += row[j] * row[j];
    if (sum > longest) longest = sum;
  }
  return longest;
}

/**
 * Returns at most `most` rows of weight above 0: all of them, in order, if they are no more, else as many draws with
 * replacement.
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
