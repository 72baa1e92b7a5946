/**
 * Temperature scaling (Guo et al., "On calibration of modern neural networks", 2017): the T for which softmax(z / T)
 * has the least cross-entropy on rows that were not trained on. In β = 1/T that is convex, with the derivative
 * ⟨dW, W⟩ + ⟨db, b⟩ at the parameters βW, βb: one pass over the rows on the device gives it.
 *
 * There is no least value if every row is predicted right: then the loss falls for ever as T goes to 0. Nor is there
 * one if the scores are no better than chance: then it falls as T grows.
 */

import type { LabelsLike } from "../data/labels.ts";
import type { RowsLike } from "../data/rows.ts";
import type { CalibrationResult, EvaluateOptions } from "../fit-options.ts";
import type { Parameters } from "../parameters.ts";
import { pause } from "../pause.ts";
import { type Applied, type AppliedModel, applyLabelled } from "./apply.ts";
import { temperatureScaled } from "./fitted-model.ts";
import type { LabelledRows } from "./labelled-rows.ts";
import { assertNoneLost } from "./predict.ts";

/** Temperatures looked at. */
const LOWEST = 1e-3;
const HIGHEST = 1e4;

/** Relative change of T at which it is found. */
const TOLERANCE = 1e-6;
const MAX_ROUNDS = 80;

type Found = Pick<CalibrationResult, "temperature" | "reason">;

/**
 * Returns the temperature that suits rows with labels, and what it does to their loss.
 *
 * @throws DataError scores that overflow
 */
export function calibrate(
  model: AppliedModel,
  x: RowsLike,
  y: LabelsLike,
  options: EvaluateOptions,
): Promise<CalibrationResult> {
  const fitted = { ...model.fitted, temperature: 1 };
  return applyLabelled({ ...model, fitted }, x, y, options, bestCalibration);
}

async function bestCalibration(applied: Applied): Promise<CalibrationResult> {
  const { trainer, data, run, rows, parameters } = applied;
  const { loss: lossBefore, correct } = await trainer.evaluate(data, run);
  if (!Number.isFinite(lossBefore))
    await assertNoneLost({ loss: lossBefore }, await trainer.outcomes(data, run), rows.weights, run);
  const isSeparated = correct === rows.countedRows && (await hasCertainTargets(rows, run.signal));
  const { temperature, reason } = isSeparated ? unbounded("separated") : await bestTemperature(applied);
  trainer.write(temperatureScaled({ parameters, temperature }));
  const { loss: lossAfter } = await trainer.evaluate(data, run);
  // If scores hardly differ there is nothing to gain, and rounding decides.
  return lossAfter < lossBefore
    ? { temperature, reason, lossBefore, lossAfter }
    : { temperature: 1, reason, lossBefore, lossAfter: lossBefore };
}

function unbounded(reason: "separated" | "uninformative"): Found {
  return { temperature: 1, reason };
}

/** Rows looked at between two pauses, times K. */
const PIECE = 2 ** 20;

/** Returns whether each row that counts has one class for its target, with probability 1. */
async function hasCertainTargets({ targets, weights }: LabelledRows, signal?: AbortSignal): Promise<boolean> {
  if (targets.kind !== "distributions") return true;
  const { data, rows, cols } = targets.distributions;
  const rowsAtOnce = Math.ceil(PIECE / cols);
  for (let i = 0; i < rows; i++) {
    if (i % rowsAtOnce === 0) await pause(signal);
    if (weights?.[i] === 0) continue;
    let positive = 0;
    for (let k = 0; k < cols; k++) if (data[i * cols + k] > 0) positive++;
    if (positive > 1) return false;
  }
  return true;
}

/** Finds the root of the loss's derivative in log β. */
async function bestTemperature({ trainer, data, run, parameters }: Applied): Promise<Found> {
  const slopeAt = async (logBeta: number): Promise<number> => {
    trainer.write(temperatureScaled({ parameters, temperature: Math.exp(-logBeta) }));
    const { dWeights, dBias } = await trainer.lossAndGradient(data, 0, run);
    return sumOfProducts({ weights: dWeights, bias: dBias }, parameters);
  };
  // The root lies between low, which has a slope below 0, and high.
  let [low, high] = [-Math.log(HIGHEST), -Math.log(LOWEST)];
  let [lowSlope, highSlope] = [await slopeAt(low), await slopeAt(high)];
  if (!(lowSlope < 0)) return unbounded("uninformative");
  if (!(highSlope > 0)) return unbounded("separated");
  for (let round = 0; round < MAX_ROUNDS && high - low > TOLERANCE; round++) {
    // Secants are quick near the root; every third round halves the bracket, whatever the secants do.
    const secant = low - (lowSlope * (high - low)) / (highSlope - lowSlope);
    const middle = round % 3 === 2 ? (low + high) / 2 : secant;
    const slope = await slopeAt(middle);
    if (slope === 0) return { temperature: Math.exp(-middle), reason: "optimum" };
    if (slope < 0) {
      low = middle;
      lowSlope = slope;
      highSlope /= 2;
    } else {
      high = middle;
      highSlope = slope;
      lowSlope /= 2;
    }
  }
  return { temperature: Math.exp(-(low + high) / 2), reason: "optimum" };
}

/** Returns Σ a_i b_i over all parameters. */
function sumOfProducts(a: Parameters, b: Parameters): number {
  let sum = 0;
  for (let i = 0; i < a.weights.length; i++) sum += a.weights[i] * b.weights[i];
  for (let i = 0; i < a.bias.length; i++) sum += a.bias[i] * b.bias[i];
  return sum;
}
