/** Puts rows and a fitted model on a device, and computes something of them there. What it allocates is freed. */
import type { Dataset, RunOptions, Trainer } from "../backends/backend.ts";
import type { BackendOwner } from "../backends/backend-owner.ts";
import { checkFeatures } from "../checks.ts";
import { openX } from "../data/given-x.ts";
import type { LabelsLike } from "../data/labels.ts";
import { formOf, isOnDevice, type RowsLike } from "../data/rows.ts";
import { isCentring, unfold } from "../data/standardization.ts";
import { NO_TARGETS } from "../data/targets.ts";
import type { EvaluateOptions } from "../fit-options.ts";
import type { ResolvedOptions } from "../options.ts";
import type { Parameters } from "../parameters.ts";
import { checkOnDevice, requirePlace } from "./device-rows.ts";
import { type FittedModel, folded, temperatureScaled } from "./fitted-model.ts";
import { checkValues, datasetOf, type LabelledRows, labelled, openRows, TRAINING } from "./labelled-rows.ts";

/** A fitted model, the backend that applies it, and options. */
export interface AppliedModel {
  readonly fitted: FittedModel;
  readonly backend: BackendOwner;
  readonly options: Pick<ResolvedOptions, "device" | "storage" | "bias" | "ignoreLabel">;
}

/** Rows and a model on a device. */
export interface Applied {
  /** Has the model's parameters, as they fit the rows on the device. */
  readonly trainer: Trainer;
  readonly data: Dataset;
  readonly run: RunOptions;
  readonly rows: LabelledRows;
  /** The parameters that the trainer has, not divided by the temperature. */
  readonly parameters: Parameters;
}

/** Computes something of rows and a model on a device. */
export type Work<T> = (applied: Applied) => Promise<T>;

/**
 * Runs `work` on rows `x [N,D]` without labels.
 *
 * @throws ShapeError, DataError  rows that the model cannot be applied to
 */
export async function apply<T>(model: AppliedModel, x: RowsLike, work: Work<T>): Promise<T> {
  const given = await openX(x, TRAINING.x);
  requirePlace(given, model.options);
  checkFeatures(given, model.fitted.features, TRAINING.x);
  const matrix = await given.convert(model.backend.closed);
  const rows = { matrix, targets: NO_TARGETS, weights: undefined, weightUnit: 1, countedRows: matrix.rows };
  return applyToRows(model, rows, work);
}

/**
 * Runs `work` on rows with labels or distributions.
 *
 * @throws ShapeError, DataError, OptionError  also for labels it does not know
 */
export async function applyLabelled<T>(
  model: AppliedModel,
  x: RowsLike,
  y: LabelsLike,
  { sampleWeight }: EvaluateOptions,
  work: Work<T>,
): Promise<T> {
  const { fitted, options, backend } = model;
  const { ignoreLabel } = options;
  const given = await openRows(x, y, TRAINING);
  requirePlace(given.x, options);
  const rows = await labelled(given, fitted, { sampleWeight, ignoreLabel }, backend.closed);
  return applyToRows(model, rows, work);
}

async function applyToRows<T>(
  { fitted, backend: owner, options: { storage, bias } }: AppliedModel,
  rows: LabelledRows,
  work: Work<T>,
): Promise<T> {
  const { classes, features, standardization, temperature } = fitted;
  const { matrix, weights } = rows;
  const run = { signal: owner.closed };
  // Rows stored in less than float32 cannot be conditioned.
  const isConditioned = storage === "auto" || storage === "f32";
  const conditioning = isConditioned ? fitted.conditioning : undefined;
  const form = formOf(matrix);
  const scaling = standardization ?? conditioning;
  // Rows that are not centred and scaled on their way to the device have parameters that fit them as they are.
  const isScaled = form === "dense" || (form === "sparse" && !isCentring(scaling));
  const parameters = isScaled ? unfold(fitted.parameters, conditioning) : folded(fitted);
  if (!isOnDevice(matrix))
    await checkValues(matrix, TRAINING.x, storage, standardization !== undefined, run.signal);
  return owner.useInTurn(async (backend, own) => {
    if (isOnDevice(matrix)) await checkOnDevice(matrix, weights, backend, run);
    const hasBias = bias || parameters.bias.some((b) => b !== 0);
    const shape = { features, classes: classes.length, bias: hasBias, sparse: form === "sparse" };
    const trainer = own(await backend.createTrainer(shape));
    const stored = isScaled ? { storage, standardization: scaling } : {};
    const data = own(await datasetOf(backend, rows, stored, run));
    trainer.write(temperatureScaled({ parameters, temperature }));
    return work({ trainer, data, run, rows, parameters });
  });
}
