/**
 * Temperature scaling (Guo et al., "On calibration of modern neural networks", 2017): the T for which softmax(z / T)
 * has the least cross-entropy on rows that were not trained on. In β = 1/T that is convex, with the derivative
 * ⟨dW, W⟩ + ⟨db, b⟩ at the parameters βW, βb: one pass over the rows on the device gives it.
 */
import type { Dataset, RunOptions, Trainer } from "../backends/backend.ts";
import { assertFinite } from "../checks.ts";
import type { LabelsLike } from "../data/labels.ts";
import type { MatrixLike } from "../data/matrix.ts";
import type { CalibrationResult, EvaluateOptions } from "../fit-options.ts";
import type { Parameters } from "../objective.ts";
import { type AppliedModel, applyLabelled } from "./apply.ts";
import { type Fitted, tempered } from "./fitted.ts";

/** Temperatures looked at: beyond, rows are all right or no better than chance, and there is no optimum. */
const LOWEST = 1e-2;
const HIGHEST = 1e2;

/** Relative change of T at which it is found. */
const TOLERANCE = 1e-6;
const MAX_ROUNDS = 60;

/**
 * The temperature that suits rows with labels, and what it does to their loss.
 *
 * @throws DataError scores that overflow
 */
export function calibrate(
  model: AppliedModel,
  x: MatrixLike,
  y: LabelsLike,
  options: EvaluateOptions,
): Promise<CalibrationResult> {
  const fitted = { ...model.fitted, temperature: 1 };
  return applyLabelled({ ...model, fitted }, x, y, options, (trainer, data, run) =>
    bestCalibration(trainer, data, fitted, run),
  );
}

async function bestCalibration(
  trainer: Trainer,
  data: Dataset,
  fitted: Fitted,
  options: RunOptions,
): Promise<CalibrationResult> {
  const { loss: lossBefore } = await trainer.evaluate(data, options);
  await assertFinite([lossBefore], 1);
  const temperature = await bestTemperature(trainer, data, fitted.parameters, options);
  trainer.write(tempered({ ...fitted, temperature }));
  const { loss: lossAfter } = await trainer.evaluate(data, options);
  // Where scores hardly differ there is nothing to gain, and rounding decides.
  return lossAfter < lossBefore
    ? { temperature, lossBefore, lossAfter }
    : { temperature: 1, lossBefore, lossAfter: lossBefore };
}

/** The best temperature of the trainer's model `parameters` for the rows of `data`. */
async function bestTemperature(
  trainer: Trainer,
  data: Dataset,
  parameters: Parameters,
  options: RunOptions,
): Promise<number> {
  const slopeAt = async (logBeta: number): Promise<number> => {
    const beta = Math.exp(logBeta);
    trainer.write({
      weights: parameters.weights.map((w) => w * beta),
      bias: parameters.bias.map((b) => b * beta),
    });
    const { dWeights, dBias } = await trainer.lossAndGradient(data, 0, options);
    return sumOfProducts(dWeights, parameters.weights) + sumOfProducts(dBias, parameters.bias);
  };
  // The root lies between low, where the slope is below 0, and high.
  let [low, high] = [-Math.log(HIGHEST), -Math.log(LOWEST)];
  let [lowSlope, highSlope] = [await slopeAt(low), await slopeAt(high)];
  if (!(lowSlope < 0)) return HIGHEST;
  if (!(highSlope > 0)) return LOWEST;
  for (let round = 0; round < MAX_ROUNDS && high - low > TOLERANCE; round++) {
    // Secants are quick near the root; every third round halves the bracket, whatever the secants do.
    const secant = low - (lowSlope * (high - low)) / (highSlope - lowSlope);
    const middle = round % 3 === 2 ? (low + high) / 2 : secant;
    const slope = await slopeAt(middle);
    if (slope === 0) return Math.exp(-middle);
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
  return Math.exp(-(low + high) / 2);
}

function sumOfProducts(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
