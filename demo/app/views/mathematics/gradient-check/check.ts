/**
 * Is the gradient right? Three answers to one question: by the formula on the device, by the formula in float64, and
 * by central differences of the objective in float64, which know no formula for a gradient.
 */
import type { DeviceInfo } from "../../../../../src/backends/backend.ts";
import { openBackend } from "../../../../../src/backends/open-backend.ts";
import { objective, objectiveGradient } from "../../../../../src/backends/reference/gradient-check.ts";
import { standardize } from "../../../../../src/backends/reference/operations.ts";
import type { Parameters } from "../../../../../src/objective.ts";
import { pause } from "../../../../../src/pause.ts";
import { type CheckBatch, largestOfColumn, sampledParameters } from "./batch.ts";
import { type Comparison, compare } from "./compare.ts";

/** Largest differences that pass, as shares of the gradient's largest element: of float32, and of differences. */
export const TOLERANCE = { device: 1e-4, differences: 1e-6 };

/** Half width of a difference where features are no larger than 1: truncation h² and rounding ε/h both near 1e-10. */
const STEP = 1e-5;

/** What the check found. */
export interface CheckResult {
  readonly device: DeviceInfo;
  readonly rows: number;
  /** The device's gradient against the float64 formula, all parameters. */
  readonly onDevice: Comparison;
  /** The float64 formula against differences, the parameters sampled. */
  readonly inFloat64: Comparison;
  /** Positions of the parameters sampled, weights first, and three gradients there. */
  readonly sampled: Uint32Array;
  readonly device32: Float64Array;
  readonly formula: Float64Array;
  readonly differences: Float64Array;
}

/** Runs the check, giving the thread back in between. @throws DeviceError, and the signal's reason once it is aborted */
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

/** dJ/dW and dJ/db as the library's backend of that kind computes them. */
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

/** The same problem with its rows standardised once and for all. */
function inFloat64(batch: CheckBatch): CheckBatch {
  const { standardization, ...source } = batch.source;
  const x = standardization ? standardize(source.x, standardization) : source.x;
  return { ...batch, source: { ...source, x } };
}

/** (J(θ + h) − J(θ − h)) / 2h of one parameter. Large features bend J more, and get a smaller h. */
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
