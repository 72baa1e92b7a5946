/**
 * Every number between one sample, its loss and the next parameters, in float64, by the reference's operations.
 */
import {
  crossEntropy,
  gradient,
  matmul,
  softmax,
  standardize,
  weightedMean,
} from "../../../../src/backends/reference/operations.ts";
import { type Matrix, scaleOf } from "../../../../src/data/matrix.ts";
import { smoothed } from "../../../../src/data/targets.ts";
import { type Parameters, penalty } from "../../../../src/parameters.ts";
import type { DemoDataset } from "../../data/demo-dataset.ts";
import { denseRows } from "../../data/rows.ts";
import type { Point } from "./point.ts";

/** A row as the model's input. */
export interface Sample {
  /** `[1,D]`, standardised if the model standardises. */
  readonly x: Matrix<Float64Array>;
  readonly label: number;
}

/** Numbers of the forward pass of a sample. All vectors are `[K]`. */
export interface SampleNumbers {
  /** W x, before the bias. */
  readonly products: Float64Array;
  /** z = W x + b */
  readonly logits: Float64Array;
  /** m = max_k z_k */
  readonly max: number;
  /** exp(z_k − m) */
  readonly exponentials: Float64Array;
  /** Σ_c exp(z_c − m) */
  readonly sum: number;
  readonly probabilities: Float64Array;
  /** y: 1 at the sample's class; smoothed, (1 − ε) y + ε/K. */
  readonly target: Float64Array;
  /** p − y, which is ∂L/∂z. */
  readonly error: Float64Array;
  /** L = m + log Σ_c exp(z_c − m) − Σ_k y_k z_k */
  readonly loss: number;
}

/** Returns a validation row as the model's input. */
export function sampleOf(
  { validation }: DemoDataset,
  row: number,
  { classes, standardization }: Point,
): Sample {
  const raw = denseRows(validation.x, row, 1);
  const scale = scaleOf(raw);
  const x = standardization
    ? standardize(raw, standardization)
    : { data: Float64Array.from(raw.data, (value) => value * scale), rows: 1, cols: raw.cols };
  return { x, label: classes.indexOf(validation.y[row]) };
}

/** Computes the forward pass of one sample. */
export function numbersOf(
  { x, label }: Sample,
  parameters: Parameters,
  labelSmoothing: number,
): SampleNumbers {
  const classes = parameters.bias.length;
  const products = matmul(x, [0], { ...parameters, bias: new Float64Array(classes) });
  const logits = matmul(x, [0], parameters);
  const max = logits.reduce((a, b) => Math.max(a, b));
  const exponentials = logits.map((z) => Math.exp(z - max));
  const probabilities = softmax(logits, classes);
  const target = new Float64Array(classes).map((_, k) =>
    smoothed(k === label ? 1 : 0, labelSmoothing, classes),
  );
  const targets = { kind: "labels", labels: Uint32Array.of(label) } as const;
  return {
    products,
    logits,
    max,
    exponentials,
    sum: exponentials.reduce((a, b) => a + b),
    probabilities,
    target,
    error: probabilities.map((p, k) => p - target[k]),
    loss: crossEntropy(logits, targets, [0], classes, labelSmoothing)[0],
  };
}

/** Returns ∂p_i/∂z_j: p_i (1 − p_i) if i = j, else −p_i p_j. */
export function jacobian(probabilities: ArrayLike<number>, i: number, j: number): number {
  const [pi, pj] = [probabilities[i], probabilities[j]];
  return i === j ? pi * (1 - pi) : -pi * pj;
}

/**
 * Returns ∂L/∂z_j = Σ_i −(y_i / p_i) ∂p_i/∂z_j for each j of `classes`; NaN if p_i is 0 for some y_i > 0. Only for some
 * classes, since all K would take K² terms.
 */
export function throughJacobian(
  probabilities: ArrayLike<number>,
  target: ArrayLike<number>,
  classes: readonly number[],
): Float64Array {
  const derivative = new Float64Array(classes.length);
  for (let i = 0; i < probabilities.length; i++) {
    if (target[i] === 0) continue;
    const factor = target[i] / probabilities[i];
    for (const [n, j] of classes.entries()) derivative[n] -= factor * jacobian(probabilities, i, j);
  }
  return derivative;
}

/** Returns e^{z_k + c} / Σ e^{z + c}, with every result rounded to float32; NaN if an exponential overflows. */
export function naiveSoftmax(logits: ArrayLike<number>, shift: number): Float32Array {
  const powers = Float32Array.from(logits, (z) => Math.exp(Math.fround(z + shift)));
  const sum = powers.reduce((a, b) => Math.fround(a + b));
  return powers.map((power) => power / sum);
}

/** Returns softmax with m = max (z + c) subtracted first: c cancels, and no exponential is above 1. */
export function stableSoftmax(logits: ArrayLike<number>, shift: number): Float32Array {
  const shifted = Float32Array.from(logits, (z) => z + shift);
  const max = shifted.reduce((a, b) => Math.max(a, b));
  return naiveSoftmax(shifted, -max);
}

interface StepSettings {
  readonly learningRate: number;
  /** λ */
  readonly l2: number;
  /** ε */
  readonly labelSmoothing: number;
}

export interface DescentStep {
  /** G `[K,D]` and g_b `[K]`, of L + λ‖W‖². */
  readonly gradient: Parameters;
  readonly parameters: Parameters;
  readonly after: SampleNumbers;
  /** L + λ‖W‖² before and after. */
  readonly objective: readonly [before: number, after: number];
}

export function stepOf(
  sample: Sample,
  before: Parameters,
  numbers: SampleNumbers,
  { learningRate, l2, labelSmoothing }: StepSettings,
): DescentStep {
  const g = gradient(numbers.error, sample.x, [0], before, l2);
  const parameters = {
    weights: moved(before.weights, g.weights, learningRate),
    bias: moved(before.bias, g.bias, learningRate),
  };
  const after = numbersOf(sample, parameters, labelSmoothing);
  return {
    gradient: g,
    parameters,
    after,
    objective: [numbers.loss + penalty(before, l2), after.loss + penalty(parameters, l2)],
  };
}

/** Returns θ − ηg. A plain loop, since the slider calls it many times a second for all parameters. */
function moved(values: Float64Array, gradients: Float64Array, learningRate: number): Float64Array {
  const after = new Float64Array(values.length);
  for (let at = 0; at < values.length; at++) after[at] = values[at] - learningRate * gradients[at];
  return after;
}

/** Multiplications of the mean loss at most. */
const OBJECTIVE_BUDGET = 2 ** 20;

/** The parts of J. */
interface ObjectiveNumbers {
  readonly rows: number;
  /** Mean cross-entropy of these rows. */
  readonly loss: number;
  /** ‖W‖² */
  readonly squares: number;
  /** ‖W‖₁ */
  readonly sizes: number;
}

/** Computes the mean cross-entropy of the first validation rows, and the norms of W. */
export function objectiveNumbers(
  { validation }: DemoDataset,
  { parameters: { weights }, folded, classes }: Point,
  labelSmoothing: number,
): ObjectiveNumbers {
  const count = Math.max(1, Math.floor(OBJECTIVE_BUDGET / weights.length));
  const x = denseRows(validation.x, 0, count);
  const rows = Array.from({ length: x.rows }, (_, i) => i);
  const labels = Uint32Array.from(rows, (row) => classes.indexOf(validation.y[row]));
  const logits = matmul(x, rows, folded);
  const losses = crossEntropy(logits, { kind: "labels", labels }, rows, classes.length, labelSmoothing);
  return {
    rows: x.rows,
    loss: weightedMean(losses, undefined, rows),
    squares: weights.reduce((sum, w) => sum + w * w, 0),
    sizes: weights.reduce((sum, w) => sum + Math.abs(w), 0),
  };
}
