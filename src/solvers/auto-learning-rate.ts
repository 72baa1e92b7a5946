/**
 * The rule behind `learningRate: "auto"`: a rate that the curvature of the objective allows.
 *
 *   η = 1 / (L + L_max (N − B) / (B (N − 1)) / (1 − μ)),  falling linearly to 0 over the fit
 *
 * L = ½ λ_max(X̃ᵀX̃ / N) + 2λ bounds the curvature of J, X̃ being X with a column of ones for the bias: the
 * Hessian of cross-entropy in the scores is at most ½ (Böhning, "Multinomial logistic regression algorithm",
 * 1992). L_max = ½ max_i ‖x̃_i‖² is that bound for a single row; its factor is how much of it a random batch
 * of B out of N rows keeps (expected smoothness, Gower et al., "SGD: general analysis and improved rates",
 * 2019). Heavy-ball momentum tolerates 1/L as it stands, but averages noise over 1/(1 − μ) steps, so that
 * part of the bound grows with it. Linear decay: Defazio et al., "Optimal linear decay learning rate
 * schedules and further refinements", 2023.
 */
import { createRandom } from "../data/random.ts";
import { rowSums, sampleRows } from "../data/row-reader.ts";
import type { RowsInMemory } from "../data/rows.ts";
import type { Standardization } from "../data/standardization.ts";
import { pause } from "../pause.ts";

/** Rows that λ_max is estimated from. */
const SAMPLE_ROWS = 1024;

/**
 * Power iteration stops when λ changes by less than this share in a round, after at least MIN_ROUNDS: a start that is
 * nearly orthogonal to the top eigenvector looks converged at first.
 */
const TOLERANCE = 1e-3;
const MIN_ROUNDS = 10;
const MAX_ROUNDS = 40;

/** Factor on λ_max: power iteration approaches it from below, and a sample may miss a little. */
const MARGIN = 1.1;

/** What the rule needs to know. */
export interface AutoRateProblem {
  /** The rows, or a sample of them that λ_max is estimated from. */
  readonly x: RowsInMemory;
  /** Number and weights of all rows, if `x` is a sample. Default: those of `x`. */
  readonly whole?: { readonly rows: number; readonly weights: Float32Array | undefined };
  /** Standardisation that the rows are trained with. Default: none. */
  readonly standardization?: Standardization | undefined;
  /** s_i of each row of `x`. Default: 1. A heavy row counts like as many light ones. */
  readonly weights?: Float32Array | undefined;
  /** mean s, divided by what a step divides by in addition to B. Default 1: a step divides by B · mean s. */
  readonly meanWeight?: number | undefined;
  /** max_i ‖x_i‖², of standardised rows if they are standardised. */
  readonly maxSquaredNorm: number;
  readonly bias: boolean;
  readonly batchSize: number;
  readonly momentum: number;
  readonly l2: number;
  readonly seed: number;
}

/** The first rate of the rule above. */
export async function autoLearningRate(problem: AutoRateProblem, signal?: AbortSignal): Promise<number> {
  const { x, maxSquaredNorm, bias, momentum, l2, meanWeight = 1 } = problem;
  const { rows, weights } = problem.whole ?? { rows: x.rows, weights: problem.weights };
  const batch = Math.min(problem.batchSize, rows);
  const ones = bias ? 1 : 0;
  const smoothness = 0.5 * meanWeight * (await largestEigenvalue(problem, signal)) + 2 * l2;
  const rowSmoothness = 0.5 * meanWeight * (maxSquaredNorm + ones) * heaviest(weights);
  const noise = rows > 1 ? (rowSmoothness * (rows - batch)) / (batch * (rows - 1)) : 0;
  const bound = smoothness + noise / (1 - momentum);
  // Rows of zeros without a bias have no gradient at all: any rate will do.
  return bound > 0 ? 1 / bound : 1;
}

/** max s_i / mean s_i */
function heaviest(weights: Float32Array | undefined): number {
  if (!weights) return 1;
  return (weights.reduce((most, s) => Math.max(most, s), 0) * weights.length) / sumOf(weights);
}

/** λ_max(X̃ᵀ diag(s) X̃ / Σ s) of a sample of rows, by power iteration from a random start. */
async function largestEigenvalue(problem: AutoRateProblem, signal?: AbortSignal): Promise<number> {
  const { x, standardization, weights, bias, seed } = problem;
  const random = createRandom(seed);
  const { cols } = x;
  const sums = rowSums(x, standardization);
  const sample = sampleRows(x.rows, SAMPLE_ROWS, weights, random);
  const total = sample.reduce((sum, row) => sum + (weights?.[row] ?? 1), 0);
  if (total === 0) return 0;
  let direction = Float64Array.from({ length: cols + 1 }, () => random.normal());
  let eigenvalue = 0;
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const length = Math.sqrt(direction.reduce((sum, value) => sum + value * value, 0));
    if (length === 0) return 0;
    direction = direction.map((value) => value / length);
    const image = new Float64Array(cols + 1);
    for (const row of sample) {
      await pause(signal);
      sums.open(row);
      const dot = sums.dot(direction, bias ? direction[cols] : 0);
      const share = (dot * (weights?.[row] ?? 1)) / total;
      sums.addTo(image, share);
      if (bias) image[cols] += share;
    }
    const previous = eigenvalue;
    eigenvalue = image.reduce((sum, value, j) => sum + value * direction[j], 0);
    direction = image;
    if (round >= MIN_ROUNDS && Math.abs(eigenvalue - previous) <= TOLERANCE * eigenvalue) break;
  }
  return MARGIN * eigenvalue;
}

function sumOf(values: Float32Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}
