/** Soft labels: a distribution over the classes for each row. */
import { DataError } from "../errors.ts";
import { pause } from "../pause.ts";
import { allocate } from "./allocate.ts";
import { isByteData, type Matrix, scaleOf } from "./matrix.ts";

/** How far the sum of a row of soft labels may be from 1. */
const SUM_TOLERANCE = 1e-3;

/** Largest scale at which bytes are rounded probabilities, off by up to half a byte per class more: percents. */
const ROUNDED_SCALE = 1 / 100;

/** How far the sum may be from 1 for the row to be taken as it is; other rows are divided by their sum. */
const EXACT_SUM = 1e-6;

/** Elements looked at between two pauses: some milliseconds of work. */
const PIECE = 2 ** 18;

/**
 * Returns the distributions: as given if all rows sum to 1, else a copy whose rows do.
 *
 * @throws DataError  rows that are negative or do not sum to 1
 * @throws LimitError the copy is too large for the engine; the signal's reason
 */
export async function toDistributions(soft: Matrix, argument: string, signal?: AbortSignal): Promise<Matrix> {
  const { rows, cols } = soft;
  const sums = allocate(Float64Array, rows, argument);
  let areExact = true;
  await eachPiece(soft, signal, (first, end) => {
    areExact = sumRows(soft, sums, first, end, argument) && areExact;
  });
  if (areExact) return soft;
  const scale = scaleOf(soft);
  const data = allocate(Float32Array, rows * cols, argument);
  await eachPiece(soft, signal, (first, end) => {
    for (let i = first; i < end; i++)
      for (let at = i * cols; at < (i + 1) * cols; at++) data[at] = (soft.data[at] * scale) / sums[i];
  });
  return { data, rows, cols };
}

/** Writes the sums of rows, and says whether all are 1 to rounding. @throws DataError */
function sumRows(soft: Matrix, sums: Float64Array, first: number, end: number, argument: string): boolean {
  const { data, cols } = soft;
  const scale = scaleOf(soft);
  const isRounded = isByteData(data) && scale <= ROUNDED_SCALE;
  const tolerance = SUM_TOLERANCE + (isRounded ? 0.5 * cols * scale : 0);
  let areExact = true;
  for (let i = first; i < end; i++) {
    let sum = 0;
    for (let at = i * cols; at < (i + 1) * cols; at++) {
      const q = data[at] * scale;
      if (!(q >= 0))
        throw new DataError(argument, `expected probabilities, row ${i} column ${at - i * cols} is ${q}`);
      sum += q;
    }
    if (!(sum > 0 && Math.abs(sum - 1) <= tolerance))
      throw new DataError(argument, `expected rows that sum to 1, row ${i} sums to ${sum}`);
    sums[i] = sum;
    areExact &&= Math.abs(sum - 1) <= EXACT_SUM;
  }
  return areExact;
}

async function eachPiece(
  { rows, cols }: Matrix,
  signal: AbortSignal | undefined,
  work: (first: number, end: number) => void,
): Promise<void> {
  const rowsAtOnce = Math.max(1, Math.floor(PIECE / cols));
  for (let first = 0; first < rows; first += rowsAtOnce) {
    await pause(signal);
    work(first, Math.min(first + rowsAtOnce, rows));
  }
}
