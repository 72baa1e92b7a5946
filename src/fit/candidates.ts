/**
 * Rows that represent all rows of a fit in sums over them. Half of a row's chance is even, half goes by its leverage
 * x̃ᵀ diag(v)⁻¹ x̃ with v the mean squares of the columns, so that rare features are among them.
 */
import { emptyLike, type Matrix, scaleOf } from "../data/matrix.ts";
import { inPiecesOfRows } from "../data/pieces.ts";
import { createRandom, type Random } from "../data/random.ts";
import { rowReader, sampleRows } from "../data/row-reader.ts";
import { pause } from "../pause.ts";
import { drawRows } from "../solvers/row-sample.ts";
import type { FitProblem } from "./prepare.ts";
import type { FitSession } from "./session.ts";

/**
 * Limits: cells and rows of which leverages are computed (of larger data, a random row in every two, three …), and
 * standard deviations as which a value counts, so that a sentinel does not decide what M⁻¹ does.
 */
const MOST = { cells: 2 ** 27, rows: 2 ** 20, deviations: 2 ** 10 };

/** Cells that mean squares of columns are estimated from, if rows are not centred and scaled. */
const MOMENT_CELLS = 2 ** 20;

/** Cells, or rows, between two pauses. */
const PIECE = 2 ** 18;

/** A sample of the rows. */
export interface Candidates {
  /** The rows as given. */
  readonly matrix: Matrix;
  /** The rows as the solver sees them, with a 1 for the bias if there is one, `[count,n]`. */
  readonly rows: Float32Array;
  /** Share of each row in a mean over all rows: s_i / Σ s, divided by the probability that it is drawn. */
  readonly weights: Float64Array;
  readonly leverages: Float64Array;
  /** Mean squares of the columns of `rows`, `[n]`; taken as 1 if columns are centred and scaled. */
  readonly squares: Float64Array;
}

/**
 * Draws about `count` rows.
 *
 * @param penalties λ of each column, `[D]`: a column whose mean square is small beside it adds little leverage
 */
export async function drawCandidates(
  { problem, shape }: FitSession,
  count: number,
  penalties: Float64Array,
): Promise<Candidates> {
  const { rows, standardization, conditioning, options, signal } = problem;
  const { matrix: x, weights } = rows;
  const random = createRandom(options.seed);
  const seen = rowsToLookAt(x, random);
  const leverages = await leveragesOf(problem, seen, penalties);
  const counts = weights
    ? Float64Array.from(seen, (row) => weights[row])
    : new Float64Array(seen.length).fill(1);
  let [total, weighted] = [0, 0];
  for (let i = 0; i < counts.length; i++) {
    total += counts[i];
    weighted += counts[i] * leverages[i];
  }
  await pause(signal);
  const chances = new Float64Array(seen.length);
  for (let i = 0; i < chances.length; i++)
    chances[i] = counts[i] * (leverages[i] / weighted + 1 / total) || 0;
  await pause(signal);
  const drawn = drawRows(chances, count, random);
  const size = x.cols + (shape.bias ? 1 : 0);
  const matrix = { ...x, data: emptyLike(x.data, drawn.rows.length * x.cols, "x"), rows: drawn.rows.length };
  const limit = (standardization ?? conditioning) ? MOST.deviations : Infinity;
  const taken = new Float32Array(drawn.rows.length * size).fill(1);
  const read = rowReader(x, standardization ?? conditioning);
  const row = new Float64Array(x.cols);
  await inPiecesOfRows(
    matrix,
    PIECE,
    (first, end) => {
      for (let i = first; i < end; i++) {
        const at = seen[drawn.rows[i]];
        matrix.data.set(x.data.subarray(at * x.cols, (at + 1) * x.cols), i * x.cols);
        read(at, row);
        for (let j = 0; j < x.cols; j++) taken[i * size + j] = Math.min(Math.max(row[j], -limit), limit);
      }
    },
    signal,
  );
  const shares = Float64Array.from(drawn.rows, (i, at) => counts[i] / total / drawn.probabilities[at]);
  return {
    matrix,
    rows: taken,
    weights: shares,
    leverages: Float64Array.from(drawn.rows, (i) => leverages[i]),
    squares:
      (standardization ?? conditioning)
        ? new Float64Array(size).fill(1)
        : await squaresOf(taken, shares, signal),
  };
}

/** Returns all rows, or one in every few. */
function rowsToLookAt({ rows, cols }: Matrix, random: Random): Uint32Array {
  const step = Math.ceil(Math.max((rows * cols) / MOST.cells, rows / MOST.rows));
  return Uint32Array.from({ length: Math.floor(rows / step) }, (_, i) =>
    step > 1 ? i * step + random.integer(step) : i,
  );
}

/** Returns Σ_i w_i x_ij² for each column. */
async function squaresOf(
  rows: Float32Array,
  weights: Float64Array,
  signal: AbortSignal,
): Promise<Float64Array> {
  const n = weights.length > 0 ? rows.length / weights.length : 0;
  const squares = new Float64Array(n);
  await inPiecesOfRows(
    { rows: weights.length, cols: Math.max(1, n) },
    PIECE,
    (first, end) => {
      for (let i = first; i < end; i++)
        for (let j = 0; j < n; j++) squares[j] += weights[i] * rows[i * n + j] * rows[i * n + j];
    },
    signal,
  );
  return squares;
}

/** Returns the leverages of rows, in a diagonal metric. */
async function leveragesOf(
  { rows: { matrix: x }, standardization, conditioning, options, signal }: FitProblem,
  seen: Uint32Array,
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
  const leverages = new Float64Array(seen.length);
  await inPiecesOfRows(
    { rows: leverages.length, cols },
    PIECE,
    (first, end) => {
      for (let i = first; i < end; i++) {
        const row = seen[i] * cols;
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
