/** How well a model does on rows whose labels are known: a few figures, or everything that can be counted. */
import { assertFinite } from "../checks.ts";
import type { LabelsLike } from "../data/labels.ts";
import type { MatrixLike } from "../data/matrix.ts";
import type { EvaluateOptions, ModelEvaluation, ReportOptions } from "../fit-options.ts";
import { type ClassificationReport, reportOf } from "../metrics/report.ts";
import { type AppliedModel, applyLabelled } from "./apply.ts";
import { summarise } from "./summarise.ts";

/** Objective, loss and accuracy. @throws DataError also for scores that overflow */
export function evaluate(
  model: AppliedModel,
  x: MatrixLike,
  y: LabelsLike,
  options: EvaluateOptions,
): Promise<ModelEvaluation> {
  const { fitted } = model;
  return applyLabelled(model, x, y, options, async (trainer, data, run, { countedRows }) => {
    const evaluation = await trainer.evaluate(data, run);
    await assertFinite([evaluation.loss], 1);
    return summarise(evaluation, countedRows, fitted.parameters, fitted);
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
  return applyLabelled(model, x, y, options, async (trainer, data, run, rows) => {
    const { loss } = await trainer.evaluate(data, run);
    const outcomes = await trainer.outcomes(data, run);
    await assertFinite(outcomes.confidence, 1, run.signal);
    return reportOf({ ...rows, outcomes, loss, classes, ...options }, run.signal);
  });
}
