/**
 * Features on a common footing for L-BFGS, whatever their units: rows go to the device centred and scaled, in float64
 * before they are rounded, and the parameters that fit them there, Ŵ, are folded back (standardization.ts). The
 * objective stays that of the rows as given. Without this, float32 loses features such as 5000 ± 10.
 *
 *   λ‖W‖² = λ Σ (Ŵ_kj / σ_j)²,   λ₁‖W‖₁ = λ₁ Σ |Ŵ_kj| / σ_j
 *
 * Rows that are stored as bytes or halves, or lie on a GPU already, stay as they are, and need it only if a column lies
 * far from 0: then the parameters are folded on their way to the device, and the gradient on its way back.
 *
 *   ∂J/∂Ŵ_kj = (∂J/∂W_kj − μ_j ∂J/∂b_k) / σ_j
 *
 * σ is the standard deviation, unless a few cells decide it (a sentinel such as 2147483647 among values near 1): then
 * the spread of the other cells is used, whose differences float32 would round away otherwise.
 */
import type { Trainer } from "../backends/backend.ts";
import { sparseSums } from "../data/lazy-sparse-sums.ts";
import { type Matrix, scaleOf } from "../data/matrix.ts";
import { createRandom } from "../data/random.ts";
import { sampleRows } from "../data/row-reader.ts";
import { isOnDevice, type Rows, type RowsInMemory } from "../data/rows.ts";
import { isSparse, type SparseMatrix, storedValues } from "../data/sparse-matrix.ts";
import { columnMoments, fold, type Standardization } from "../data/standardization.ts";
import { storageOf } from "../data/storage.ts";
import type { ResolvedOptions } from "../options.ts";
import { pause } from "../pause.ts";

/** A standard deviation larger than the spread of most cells by this factor is that of a few cells. */
const FEW_CELLS = 1e3;

/** A column lies far from 0 if its median is more than this many spreads away. */
const FAR = 8;

/**
 * Sparse rows need no scaling if the values of the column with the largest are between `smallest` and `largest`, and those
 * of no other column are smaller by more than `ratio`.
 */
const PLAIN_UNITS = { largest: 2 ** 8, smallest: 2 ** -6, ratio: 2 ** 16 };

/** Stored values that are looked at first. */
const SAMPLED_VALUES = 2 ** 16;

/** Rows that the spread is estimated from; fewer if there are so many features that these take more cells. */
const SAMPLE = { most: 513, least: 65, cells: 2 ** 22 };

/** Rows, or a sample of them, with their weights. */
interface WeightedRows {
  readonly matrix: RowsInMemory;
  /** s_i of each row; all 1 if absent. */
  readonly weights: Float32Array | undefined;
  /** max_i ‖x_i‖² */
  readonly maxSquaredNorm: number;
}

/**
 * Returns the mean and scale of the features that L-BFGS works with; undefined for other solvers, and for rows that
 * need none. Sparse rows are scaled if units ask for it, and never centred.
 *
 * @param isStored whether rows go to the device centred and scaled
 */
export async function conditioningOf(
  { matrix, weights, maxSquaredNorm }: WeightedRows,
  isStored: boolean,
  options: ResolvedOptions,
  signal: AbortSignal,
): Promise<Standardization | undefined> {
  const { solver, bias, seed } = options;
  if (solver !== "lbfgs") return undefined;
  if (isSparse(matrix)) return sizesAsScale({ matrix, weights, maxSquaredNorm }, signal);
  const bulk = await bulkOf({ matrix, weights }, seed, signal);
  if (!isStored && !isFarFromZero(bulk)) return undefined;
  const { mean, deviation } = await columnMoments(matrix, weights, signal);
  for (let j = 0; j < mean.length; j++) {
    if (!(bulk.spread[j] > 0 && deviation[j] > FEW_CELLS * bulk.spread[j])) continue;
    mean[j] = bulk.median[j];
    deviation[j] = bulk.spread[j];
  }
  if (bias) return { mean, scale: deviation.map((sigma) => sigma || 1) };
  // Without a bias nothing makes up for a shift, and a constant feature is one to be used.
  return {
    mean: new Float64Array(mean.length),
    scale: deviation.map((sigma, j) => Math.hypot(sigma, mean[j]) || 1),
  };
}

/** Returns whether rows go to the device centred and scaled: bytes, halves and rows that are there already do not. */
export function storesConditioned(matrix: Rows, { storage }: Pick<ResolvedOptions, "storage">): boolean {
  return !isOnDevice(matrix) && (isSparse(matrix) || storageOf(matrix, storage) === "f32");
}

/**
 * Returns mean 0 and the size of the values in each column (not its deviation, which would be small for rare words); or
 * undefined if the units need no scaling, as those of counts, TF-IDF and one-hot columns.
 */
async function sizesAsScale(
  { matrix: x, weights, maxSquaredNorm }: WeightedRows & { readonly matrix: SparseMatrix },
  signal: AbortSignal,
): Promise<Standardization | undefined> {
  const { sizesOfColumns } = await sparseSums();
  // No value is larger than the longest row, so that a sample shows whether the others are small.
  const step = Math.ceil(storedValues(x) / SAMPLED_VALUES);
  const isSampled = maxSquaredNorm <= PLAIN_UNITS.largest ** 2 && step > 1;
  if (isSampled && arePlain(await sizesOfColumns(x, weights, step, signal))) return undefined;
  const sizes = await sizesOfColumns(x, weights, 1, signal);
  if (arePlain(sizes)) return undefined;
  return { mean: new Float64Array(x.cols), scale: sizes.map((size) => size || 1) };
}

/** Tells whether the sizes of columns need no scaling. */
function arePlain(sizes: Float64Array): boolean {
  let [least, most] = [Infinity, 0];
  for (let j = 0; j < sizes.length; j++) {
    if (sizes[j] === 0) continue;
    least = Math.min(least, sizes[j]);
    most = Math.max(most, sizes[j]);
  }
  const { largest, smallest, ratio } = PLAIN_UNITS;
  return most === 0 || (most <= largest && most >= smallest && least >= most / ratio);
}

/** What L-BFGS asks of a trainer. */
export type PassTrainer = Pick<Trainer, "write" | "lossAndGradient" | "evaluate">;

/** Returns a trainer of conditioned parameters for rows that lie on the device as they are. */
export function conditionedOnHost(trainer: Trainer, conditioning: Standardization): PassTrainer {
  const { mean, scale } = conditioning;
  const features = mean.length;
  return {
    write: (parameters) => trainer.write(fold(parameters, conditioning)),
    evaluate: (data, options) => trainer.evaluate(data, options),
    lossAndGradient: async (data, l2, options) => {
      const seen = await trainer.lossAndGradient(data, l2, options);
      const { dWeights, dBias } = seen;
      for (let at = 0; at < dWeights.length; at++) {
        const j = at % features;
        dWeights[at] = (dWeights[at] - mean[j] * dBias[Math.floor(at / features)]) / scale[j];
      }
      return seen;
    },
  };
}

/** Returns λ / σ_j², the coefficient of Ŵ_kj², for each feature. */
export function penaltiesOf(
  l2: number,
  features: number,
  conditioning: Standardization | undefined,
): Float64Array {
  const penalties = new Float64Array(features).fill(l2);
  if (conditioning) for (let j = 0; j < features; j++) penalties[j] = l2 / conditioning.scale[j] ** 2;
  return penalties;
}

/** Returns λ₁ / σ_j, the coefficient of |Ŵ_kj|, for each feature. */
export function thresholdsOf(
  l1: number,
  features: number,
  conditioning: Standardization | undefined,
): Float64Array {
  const thresholds = new Float64Array(features).fill(l1);
  if (conditioning) for (let j = 0; j < features; j++) thresholds[j] = l1 / conditioning.scale[j];
  return thresholds;
}

function isFarFromZero({ median, spread }: Awaited<ReturnType<typeof bulkOf>>): boolean {
  return median.some((value, j) => spread[j] > 0 && Math.abs(value) > FAR * spread[j]);
}

/**
 * Returns, for each column, the median of sampled cells and the spread m √p: m is the median distance of the cells
 * that differ from it, and p their share, so that the spread of a rare indicator is near its standard deviation.
 */
async function bulkOf(
  { matrix, weights }: Pick<WeightedRows, "weights"> & { readonly matrix: Matrix },
  seed: number,
  signal: AbortSignal,
): Promise<{ median: Float64Array; spread: Float64Array }> {
  const { data, rows, cols } = matrix;
  const unit = scaleOf(matrix);
  const most = Math.min(SAMPLE.most, Math.max(SAMPLE.least, Math.floor(SAMPLE.cells / cols)));
  const sample = sampleRows(rows, most, weights, createRandom(seed));
  const [median, spread] = [new Float64Array(cols), new Float64Array(cols)];
  const cells = new Float64Array(sample.length);
  for (let j = 0; j < cols; j++) {
    await pause(signal);
    for (let i = 0; i < cells.length; i++) cells[i] = data[sample[i] * cols + j] * unit;
    median[j] = middleOf(cells);
    for (let i = 0; i < cells.length; i++) cells[i] = Math.abs(cells[i] - median[j]);
    cells.sort();
    const distances = cells.subarray(cells.findIndex((distance) => distance > 0));
    spread[j] = distances[0] > 0 ? middleOf(distances) * Math.sqrt(distances.length / cells.length) : 0;
  }
  return { median, spread };
}

/** Sorts the values and returns the middle one. */
function middleOf(values: Float64Array): number {
  values.sort();
  return values[values.length >> 1];
}
