/**
 * Rows that represent all rows of a fit where sums over them are estimated. Half of the chances are even, half by
 * leverage x̃ᵀ diag(v)⁻¹ x̃ with v the mean squares of the columns: so every rare feature is seen.
 */
import { emptyLike, type Matrix, scaleOf } from "../data/matrix.ts";
import { inPiecesOfRows } from "../data/pieces.ts";
import { createRandom } from "../data/random.ts";
import { rowReader, sampleRows } from "../data/row-reader.ts";
import { pause } from "../pause.ts";
import { drawRows } from "../solvers/row-sample.ts";
import type { FitProblem } from "./prepare.ts";
import type { FitSession } from "./session.ts";

/** Cells that leverages are computed from at most; of larger data, every second, third … row. */
const MAX_CELLS = 2 ** 27;

/** Cells that mean squares of columns are estimated from, if rows are not centred and scaled. */
const MOMENT_CELLS = 2 ** 20;

/** Cells between two pauses. */
const PIECE = 2 ** 20;

/** A sample of the rows. */
export interface Candidates {
  /** As they are given. */
  readonly matrix: Matrix;
  /** What the solver works with, and a 1 for the bias if there is one: `[count,n]`. */
  readonly rows: Float32Array;
  /** What each row counts, in the mean over all rows: s_i / Σ s over the probability that it is drawn. */
  readonly weights: Float64Array;
  readonly leverages: Float64Array;
}

/**
 * Draws about `count` rows.
 *
 * @param penalties what a column's mean square is to be compared with, `[D]`: leverage in a column that the penalty
 *                  rules does not matter
 */
export async function drawCandidates(
  { problem, shape }: FitSession,
  count: number,
  penalties: Float64Array,
): Promise<Candidates> {
  const { rows, standardization, conditioning, options, signal } = problem;
  const { matrix: x, weights } = rows;
  const random = createRandom(options.seed);
  const step = Math.ceil((x.rows * x.cols) / MAX_CELLS);
  const leverages = await leveragesOf(problem, step, penalties);
  const weightOf = (i: number) => (weights ? weights[i * step] : 1);
  let [total, weighted] = [0, 0];
  for (let i = 0; i < leverages.length; i++) {
    total += weightOf(i);
    weighted += weightOf(i) * leverages[i];
  }
  // By index: over millions of rows, callbacks cost several times as much.
  const chances = new Float64Array(leverages.length);
  for (let i = 0; i < chances.length; i++) {
    chances[i] = weightOf(i) * (leverages[i] / weighted + 1 / total) || 0;
    if (i % PIECE === 0) await pause(signal);
  }
  const drawn = drawRows(chances, count, random);
  const size = x.cols + (shape.bias ? 1 : 0);
  const matrix = { ...x, data: emptyLike(x.data, drawn.rows.length * x.cols, "x"), rows: drawn.rows.length };
  const taken = new Float32Array(drawn.rows.length * size).fill(1);
  const read = rowReader(x, standardization ?? conditioning);
  const row = new Float64Array(x.cols);
  await inPiecesOfRows(
    matrix,
    PIECE,
    (first, end) => {
      for (let i = first; i < end; i++) {
        const at = drawn.rows[i] * step;
        matrix.data.set(x.data.subarray(at * x.cols, (at + 1) * x.cols), i * x.cols);
        read(at, row);
        taken.set(row, i * size);
      }
    },
    signal,
  );
  return {
    matrix,
    rows: taken,
    weights: Float64Array.from(drawn.rows, (i, at) => weightOf(i) / total / drawn.probabilities[at]),
    leverages: Float64Array.from(drawn.rows, (i) => leverages[i]),
  };
}

/** Returns the leverage of every `step`-th row, in a diagonal metric. */
async function leveragesOf(
  { rows: { matrix: x }, standardization, conditioning, options, signal }: FitProblem,
  step: number,
  penalties: Float64Array,
): Promise<Float64Array> {
  const { data, cols } = x;
  const stored = standardization ?? conditioning;
  const squares = stored ? new Float64Array(cols).fill(1) : meanSquaresOf(x, options.seed);
  // (x̃_j / √v_j)² = (element · factor + shift)²
  const [factors, shifts] = [new Float64Array(cols), new Float64Array(cols)];
  for (let j = 0; j < cols; j++) {
    const inverse = 1 / (stored?.scale[j] ?? 1) / Math.sqrt(squares[j] + 2 * penalties[j]);
    factors[j] = Number.isFinite(inverse) ? inverse * scaleOf(x) : 0;
    shifts[j] = Number.isFinite(inverse) && stored ? -stored.mean[j] * inverse : 0;
  }
  const leverages = new Float64Array(Math.ceil(x.rows / step));
  await inPiecesOfRows(
    { rows: leverages.length, cols },
    PIECE,
    (first, end) => {
      for (let i = first; i < end; i++) {
        const row = i * step * cols;
        let sum = 1;
        for (let j = 0; j < cols; j++) {
          const value = data[row + j] * factors[j] + shifts[j];
          sum += value * value;
        }
        leverages[i] = Math.min(sum, Number.MAX_VALUE / 2 ** 64);
      }
    },
    signal,
  );
  return leverages;
}

/** Estimates the mean square of each column; of one that is 0 in all sampled rows, as if one more row were not. */
function meanSquaresOf(x: Matrix, seed: number): Float64Array {
  const { cols } = x;
  const sample = sampleRows(
    x.rows,
    Math.max(64, Math.floor(MOMENT_CELLS / cols)),
    undefined,
    createRandom(seed),
  );
  const read = rowReader(x);
  const row = new Float64Array(cols);
  const squares = new Float64Array(cols);
  for (const at of sample) {
    read(at, row);
    for (let j = 0; j < cols; j++) squares[j] += row[j] * row[j];
  }
  const mean = squares.reduce((sum, square) => sum + square, 0) / (sample.length * cols);
  return squares.map((square) => (square + mean) / (sample.length + 1));
}
