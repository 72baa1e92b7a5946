/**
 * Softmax regression as the formulas say it: float64, plain loops, one function per operation, never
 * optimised. Everything faster is tested against this file. Shapes: X [N,D], W [K,D], b [K], Z [N,K].
 */
import { elementScale, type Matrix } from "../../data/matrix.ts";
import type { Targets } from "../../data/targets.ts";
import type { Parameters } from "../../objective.ts";
import { sumOfWeights } from "../steps.ts";

/** The rows an operation works on: indices into X, in order. */
export type Rows = ArrayLike<number>;

/** Z = X Wᵀ + b, `[rows,K]`. */
export function matmul(x: Matrix, rows: Rows, { weights, bias }: Parameters): Float64Array {
  const [features, classes, scale] = [x.cols, bias.length, elementScale(x.data)];
  const logits = new Float64Array(rows.length * classes);
  for (let i = 0; i < rows.length; i++) {
    for (let k = 0; k < classes; k++) {
      let z = 0;
      for (let j = 0; j < features; j++) z += x.data[rows[i] * features + j] * weights[k * features + j];
      logits[i * classes + k] = z * scale + bias[k];
    }
  }
  return logits;
}

/** p_k = exp(z_k − m) / Σ_c exp(z_c − m) with m = max_k z_k, row by row, `[rows,K]`. */
export function softmax(logits: Float64Array, classes: number): Float64Array {
  const probabilities = new Float64Array(logits.length);
  for (let start = 0; start < logits.length; start += classes) {
    const { m, sum } = shiftedSum(logits, start, classes);
    for (let k = 0; k < classes; k++) probabilities[start + k] = Math.exp(logits[start + k] - m) / sum;
  }
  return probabilities;
}

/** CE of each row, `[rows]`: (m + log Σ_c exp(z_c − m)) − Σ_k q_k z_k, from scores, nothing clipped. */
export function crossEntropy(
  logits: Float64Array,
  targets: Targets,
  rows: Rows,
  classes: number,
): Float64Array {
  const q = targetsOf(targets);
  return Float64Array.from(rows, (row, i) => {
    const { m, sum } = shiftedSum(logits, i * classes, classes);
    // Σ q = 1 lets m go inside the sum, where large scores cancel exactly.
    let loss = Math.log(sum);
    for (let k = 0; k < classes; k++) loss += q(row, k) * (m - logits[i * classes + k]);
    return loss;
  });
}

/** T = (P − Q) · s_i / Σ s, `[rows,K]`. A batch whose weights are all 0 has no gradient. */
export function dLogits(
  probabilities: Float64Array,
  targets: Targets,
  sampleWeights: ArrayLike<number> | undefined,
  rows: Rows,
  classes: number,
): Float64Array {
  const q = targetsOf(targets);
  const total = sumOfWeights(sampleWeights, rows);
  return probabilities.map((p, at) => {
    const row = rows[Math.floor(at / classes)];
    const s = sampleWeights?.[row] ?? 1;
    return total === 0 ? 0 : ((p - q(row, at % classes)) * s) / total;
  });
}

/** G = Tᵀ X + 2λW and g_b = Σ_i T_i, as `{ weights: dWeights [K,D], bias: dBias [K] }`. */
export function gradient(
  t: Float64Array,
  x: Matrix,
  rows: Rows,
  parameters: Parameters,
  l2: number,
): Parameters {
  const [features, classes, scale] = [x.cols, parameters.bias.length, elementScale(x.data)];
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

/** v ← μv + G, W ← W − ηv; with Nesterov W ← W − η(G + μv). In place. */
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

/** The number of rows whose highest score is the class with the highest target; ties go to the lowest class. */
export function countCorrect(logits: Float64Array, targets: Targets, rows: Rows, classes: number): number {
  const q = targetsOf(targets);
  let correct = 0;
  for (let i = 0; i < rows.length; i++) {
    const predicted = argmax(classes, (k) => logits[i * classes + k]);
    if (predicted === argmax(classes, (k) => q(rows[i], k))) correct++;
  }
  return correct;
}

/** Σ s_i v_i / Σ s_i over values that belong to `rows`; 0 where Σ s_i is 0. */
export function weightedMean(
  values: Float64Array,
  sampleWeights: ArrayLike<number> | undefined,
  rows: Rows,
): number {
  const total = sumOfWeights(sampleWeights, rows);
  return total === 0
    ? 0
    : values.reduce((sum, value, i) => sum + (sampleWeights?.[rows[i]] ?? 1) * value, 0) / total;
}

/** q_k of a row, for all rows and classes. */
function targetsOf(targets: Targets): (row: number, k: number) => number {
  if (targets.kind === "labels") return (row, k) => (targets.labels[row] === k ? 1 : 0);
  if (targets.kind === "none") return () => 0;
  const { data, cols } = targets.distributions;
  const scale = elementScale(data);
  return (row, k) => data[row * cols + k] * scale;
}

function shiftedSum(logits: Float64Array, start: number, classes: number): { m: number; sum: number } {
  let m = -Infinity;
  for (let k = 0; k < classes; k++) m = Math.max(m, logits[start + k]);
  let sum = 0;
  for (let k = 0; k < classes; k++) sum += Math.exp(logits[start + k] - m);
  return { m, sum };
}

function argmax(length: number, valueAt: (index: number) => number): number {
  let best = 0;
  for (let k = 1; k < length; k++) if (valueAt(k) > valueAt(best)) best = k;
  return best;
}
