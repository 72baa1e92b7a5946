/** Every number between one sample and its loss, in float64, by the reference's operations. */
import {
  crossEntropy,
  matmul,
  softmax,
  standardize,
} from "../../../../../src/backends/reference/operations.ts";
import { type Matrix, rowsOf, scaleOf } from "../../../../../src/data/matrix.ts";
import { smoothed } from "../../../../../src/data/targets.ts";
import type { Parameters } from "../../../../../src/objective.ts";
import type { DemoDataset } from "../../../data/demo-dataset.ts";
import type { Point } from "./point.ts";

/** One row, as the model sees it. */
export interface Sample {
  /** `[1,D]`, standardised where the model does that. */
  readonly x: Matrix<Float64Array>;
  /** The position of its class. */
  readonly label: number;
}

/** What becomes of a sample. All vectors are `[K]`. */
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

/** A validation row as the model sees it. */
export function sampleOf(
  { validation }: DemoDataset,
  row: number,
  { classes, standardization }: Point,
): Sample {
  const raw = rowsOf(validation.x, row, 1);
  const scale = scaleOf(raw);
  const x = standardization
    ? standardize(raw, standardization)
    : { data: Float64Array.from(raw.data, (value) => value * scale), rows: 1, cols: raw.cols };
  return { x, label: classes.indexOf(validation.y[row]) };
}

/** The forward pass of one sample, step by step. */
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
