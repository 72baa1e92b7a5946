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
import { isSparse, type SparseMatrix } from "../data/sparse-matrix.ts";
import { columnMoments, fold, type Standardization } from "../data/standardization.ts";
import { storageOf } from "../data/storage.ts";
import type { ResolvedOptions } from "../options.ts";
import { pause } from "../pause.ts";

/** A standard deviation larger than the spread of most cells by this factor is that of a few cells. */
const FEW_CELLS = 1e3;

/** A column lies far from 0 if its median is more than this many spreads away. */
const FAR = 8;

/** A sum of squares in a column of sparse rows that kernels could not compute with. */
const HUGE = 2 ** 80;

/** Rows that the spread is estimated from; fewer if there are so many features that these take more cells. */
const SAMPLE = { most: 513, least: 65, cells: 2 ** 22 };

/** Rows, or a sample of them, with their weights. */
interface WeightedRows {
  readonly matrix: RowsInMemory;
  /** s_i of each row; all 1 if absent. */
  readonly weights: Float32Array | undefined;
}

/**
 * Returns the mean and scale of the features that L-BFGS works with; undefined for other solvers, and for rows that
 * need none. Sparse rows are not centred, and scaled only if their squares overflow float32.
 *
 * @param isStored whether rows go to the device centred and scaled
 */
export async function conditioningOf(
  { matrix, weights, maxSquaredNorm }: WeightedRows & { readonly maxSquaredNorm: number },
  isStored: boolean,
  options: ResolvedOptions,
  signal: AbortSignal,
): Promise<Standardization | undefined> {
  const { solver, bias, seed } = options;
  if (solver !== "lbfgs") return undefined;
  if (isSparse(matrix))
    return matrix.rows * maxSquaredNorm > HUGE ? hugeScales(matrix, weights, signal) : undefined;
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

/** Returns mean 0 and the root mean square of columns that hold huge values, with 1 for others; undefined if none does. */
async function hugeScales(
  x: SparseMatrix,
  weights: Float32Array | undefined,
  signal: AbortSignal,
): Promise<Standardization | undefined> {
  const squares = await (await sparseSums()).sumsOfSquares(x, weights, signal);
  const scale = squares.map((sum) => (sum > HUGE ? Math.sqrt(sum / x.rows) : 1));
  return scale.some((value) => value !== 1) ? { mean: new Float64Array(x.cols), scale } : undefined;
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
  { matrix, weights }: WeightedRows & { readonly matrix: Matrix },
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
