/** Puts rows and a fitted model on a device, and computes something of them there. What it allocates is freed. */
import type { Dataset, RunOptions, Trainer } from "../backends/backend.ts";
import type { BackendOwner } from "../backends/backend-owner.ts";
import { checkFeatures } from "../checks.ts";
import { openMatrix } from "../data/given-matrix.ts";
import type { LabelsLike } from "../data/labels.ts";
import type { MatrixLike } from "../data/matrix.ts";
import { NO_TARGETS } from "../data/targets.ts";
import type { EvaluateOptions } from "../fit-options.ts";
import type { ResolvedOptions } from "../options.ts";
import { type Fitted, tempered } from "./fitted.ts";
import { asSource, checkValues, type LabelledRows, labelled, openRows, TRAINING } from "./labelled-rows.ts";

/** A fitted model, and where and how it is to be applied. */
export interface AppliedModel {
  readonly fitted: Fitted;
  readonly backend: BackendOwner;
  readonly options: Pick<ResolvedOptions, "storage" | "bias" | "ignoreLabel">;
}

/** What is computed of rows, by a trainer that has the model's parameters. */
export type Work<T> = (trainer: Trainer, data: Dataset, run: RunOptions, rows: LabelledRows) => Promise<T>;

/** Of rows `x [N,D]` without labels. @throws ShapeError, DataError  rows that the model cannot be applied to */
export async function apply<T>(model: AppliedModel, x: MatrixLike, work: Work<T>): Promise<T> {
  const given = openMatrix(x, TRAINING.x);
  checkFeatures(given, model.fitted.features, TRAINING.x);
  const matrix = await given.convert(model.backend.closed);
  const rows = { matrix, targets: NO_TARGETS, weights: undefined, countedRows: matrix.rows };
  return applyToRows(model, rows, work);
}

/**
 * Of rows with labels or distributions.
 *
 * @throws ShapeError, DataError, OptionError  also for labels it does not know
 */
export async function applyLabelled<T>(
  model: AppliedModel,
  x: MatrixLike,
  y: LabelsLike,
  { sampleWeight }: EvaluateOptions,
  work: Work<T>,
): Promise<T> {
  const { fitted, options, backend } = model;
  const { ignoreLabel } = options;
  const given = openRows(x, y, TRAINING);
  const rows = await labelled(given, fitted, { sampleWeight, ignoreLabel }, backend.closed);
  return applyToRows(model, rows, work);
}

async function applyToRows<T>(
  { fitted, backend: owner, options: { storage, bias } }: AppliedModel,
  rows: LabelledRows,
  work: Work<T>,
): Promise<T> {
  const { classes, features, standardization } = fitted;
  const run = { signal: owner.closed };
  await checkValues(rows.matrix, TRAINING.x, storage, standardization !== undefined, run.signal);
  return owner.use(async (backend, own) => {
    const hasBias = bias || fitted.parameters.bias.some((b) => b !== 0);
    const trainer = own(await backend.createTrainer({ features, classes: classes.length, bias: hasBias }));
    const data = own(await backend.createDataset({ ...asSource(rows), storage, standardization }, run));
    trainer.write(tempered(fitted));
    return work(trainer, data, run, rows);
  });
}
