/** Puts rows and a fitted model on a device, and computes something of them there. What it allocates is freed. */
import type { Dataset, RunOptions, Trainer } from "../backends/backend.ts";
import type { BackendOwner } from "../backends/backend-owner.ts";
import { checkFeatures } from "../checks.ts";
import type { LabelsLike } from "../data/labels.ts";
import { type MatrixLike, toMatrix } from "../data/matrix.ts";
import { NO_TARGETS } from "../data/targets.ts";
import type { EvaluateOptions } from "../fit-options.ts";
import type { ResolvedOptions } from "../options.ts";
import { type Fitted, tempered } from "./fitted.ts";
import { asSource, checkValues, type LabelledRows, labelled, TRAINING } from "./labelled-rows.ts";

/** A fitted model, and where and how it is to be applied. */
export interface AppliedModel {
  readonly fitted: Fitted;
  readonly backend: BackendOwner;
  readonly options: Pick<ResolvedOptions, "storage" | "bias" | "ignoreLabel">;
}

/** What is computed of rows, by a trainer that has the model's parameters. */
export type Work<T> = (trainer: Trainer, data: Dataset, run: RunOptions, rows: LabelledRows) => Promise<T>;

/** Of rows `x [N,D]` without labels. @throws ShapeError, DataError  rows that the model cannot be applied to */
export function apply<T>(model: AppliedModel, x: MatrixLike, work: Work<T>): Promise<T> {
  const matrix = checkFeatures(toMatrix(x, TRAINING.x), model.fitted.features, TRAINING.x);
  const rows = { matrix, targets: NO_TARGETS, weights: undefined, countedRows: matrix.rows };
  return applyToRows(model, rows, work);
}

/**
 * Of rows with labels or distributions.
 *
 * @throws ShapeError, DataError, OptionError  also for labels it does not know
 */
export function applyLabelled<T>(
  model: AppliedModel,
  x: MatrixLike,
  y: LabelsLike,
  { sampleWeight }: EvaluateOptions,
  work: Work<T>,
): Promise<T> {
  const { fitted, options } = model;
  const { ignoreLabel } = options;
  return applyToRows(model, labelled(x, y, fitted, { sampleWeight, ignoreLabel }, TRAINING), work);
}

async function applyToRows<T>(
  { fitted, backend: owner, options: { storage, bias } }: AppliedModel,
  rows: LabelledRows,
  work: Work<T>,
): Promise<T> {
  const { classes, features, standardization } = fitted;
  const run = { signal: owner.closed };
  await checkValues(rows.matrix, TRAINING.x, storage, standardization !== undefined, run.signal);
  return owner.useInTurn(async (backend, own) => {
    const hasBias = bias || fitted.parameters.bias.some((b) => b !== 0);
    const trainer = own(await backend.createTrainer({ features, classes: classes.length, bias: hasBias }));
    const data = own(await backend.createDataset({ ...asSource(rows), storage, standardization }, run));
    trainer.write(tempered(fitted));
    return work(trainer, data, run, rows);
  });
}
