/**
 * Standardisation: columns brought to mean 0 and standard deviation 1, fitted on training rows and kept with a model;
 * and the same scores from parameters for rows as given and for standardised rows. Rows are not copied for it: backends
 * standardise them while they upload them.
 */
import type { Parameters } from "../parameters.ts";
import { type Matrix, scaleOf, tagOf } from "./matrix.ts";
import { inPieces, inPiecesOfRows } from "./pieces.ts";

/** Maps x to x̂ = (x − mean) / scale, column by column. Both are `[D]`; every scale is above 0. */
export interface Standardization {
  readonly mean: Float64Array;
  readonly scale: Float64Array;
}

/** Number of elements read between two pauses. */
const PIECE = 2 ** 18;

/** Machine epsilon of the element types that round more than float64. */
const EPSILON: Readonly<Record<string, number>> = { Float32Array: 2 ** -23, Float16Array: 2 ** -10 };

/** Rounding error allowed in float32 and float16 columns, in units of epsilon. */
const ROUNDED_UNITS = 2;

const FLOAT32_ROUNDING = ROUNDED_UNITS * EPSILON.Float32Array;

/** Smallest N in the bound on rounding of float64 columns. */
const LEAST_ROWS = 64;

/** Mean and standard deviation of every column, `[D]` each. */
export interface ColumnMoments {
  readonly mean: Float64Array;
  /** Exactly 0 for columns that are constant up to rounding. */
  readonly deviation: Float64Array;
}

/** Tells whether a standardisation moves any column, which sparse rows cannot be. */
export function isCentring(standardization: Standardization | undefined): boolean {
  return standardization?.mean.some((mean) => mean !== 0) ?? false;
}

/**
 * Computes mean and standard deviation √(Σ s (x − mean)² / Σ s) of every column, in two passes in float64. Rows of
 * weight 0 do not count.
 *
 * A deviation of at most N ε |mean| is taken for rounding in float64 columns, which is the bound of scikit-learn's
 * StandardScaler, and one of at most 2 ε |mean| in float32 and float16 columns, whose N ε would be too large. A float64
 * column that holds float32 numbers alone is treated as a float32 column.
 *
 * @param x finite values `[N,D]`
 * @param weights s_i ≥ 0 of each row, `[N]`, at least one of them above 0. Default: 1 for all
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
  // Sum differences from a reference row rather than raw values, so that a constant column has a deviation of exactly
  // 0.
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
 * Fits the standardisation of `x`: its {@link columnMoments}, with scale 1 for columns that are constant up to
 * rounding, so that only rounding is left of those.
 */
export async function fitStandardization(
  x: Matrix,
  weights: ArrayLike<number> | undefined,
  signal?: AbortSignal,
): Promise<Standardization> {
  const { mean, deviation } = await columnMoments(x, weights, signal);
  return { mean, scale: deviation.map((value) => value || 1) };
}

/** Returns the largest deviation, relative to the mean, that is taken for rounding. */
function roundingOf({ data, rows }: Matrix): number {
  const epsilon = EPSILON[tagOf(data)];
  return epsilon ? ROUNDED_UNITS * epsilon : Math.max(rows, LEAST_ROWS) * Number.EPSILON;
}

/** Tells whether a float64 column holds float32 numbers alone; false for integers, which are exact. */
function isFloat32Column({ data, rows, cols }: Matrix, column: number): boolean {
  if (tagOf(data) !== "Float64Array") return false;
  let hasFractions = false;
  for (let at = column; at < rows * cols; at += cols) {
    if (Math.fround(data[at]) !== data[at]) return false;
    hasFractions ||= !Number.isInteger(data[at]);
  }
  return hasFractions;
}

/** Returns the values of the first row of weight above 0. */
function firstRow(x: Matrix, weights: ArrayLike<number> | undefined): Float64Array {
  const { data, rows, cols } = x;
  let row = 0;
  while (row < rows - 1 && weights?.[row] === 0) row++;
  const unit = scaleOf(x);
  return Float64Array.from({ length: cols }, (_, j) => data[row * cols + j] * unit);
}

/** Calls `visit` with the index of each row's first element and the row's weight s. Returns Σ s. */
async function visitRows(
  x: Matrix,
  weights: ArrayLike<number> | undefined,
  signal: AbortSignal | undefined,
  visit: (start: number, s: number) => void,
): Promise<number> {
  let total = 0;
  const visitPiece = (first: number, end: number) => {
    for (let i = first; i < end; i++) {
      const s = weights ? weights[i] : 1;
      total += s;
      visit(i * x.cols, s);
    }
  };
  await inPiecesOfRows(x, PIECE, visitPiece, signal);
  return total;
}

/**
 * Converts parameters W, b for rows as given to Ŵ, b̂ for standardised rows, with the same scores W x + b = Ŵ x̂ + b̂:
 *
 *   Ŵ_kj = W_kj σ_j,  b̂_k = b_k + Σ_j W_kj μ_j,  μ the mean, σ the scale
 */
export function unfold(parameters: Parameters, standardization: Standardization | undefined): Parameters {
  if (!standardization) return parameters;
  const { mean, scale } = standardization;
  const features = mean.length;
  const weights = new Float64Array(parameters.weights.length);
  const bias = parameters.bias.slice();
  for (let k = 0; k < bias.length; k++) {
    for (let j = 0; j < features; j++) {
      const weight = parameters.weights[k * features + j];
      weights[k * features + j] = weight * scale[j];
      bias[k] += weight * mean[j];
    }
  }
  return { weights, bias };
}

/** Converts Ŵ, b̂ for standardised rows to W, b for rows as given: the inverse of {@link unfold}. */
export function fold(parameters: Parameters, standardization: Standardization | undefined): Parameters {
  if (!standardization) return parameters;
  const bias = parameters.bias.slice();
  return { weights: foldWeights(parameters.weights, standardization, bias), bias };
}

/** Converts as {@link fold} does, with pauses. @throws the signal's reason */
export async function foldInPieces(
  { weights, bias }: Parameters,
  standardization: Standardization,
  signal?: AbortSignal,
): Promise<Parameters> {
  const folded = { weights: new Float64Array(weights.length), bias: bias.slice() };
  const foldPiece = (begin: number, end: number) =>
    folded.weights.set(foldWeights(weights, standardization, folded.bias, begin, end), begin);
  await inPieces(weights.length, foldPiece, PIECE, signal);
  return folded;
}

/**
 * Folds a part of Ŵ: returns W_kj = Ŵ_kj / σ_j of the elements from `begin` to `end`, and subtracts W_kj μ_j from
 * `bias` `[K]`, which is b once all parts are folded in order.
 */
export function foldWeights(
  weights: Float64Array,
  { mean, scale }: Standardization,
  bias: Float64Array,
  begin = 0,
  end: number = weights.length,
): Float64Array {
  const features = mean.length;
  const folded = weights.slice(begin, end);
  for (let k = Math.floor(begin / features); k * features < end; k++) {
    const row = k * features;
    for (let at = Math.max(begin, row); at < Math.min(end, row + features); at++) {
      folded[at - begin] /= scale[at - row];
      bias[k] -= folded[at - begin] * mean[at - row];
    }
  }
  return folded;
}
