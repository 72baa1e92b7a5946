/**
 * Checks a gradient: the formula on the device against the formula in float64, and that against central differences.
 */
import type { DatasetSource, DeviceInfo } from "../../../../src/backends/backend.ts";
import { type DeviceOption, openBackend } from "../../../../src/backends/open-backend.ts";
import { objective, objectiveGradient } from "../../../../src/backends/reference/gradient-check.ts";
import { standardize } from "../../../../src/backends/reference/operations.ts";
import { scaleOf } from "../../../../src/data/matrix.ts";
import { createRandom, shuffle } from "../../../../src/data/random.ts";
import type { Parameters } from "../../../../src/parameters.ts";
import { pause } from "../../../../src/pause.ts";
import type { DemoDataset } from "../../data/demo-dataset.ts";
import { denseRows } from "../../data/rows.ts";
import type { Point } from "./point.ts";

/** Tolerances as shares of the gradient's largest element: of the device's float32, and of central differences. */
const TOLERANCE = { device: 1e-4, differences: 1e-6 };

/** Half width h of a difference for features up to 1: truncation h² and rounding ε/h are both near 1e-10. */
const STEP = 1e-5;

export interface CheckResult {
  readonly device: DeviceInfo;
  readonly rows: number;
  /** The device's gradient against the float64 formula, all parameters. */
  readonly onDevice: Comparison;
  /** The float64 formula against central differences, sampled parameters. */
  readonly inFloat64: Comparison;
  /** Indices of the sampled parameters, weights first, and three gradients there. */
  readonly sampled: Uint32Array;
  readonly device32: Float64Array;
  readonly formula: Float64Array;
  readonly differences: Float64Array;
}

/**
 * Runs the check, giving the thread back in between.
 *
 * @throws DeviceError, and the signal's reason once it is aborted
 */
export async function checkGradient(
  batch: CheckBatch,
  { signal, onProgress }: { signal: AbortSignal; onProgress: (share: number) => void },
): Promise<CheckResult> {
  const { info, gradient } = await deviceGradient(batch, signal);
  const reference = inFloat64(batch);
  const formula = joined(objectiveGradient(reference.source, reference.parameters, reference.l2));
  await pause(signal);
  const sampled = sampledParameters(reference);
  const differences = new Float64Array(sampled.length);
  for (const [n, at] of sampled.entries()) {
    differences[n] = centralDifference(reference, at);
    onProgress((n + 1) / sampled.length);
    await pause(signal);
  }
  const scale = formula.reduce((size, g) => Math.max(size, Math.abs(g)), 0);
  const formulaThere = Float64Array.from(sampled, (at) => formula[at]);
  const everywhere = Uint32Array.from({ length: formula.length }, (_, at) => at);
  return {
    device: info,
    rows: batch.source.x.rows,
    onDevice: compare(gradient, formula, everywhere, scale, TOLERANCE.device),
    inFloat64: compare(formulaThere, differences, sampled, scale, TOLERANCE.differences),
    sampled,
    device32: Float64Array.from(sampled, (at) => gradient[at]),
    formula: formulaThere,
    differences,
  };
}

/** Computes dJ/dW and dJ/db on a backend of the library. */
async function deviceGradient(
  { source, parameters, l2, device }: CheckBatch,
  signal: AbortSignal,
): Promise<{ info: DeviceInfo; gradient: Float64Array }> {
  const backend = await openBackend(device, {});
  try {
    const data = await backend.createDataset(source, { signal });
    const shape = { features: source.x.cols, classes: parameters.bias.length, bias: true };
    const trainer = await backend.createTrainer(shape);
    trainer.write(parameters);
    const { dWeights, dBias } = await trainer.lossAndGradient(data, l2, { signal });
    trainer.dispose();
    data.dispose();
    return { info: backend.info, gradient: joined({ weights: dWeights, bias: dBias }) };
  } finally {
    backend.dispose();
  }
}

/** Returns the problem with its rows standardised beforehand. */
function inFloat64(batch: CheckBatch): CheckBatch {
  const { standardization, ...source } = batch.source;
  const x = standardization ? standardize(source.x, standardization) : source.x;
  return { ...batch, source: { ...source, x } };
}

/** Returns (J(θ + h) − J(θ − h)) / 2h for one parameter. h is smaller for large features, which curve J more. */
function centralDifference({ source, parameters, l2 }: CheckBatch, at: number): number {
  const { weights } = parameters;
  const isBias = at >= weights.length;
  const array = isBias ? parameters.bias : weights;
  const place = isBias ? at - weights.length : at;
  const h = STEP / Math.max(1, isBias ? 1 : largestOfColumn(source.x, at % source.x.cols));
  const value = array[place];
  array[place] = value + h;
  const above = objective(source, parameters, l2);
  array[place] = value - h;
  const below = objective(source, parameters, l2);
  array[place] = value;
  return (above - below) / (2 * h);
}

function joined({ weights, bias }: Parameters): Float64Array {
  const all = new Float64Array(weights.length + bias.length);
  all.set(weights);
  all.set(bias, weights.length);
  return all;
}

interface CheckBatch {
  readonly source: DatasetSource;
  /** Exact in float32, so that all devices use equal values. */
  readonly parameters: Parameters;
  /** λ */
  readonly l2: number;
  readonly device: DeviceOption;
}

/** Rows of a batch at most. */
const ROWS = 32;

/** Multiplications of one evaluation of the objective: a few milliseconds. */
const BUDGET = 2 ** 21;

/** Sampled parameters at most. */
const SAMPLED = 200;

/** Returns a batch of validation rows from `row` on, or of the last ones. */
export function checkBatch(
  { validation }: DemoDataset,
  row: number,
  { parameters, classes, standardization }: Point,
  { l2, labelSmoothing, device }: { l2: number; labelSmoothing: number; device: DeviceOption },
): CheckBatch {
  const rows = Math.max(1, Math.min(ROWS, validation.x.rows, Math.floor(BUDGET / parameters.weights.length)));
  const first = Math.min(row, validation.x.rows - rows);
  const labels = Uint32Array.from({ length: rows }, (_, i) => classes.indexOf(validation.y[first + i]));
  return {
    source: {
      x: denseRows(validation.x, first, rows),
      targets: { kind: "labels", labels },
      labelSmoothing,
      standardization: standardization ?? undefined,
    },
    parameters: { weights: parameters.weights.map(Math.fround), bias: parameters.bias.map(Math.fround) },
    l2,
    device,
  };
}

/**
 * Returns the indices of the parameters to check, ascending, weights first: all if there are few, else a seeded sample.
 * Half of it leaves out weights of features that are 0 in every row, since their gradient is only 2λW.
 */
export function sampledParameters({ source: { x }, parameters }: CheckBatch): Uint32Array {
  const total = parameters.weights.length + parameters.bias.length;
  const all = Uint32Array.from({ length: total }, (_, at) => at);
  if (total <= SAMPLED) return all;
  shuffle(all, createRandom(0));
  const isLive = Array.from({ length: x.cols }, (_, j) => largestOfColumn(x, j) > 0);
  const chosen = new Set(all.subarray(0, SAMPLED / 2));
  for (const at of all) {
    if (chosen.size === SAMPLED) break;
    if (at >= parameters.weights.length || isLive[at % x.cols]) chosen.add(at);
  }
  return Uint32Array.from(chosen).sort();
}

/** Returns max_i |x_ij|. */
function largestOfColumn(x: DatasetSource["x"], j: number): number {
  const { data, rows, cols } = x;
  let size = 0;
  for (let i = 0; i < rows; i++) size = Math.max(size, Math.abs(data[i * cols + j]));
  return size * scaleOf(x);
}

/**
 * Least scale of a relative difference. At the optimum the gradient is near 0 and consists of rounding errors.
 */
export const LEAST_SCALE = 0.01;

/** The largest difference of two gradients, absolute and relative. */
export interface Comparison {
  readonly count: number;
  /** max |actual − expected| */
  readonly largest: number;
  /** `largest` over the gradient's largest element, or over {@link LEAST_SCALE}. */
  readonly relative: number;
  /** Index of the parameter with the largest difference, weights first. */
  readonly place: number;
  readonly actual: number;
  readonly expected: number;
  /** Largest `relative` that passes. */
  readonly tolerance: number;
  readonly passed: boolean;
}

/** Compares gradients at `places`; NaN counts as the largest difference. */
export function compare(
  actual: Float64Array,
  expected: Float64Array,
  places: Uint32Array,
  scale: number,
  tolerance: number,
): Comparison {
  let worst = 0;
  let largest = -1;
  for (let n = 0; n < places.length && !Number.isNaN(largest); n++) {
    const difference = Math.abs(actual[n] - expected[n]);
    if (difference <= largest) continue;
    worst = n;
    largest = difference;
  }
  const relative = largest / Math.max(LEAST_SCALE, scale);
  return {
    count: places.length,
    largest,
    relative,
    place: places[worst],
    actual: actual[worst],
    expected: expected[worst],
    tolerance,
    passed: relative <= tolerance,
  };
}
