/** What a model says of rows: scores, probabilities and labels; with labels known, how well it does. */

import type { Evaluation, Outcomes, RunOptions } from "../backends/backend.ts";
import { assertFinite, checkFeatures } from "../checks.ts";
import { openX } from "../data/given-x.ts";
import type { Label, LabelsLike } from "../data/labels.ts";
import { MAX_ELEMENTS, type Matrix } from "../data/matrix.ts";
import type { RowsLike } from "../data/rows.ts";
import { LimitError } from "../errors.ts";
import type { EvaluateOptions, ModelEvaluation, PredictOptions, ReportOptions } from "../fit-options.ts";
import { loaded } from "../loaded.ts";
import type { ClassificationReport } from "../metrics/report.ts";
import type { ResolvedOptions } from "../options.ts";
import { type Parameters, penalty } from "../parameters.ts";
import { pause } from "../pause.ts";
import { type AppliedModel, apply, applyLabelled, type Work } from "./apply.ts";
import type { LabelledRows } from "./labelled-rows.ts";

/** Labels looked up between two pauses. */
const PIECE = 2 ** 17;

/** Returns the most probable label of each row of `x [N,D]`; null if it is less probable than `minProbability`. */
export async function predict(
  model: AppliedModel,
  x: RowsLike,
  { minProbability = 0 }: PredictOptions,
): Promise<(Label | null)[]> {
  const { classes } = model.fitted;
  const { predicted, confidence } = await apply(model, x, ({ trainer, data, run }) =>
    trainer.outcomes(data, run),
  );
  const { closed } = model.backend;
  await assertFinite(confidence, 1, { signal: closed });
  const labels: (Label | null)[] = [];
  for (let i = 0; i < predicted.length; i++) {
    if (i % PIECE === 0) await pause(closed);
    labels.push(confidence[i] >= minProbability ? classes[predicted[i]] : null);
  }
  return labels;
}

/** Returns P `[N,K]`. @throws LimitError more results than a matrix holds; DataError scores that overflow */
export function predictProba(model: AppliedModel, x: RowsLike): Promise<Matrix<Float32Array>> {
  return perClass(model, x, ({ trainer, data, run }) => trainer.probabilities(data, run));
}

/** Returns Z `[N,K]`, not divided by the temperature. @throws as {@link predictProba} */
export function logits(model: AppliedModel, x: RowsLike): Promise<Matrix<Float32Array>> {
  const fitted = { ...model.fitted, temperature: 1 };
  return perClass({ ...model, fitted }, x, ({ trainer, data, run }) => trainer.logits(data, run));
}

/** Computes a number for each row and class. */
async function perClass(
  model: AppliedModel,
  x: RowsLike,
  work: Work<Float32Array>,
): Promise<Matrix<Float32Array>> {
  const { classes, features } = model.fitted;
  const given = await openX(x, "x");
  checkFeatures(given, features, "x");
  const { rows } = given;
  const cols = classes.length;
  if (rows * cols > MAX_ELEMENTS) {
    throw new LimitError(
      "x",
      `${rows} rows × ${cols} classes are more than ${MAX_ELEMENTS} results; pass fewer rows`,
    );
  }
  const data = await apply(model, x, work);
  await assertFinite(data, cols, { signal: model.backend.closed });
  return { data, rows, cols };
}

/** Returns objective, loss and accuracy. @throws DataError also for scores that overflow */
export function evaluate(
  model: AppliedModel,
  x: RowsLike,
  y: LabelsLike,
  options: EvaluateOptions,
): Promise<ModelEvaluation> {
  const { fitted } = model;
  return applyLabelled(model, x, y, options, async ({ trainer, data, run, rows }) => {
    const evaluation = await trainer.evaluate(data, run);
    if (!Number.isFinite(evaluation.loss))
      await assertNoneLost(evaluation, await trainer.outcomes(data, run), rows.weights, run);
    return summarise(evaluation, rows.countedRows, fitted.parameters, fitted);
  });
}

/** Returns accuracies, confusion matrix, scores of each class, calibration error. @throws as {@link evaluate} */
export function report(
  model: AppliedModel,
  x: RowsLike,
  y: LabelsLike,
  options: ReportOptions,
): Promise<ClassificationReport> {
  const { classes } = model.fitted;
  return applyLabelled(model, x, y, options, async ({ trainer, data, run, rows }) => {
    const evaluation = await trainer.evaluate(data, run);
    const outcomes = await trainer.outcomes(data, run);
    await assertNoneLost(evaluation, outcomes, rows.weights, run);
    const weights = givenWeights(rows);
    const { reportOf } = await loaded(import("../metrics/report.ts"), "reports");
    return reportOf({ ...rows, weights, outcomes, loss: evaluation.loss, classes, ...options }, run.signal);
  });
}

/** Returns the weights as they were given, which supports are sums of. */
function givenWeights({ weights, weightUnit }: LabelledRows): ArrayLike<number> | undefined {
  if (!weights || weightUnit === 1) return weights;
  const given = new Float64Array(weights.length);
  for (let i = 0; i < given.length; i++) given[i] = weights[i] * weightUnit;
  return given;
}

/** @throws DataError naming the first row that counts and whose scores overflow */
export async function assertNoneLost(
  { loss }: Pick<Evaluation, "loss">,
  { confidence }: Outcomes,
  weights: Float32Array | undefined,
  { signal }: RunOptions,
): Promise<void> {
  await assertFinite(confidence, 1, { weights, signal });
  // Kernels add up in orders of their own, and sums may overflow in one of them only.
  await assertFinite([loss], 1);
}

/** Returns the figures that users read, for `countedRows` rows of weight above 0. */
export function summarise(
  { loss, correct }: Evaluation,
  countedRows: number,
  parameters: Parameters,
  { l2, l1 }: Pick<ResolvedOptions, "l2" | "l1">,
): ModelEvaluation {
  return { objective: loss + penalty(parameters, l2, l1), loss, accuracy: correct / countedRows };
}
