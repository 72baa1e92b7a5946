/**
 * Checks a gradient, which may come from any backend, against central differences of the float64 objective. Costs
 * 2·K·(D+1) evaluations of the objective, so it is for small problems.
 */
import type { RowsInMemory } from "../../data/rows.ts";
import { ShapeError } from "../../errors.ts";
import { type Parameters, penalty } from "../../parameters.ts";
import type { DatasetSource } from "../backend.ts";
import { gradientOf, scoresOf } from "./of-rows.ts";
import { crossEntropy, dLogits, softmax, weightedMean } from "./operations.ts";
import { ReferenceDataset } from "./trainer.ts";

/** The point at which to check, and the objective's λ. */
export interface GradientCheckOptions {
  readonly parameters: Parameters;
  readonly l2: number;
  /** Half width of the central difference. Default 1e-5: truncation h² and rounding ε/h both near 1e-10. */
  readonly step?: number;
  /** The gradient under test. Default: the reference's own analytic gradient. */
  readonly gradient?: Parameters;
}

/** The largest difference over all parameters, and its position. */
export interface GradientCheck {
  /** max |analytic − numeric| / max(1, |numeric|) */
  readonly maxError: number;
  /** Position of the parameter with that error: weights first, `[K·D]`, then bias, `[K]`. */
  readonly index: number;
  readonly numeric: Parameters;
  readonly analytic: Parameters;
}

/** Computes J = Σ s_i CE_i / Σ s_i + λ‖W‖² in float64. */
export function objective(source: DatasetSource<RowsInMemory>, parameters: Parameters, l2: number): number {
  return objectiveOf(new ReferenceDataset(source), parameters, l2);
}

/** Computes dJ/dW and dJ/db in float64, by the formulas. */
export function objectiveGradient(
  source: DatasetSource<RowsInMemory>,
  parameters: Parameters,
  l2: number,
): Parameters {
  const { x, targets, sampleWeights, labelSmoothing } = new ReferenceDataset(source);
  const rows = allRows(x.rows);
  const classes = parameters.bias.length;
  const probabilities = softmax(scoresOf(x, rows, parameters), classes);
  const t = dLogits(probabilities, targets, sampleWeights, rows, classes, labelSmoothing);
  return gradientOf(t, x, rows, parameters, l2);
}

/**
 * Compares a gradient of J with central differences (J(θ+h) − J(θ−h)) / 2h of every parameter.
 *
 * @throws ShapeError if the gradient is not as long as the parameters
 */
export function gradientCheck(
  source: DatasetSource<RowsInMemory>,
  options: GradientCheckOptions,
): GradientCheck {
  const { l2, step = 1e-5 } = options;
  const parameters = { weights: options.parameters.weights.slice(), bias: options.parameters.bias.slice() };
  const data = new ReferenceDataset(source);
  const analytic = options.gradient ?? objectiveGradient(source, parameters, l2);
  const slope = (array: Float64Array) =>
    array.map((value, i) => {
      array[i] = value + step;
      const above = objectiveOf(data, parameters, l2);
      array[i] = value - step;
      const below = objectiveOf(data, parameters, l2);
      array[i] = value;
      return (above - below) / (2 * step);
    });
  for (const name of ["weights", "bias"] as const) {
    const [expected, given] = [parameters[name].length, analytic[name].length];
    if (given !== expected)
      throw new ShapeError(`gradient.${name}`, `expected ${expected} elements, got ${given}`);
  }
  const numeric = { weights: slope(parameters.weights), bias: slope(parameters.bias) };

  const expected = [...numeric.weights, ...numeric.bias];
  const errors = [...analytic.weights, ...analytic.bias].map(
    (value, i) => Math.abs(value - expected[i]) / Math.max(1, Math.abs(expected[i])),
  );
  // NaN counts as the largest error.
  const index = errors.reduce(
    (worst, error, i) => (errors[worst] >= error || Number.isNaN(errors[worst]) ? worst : i),
    0,
  );
  return { maxError: errors[index], index, numeric, analytic };
}

function objectiveOf(
  { x, targets, sampleWeights, labelSmoothing }: ReferenceDataset,
  parameters: Parameters,
  l2: number,
): number {
  const rows = allRows(x.rows);
  const classes = parameters.bias.length;
  const losses = crossEntropy(scoresOf(x, rows, parameters), targets, rows, classes, labelSmoothing);
  return weightedMean(losses, sampleWeights, rows) + penalty(parameters, l2);
}

function allRows(count: number): Uint32Array {
  return Uint32Array.from({ length: count }, (_, i) => i);
}
