/**
 * Softmax regression by the formulas: float64, plain loops, one function per operation, never optimised. All faster
 * code is tested against this file. Shapes: X [N,D], W [K,D], b [K], Z [N,K].
 */
import { allocate, type Matrix, scaleOf } from "../../data/matrix.ts";
import type { Standardization } from "../../data/standardization.ts";
import { smoothed, type Targets } from "../../data/targets.ts";
import type { Parameters } from "../../parameters.ts";
import type { AdamwSettings, Outcomes } from "../backend.ts";
import { sumOfWeights } from "../steps.ts";

/** Rows that an operation works on: indices into X, in order. */
export type Rows = ArrayLike<number>;

/** Returns a copy with (x − mean) / scale of every value, column by column, `[N,D]`. */
export function standardize(x: Matrix, { mean, scale }: Standardization): Matrix<Float64Array> {
  const { data, rows, cols } = x;
  const unit = scaleOf(x);
  const standardized = allocate(Float64Array, data.length, "x");
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < cols; j++)
      standardized[i * cols + j] = (data[i * cols + j] * unit - mean[j]) / scale[j];
  }
  return { data: standardized, rows, cols };
}

/**
 * Computes Z = X Wᵀ + b, `[rows,K]`. A score is NaN if it or one of its products overflows float32, since other
 * backends cannot compute it.
 */
export function matmul(x: Matrix, rows: Rows, { weights, bias }: Parameters): Float64Array {
  const [features, classes, scale] = [x.cols, bias.length, scaleOf(x)];
  const logits = new Float64Array(rows.length * classes);
  for (let i = 0; i < rows.length; i++) {
    for (let k = 0; k < classes; k++) {
      let [z, largest] = [0, 0];
      for (let j = 0; j < features; j++) {
        const product = x.data[rows[i] * features + j] * weights[k * features + j];
        z += product;
        largest = Math.max(largest, Math.abs(product));
      }
      const score = z * scale + bias[k];
      logits[i * classes + k] = isFloat32(score) && isFloat32(largest * scale) ? score : NaN;
    }
  }
  return logits;
}

/** Computes Σ_i w_i x̃_i x̃_iᵀ, `[n,n]`; x̃ = (x, 1) with a bias, else x. */
export function secondMoments(
  x: Matrix,
  rows: Rows,
  weights: ArrayLike<number>,
  bias: boolean,
): Float64Array {
  const { data, cols } = x;
  const scale = scaleOf(x);
  const n = cols + (bias ? 1 : 0);
  const moments = new Float64Array(n * n);
  const row = new Float64Array(n).fill(1);
  for (let i = 0; i < rows.length; i++) {
    for (let j = 0; j < cols; j++) row[j] = data[rows[i] * cols + j] * scale;
    for (let j = 0; j < n; j++) {
      const weighted = weights[rows[i]] * row[j];
      for (let l = 0; l < n; l++) moments[j * n + l] += weighted * row[l];
    }
  }
  return moments;
}

/**
 * Computes p_k = exp(z_k − m) / Σ_c exp(z_c − m) with m = max_k z_k, row by row, `[rows,K]`; NaN in a row one of whose
 * scores is not finite.
 */
export function softmax(logits: Float64Array, classes: number): Float64Array {
  const probabilities = new Float64Array(logits.length);
  for (let start = 0; start < logits.length; start += classes) {
    const { m, sum } = shiftedSum(logits, start, classes);
    for (let k = 0; k < classes; k++) probabilities[start + k] = Math.exp(logits[start + k] - m) / sum;
  }
  return probabilities;
}

/**
 * Computes CE of each row, `[rows]`: (m + log Σ_c exp(z_c − m)) − Σ_k q_k z_k, from scores, without clipping; NaN if a
 * score is not finite. Label smoothing ε replaces every q by (1 − ε) q + ε/K.
 */
export function crossEntropy(
  logits: Float64Array,
  targets: Targets,
  rows: Rows,
  classes: number,
  labelSmoothing = 0,
): Float64Array {
  const q = targetsOf(targets, classes, labelSmoothing);
  return Float64Array.from(rows, (row, i) => {
    const { m, sum } = shiftedSum(logits, i * classes, classes);
    // Σ q = 1 lets m go inside the sum, where large scores cancel exactly.
    let loss = Math.log(sum);
    for (let k = 0; k < classes; k++) loss += q(row, k) * (m - logits[i * classes + k]);
    return loss;
  });
}

/**
 * Computes T = (P − Q) · s_i / divisor, `[rows,K]`, Q with label smoothing ε; 0 in rows with s_i = 0, whatever P is.
 *
 * @param divisor default: Σ s of the rows; in an SGD step B · mean s
 */
export function dLogits(
  probabilities: Float64Array,
  targets: Targets,
  sampleWeights: ArrayLike<number> | undefined,
  rows: Rows,
  classes: number,
  labelSmoothing = 0,
  divisor = sumOfWeights(sampleWeights, rows),
): Float64Array {
  const q = targetsOf(targets, classes, labelSmoothing);
  return probabilities.map((p, at) => {
    const row = rows[Math.floor(at / classes)];
    const s = sampleWeights?.[row] ?? 1;
    return s === 0 ? 0 : ((p - q(row, at % classes)) * s) / divisor;
  });
}

/** Computes G = Tᵀ X + 2λW and g_b = Σ_i T_i, as `{ weights: dWeights [K,D], bias: dBias [K] }`. */
export function gradient(
  t: Float64Array,
  x: Matrix,
  rows: Rows,
  parameters: Parameters,
  l2: number,
): Parameters {
  const [features, classes, scale] = [x.cols, parameters.bias.length, scaleOf(x)];
  const weights = parameters.weights.map((w) => 2 * l2 * w);
  const bias = new Float64Array(classes);
  for (let i = 0; i < rows.length; i++) {
    for (let k = 0; k < classes; k++) {
      const scaled = t[i * classes + k] * scale;
      for (let j = 0; j < features; j++) weights[k * features + j] += scaled * x.data[rows[i] * features + j];
      bias[k] += t[i * classes + k];
    }
  }
  return { weights, bias };
}

/** Updates v ← μv + G, W ← W − ηv; with Nesterov W ← W − η(G + μv). In place. */
export function sgdUpdate(
  w: Float64Array,
  v: Float64Array,
  g: Float64Array,
  { learningRate, momentum, nesterov }: { learningRate: number; momentum: number; nesterov: boolean },
): void {
  for (let i = 0; i < w.length; i++) {
    v[i] = momentum * v[i] + g[i];
    w[i] -= learningRate * (nesterov ? g[i] + momentum * v[i] : v[i]);
  }
}

/** Takes the proximal step of λ₁‖W‖₁: W ← sign(W) max(|W| − ηλ₁, 0). In place. */
export function l1Update(w: Float64Array, { learningRate, l1 }: { learningRate: number; l1: number }): void {
  for (let i = 0; i < w.length; i++) w[i] = Math.sign(w[i]) * Math.max(Math.abs(w[i]) - learningRate * l1, 0);
}

/** Settings of one AdamW step: η, λ (0 for the bias) and t, counted from 1. */
export interface AdamwStep extends AdamwSettings {
  readonly learningRate: number;
  readonly l2: number;
  readonly t: number;
}

/** Updates by AdamW, see {@link AdamwSettings}; g is without the penalty. In place. */
export function adamwUpdate(
  w: Float64Array,
  m: Float64Array,
  v: Float64Array,
  g: Float64Array,
  { learningRate, l2, t, beta1, beta2, epsilon }: AdamwStep,
): void {
  for (let i = 0; i < w.length; i++) {
    m[i] = beta1 * m[i] + (1 - beta1) * g[i];
    v[i] = beta2 * v[i] + (1 - beta2) * g[i] ** 2;
    const mean = m[i] / (1 - beta1 ** t);
    const square = v[i] / (1 - beta2 ** t);
    w[i] -= learningRate * 2 * l2 * w[i] + (learningRate * mean) / (Math.sqrt(square) + epsilon);
  }
}

/** Updates the average of n parameters from that of n − 1: W̄ ← W̄ + (W − W̄)/n; W̄ = W if n is 1. In place. */
export function averageUpdate(average: Float64Array, w: Float64Array, n: number): void {
  for (let i = 0; i < w.length; i++) average[i] = n === 1 ? w[i] : average[i] + (w[i] - average[i]) / n;
}

/**
 * Counts rows with s_i > 0 whose highest score is that of the class with the highest target; ties go to the lowest
 * class.
 */
export function countCorrect(
  logits: Float64Array,
  targets: Targets,
  sampleWeights: ArrayLike<number> | undefined,
  rows: Rows,
  classes: number,
): number {
  const { rank } = outcomes(logits, targets, rows, classes);
  return rank.reduce(
    (sum, before, i) => sum + (before === 0 && (sampleWeights?.[rows[i]] ?? 1) > 0 ? 1 : 0),
    0,
  );
}

/** Computes the predictions of each row, `[rows]`, see {@link Outcomes}; also for rows whose scores are not finite. */
export function outcomes(logits: Float64Array, targets: Targets, rows: Rows, classes: number): Outcomes {
  const q = targetsOf(targets, classes, 0);
  const predicted = new Uint32Array(rows.length);
  const confidence = new Float32Array(rows.length);
  const rank = new Uint32Array(rows.length);
  for (let i = 0; i < rows.length; i++) {
    const start = i * classes;
    const { sum } = shiftedSum(logits, start, classes);
    confidence[i] = 1 / sum;
    predicted[i] = Number.isNaN(sum) ? 0 : argmax(classes, (k) => logits[start + k]);
    if (targets.kind === "none" || Number.isNaN(sum)) {
      rank[i] = classes;
      continue;
    }
    const target = argmax(classes, (k) => q(rows[i], k));
    for (let k = 0; k < classes; k++) {
      const [z, own] = [logits[start + k], logits[start + target]];
      if (z > own || (z === own && k < target)) rank[i]++;
    }
  }
  return { predicted, confidence, rank };
}

/** Computes Σ s_i v_i / Σ s_i over the values of `rows` with s_i > 0; 0 if there are none. */
export function weightedMean(
  values: Float64Array,
  sampleWeights: ArrayLike<number> | undefined,
  rows: Rows,
): number {
  const total = sumOfWeights(sampleWeights, rows);
  let sum = 0;
  for (let i = 0; i < rows.length; i++) {
    const s = sampleWeights?.[rows[i]] ?? 1;
    if (s > 0) sum += s * values[i];
  }
  return total === 0 ? 0 : sum / total;
}

/** Returns a function that gives (1 − ε) q_k + ε/K of a row; 0 without targets. */
function targetsOf(
  targets: Targets,
  classes: number,
  labelSmoothing: number,
): (row: number, k: number) => number {
  if (targets.kind === "none") return () => 0;
  if (targets.kind === "labels")
    return (row, k) => smoothed(targets.labels[row] === k ? 1 : 0, labelSmoothing, classes);
  const { data, cols } = targets.distributions;
  const scale = scaleOf(targets.distributions);
  return (row, k) => smoothed(data[row * cols + k] * scale, labelSmoothing, classes);
}

/** Computes m = max_k z_k and Σ_c exp(z_c − m) of a row; both NaN if a score is not finite. */
function shiftedSum(logits: Float64Array, start: number, classes: number): { m: number; sum: number } {
  let m = -Infinity;
  for (let k = 0; k < classes; k++) {
    const z = logits[start + k];
    m = Math.max(m, Number.isFinite(z) ? z : NaN);
  }
  let sum = 0;
  for (let k = 0; k < classes; k++) sum += Math.exp(logits[start + k] - m);
  return { m, sum };
}

/** Tells whether a value is finite in float32. */
export function isFloat32(value: number): boolean {
  return Number.isFinite(Math.fround(value));
}

function argmax(length: number, valueAt: (index: number) => number): number {
  let best = 0;
  for (let k = 1; k < length; k++) if (valueAt(k) > valueAt(best)) best = k;
  return best;
}
