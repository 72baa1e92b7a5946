/** How well a model does on rows whose labels are known: a few figures, or everything that can be counted. */
import type { Evaluation, Outcomes, RunOptions } from "../backends/backend.ts";
import { assertFinite } from "../checks.ts";
import type { LabelsLike } from "../data/labels.ts";
import type { MatrixLike } from "../data/matrix.ts";
import type { EvaluateOptions, ModelEvaluation, ReportOptions } from "../fit-options.ts";
import type { ClassificationReport } from "../metrics/report.ts";
import { type AppliedModel, applyLabelled } from "./apply.ts";
import type { LabelledRows } from "./labelled-rows.ts";
import { summarise } from "./summarise.ts";

/** Objective, loss and accuracy. @throws DataError also for scores that overflow */
export function evaluate(
  model: AppliedModel,
  x: MatrixLike,
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

/** Accuracies, confusion matrix, scores of each class, calibration error. @throws as {@link evaluate} */
export function report(
  model: AppliedModel,
  x: MatrixLike,
  y: LabelsLike,
  options: ReportOptions,
): Promise<ClassificationReport> {
  const { classes } = model.fitted;
  return applyLabelled(model, x, y, options, async ({ trainer, data, run, rows }) => {
    const evaluation = await trainer.evaluate(data, run);
    const outcomes = await trainer.outcomes(data, run);
    await assertNoneLost(evaluation, outcomes, rows.weights, run);
    const weights = givenWeights(rows);
    const { reportOf } = await import("../metrics/report.ts");
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
