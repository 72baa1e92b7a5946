/** Candidates among rows in memory: leverages and drawn rows are computed on the host, and rows are uploaded. */
import type { DatasetSource } from "../backends/backend.ts";
import { allocate, emptyLike, type Matrix, scaleOf } from "../data/matrix.ts";
import { inPiecesOfRows } from "../data/pieces.ts";
import { createRandom, type Random } from "../data/random.ts";
import { rowReader, sampleRows } from "../data/row-reader.ts";
import type { Standardization } from "../data/standardization.ts";
import { NO_TARGETS } from "../data/targets.ts";
import { DEVIATIONS, MAX_LEVERAGE, type Pool } from "./candidate-pool.ts";
import type { FitProblem } from "./prepare.ts";
import type { FitSession } from "./session.ts";

/** Cells and rows of which leverages are computed; of larger data, a random row in every two, three … */
const MOST = { cells: 2 ** 27, rows: 2 ** 20 };

/** Cells that mean squares of columns are estimated from, if rows are not centred and scaled. */
const MOMENT_CELLS = 2 ** 20;

/** Cells, or rows, between two pauses. */
const PIECE = 2 ** 18;

/** Measures the leverages of all rows, or of one in every few. */
export async function poolInMemory(
  { problem, upload }: FitSession,
  x: Matrix,
  penalties: Float64Array,
  random: Random,
): Promise<Pool> {
  const { standardization, conditioning, options, signal } = problem;
  const seen = rowsToLookAt(x, random);
  const stored = standardization ?? conditioning;
  const takeSource = async (indices: Uint32Array): Promise<Pick<DatasetSource, "x" | "storage">> =>
    stored
      ? { x: await scaledRows(x, indices, stored, signal), storage: "f32" }
      : { x: await sameRows(x, indices, signal), storage: options.storage };
  return {
    seen,
    leverages: await leveragesOf(problem, x, seen, penalties),
    take: async (indices, shares) => {
      const source = await takeSource(indices);
      return {
        place: () => upload({ ...source, targets: NO_TARGETS }),
        squares: stored ? new Float64Array(x.cols).fill(1) : await squaresOf(source.x, shares, signal),
      };
    },
  };
}

/** Returns rows centred and scaled, in float32. */
async function scaledRows(
  x: Matrix,
  indices: Uint32Array,
  stored: Standardization,
  signal: AbortSignal,
): Promise<Matrix> {
  const { cols } = x;
  const data = allocate(Float32Array, indices.length * cols, "x");
  const read = rowReader(x, stored);
  const row = new Float64Array(cols);
  const take = (i: number) => {
    read(indices[i], row);
    for (let j = 0; j < cols; j++) data[i * cols + j] = Math.min(Math.max(row[j], -DEVIATIONS), DEVIATIONS);
  };
  await eachRow(indices.length, cols, take, signal);
  return { data, rows: indices.length, cols };
}

/** Returns rows as given. */
async function sameRows(x: Matrix, indices: Uint32Array, signal: AbortSignal): Promise<Matrix> {
  const { cols } = x;
  const data = emptyLike(x.data, indices.length * cols, "x");
  const take = (i: number) => data.set(x.data.subarray(indices[i] * cols, (indices[i] + 1) * cols), i * cols);
  await eachRow(indices.length, cols, take, signal);
  return { ...x, data, rows: indices.length };
}

/** Calls back for each row, with pauses. */
function eachRow(rows: number, cols: number, visit: (i: number) => void, signal: AbortSignal): Promise<void> {
  const visitAll = (first: number, end: number) => {
    for (let i = first; i < end; i++) visit(i);
  };
  return inPiecesOfRows({ rows, cols }, PIECE, visitAll, signal);
}

/** Returns all rows, or one in every few. */
function rowsToLookAt({ rows, cols }: Matrix, random: Random): Uint32Array {
  const step = Math.ceil(Math.max((rows * cols) / MOST.cells, rows / MOST.rows));
  const seen = new Uint32Array(Math.floor(rows / step));
  for (let i = 0; i < seen.length; i++) seen[i] = step > 1 ? i * step + random.integer(step) : i;
  return seen;
}

/** Returns Σ_i w_i x_ij² for each column. */
async function squaresOf(x: Matrix, weights: Float64Array, signal: AbortSignal): Promise<Float64Array> {
  const squares = new Float64Array(x.cols);
  const read = rowReader(x);
  const row = new Float64Array(x.cols);
  const add = (i: number) => {
    read(i, row);
    for (let j = 0; j < x.cols; j++) squares[j] += weights[i] * row[j] * row[j];
  };
  await eachRow(x.rows, x.cols, add, signal);
  return squares;
}

/** Returns the leverages of rows, in a diagonal metric. */
async function leveragesOf(
  { standardization, conditioning, options, signal }: FitProblem,
  x: Matrix,
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
  const measure = (i: number) => {
    const row = seen[i] * cols;
    let sum = 1;
    for (let j = 0; j < cols; j++) {
      const value = data[row + j] * factors[j] + shifts[j];
      sum += value * value;
    }
    leverages[i] = Math.min(sum, MAX_LEVERAGE);
  };
  await eachRow(seen.length, cols, measure, signal);
  return leverages;
}

/** Estimates the mean square of each column; of one that is 0 in all sampled rows, as if one more row were not. */
export function meanSquaresOf(x: Matrix, seed: number): Float64Array {
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
