/** What goes into a fit, checked, encoded and standardised before anything is allocated. */
import type { BackendOwner } from "../backends/backend-owner.ts";
import { checkFeatures, type Schema } from "../checks.ts";
import type { GivenX } from "../data/given-x.ts";
import { declareClasses, type Label, type LabelsLike, learnClasses } from "../data/labels.ts";
import { sparseSums } from "../data/lazy-sparse-sums.ts";
import { isOnDevice, type RowsInMemory, type RowsLike } from "../data/rows.ts";
import { isSparse } from "../data/sparse-matrix.ts";
import { fitStandardization, type Standardization } from "../data/standardization.ts";
import { DataError, OptionError } from "../errors.ts";
import type { FitCallOptions } from "../fit-options.ts";
import { checkOnDevice, requirePlace } from "../model/device-rows.ts";
import type { FittedModel } from "../model/fitted-model.ts";
import {
  checkSizes,
  checkValues,
  type GivenRows,
  type LabelledRows,
  labelled,
  openRows,
  TRAINING,
  VALIDATION,
} from "../model/labelled-rows.ts";
import type { ResolvedOptions } from "../options.ts";
import type { Parameters } from "../parameters.ts";
import { conditioningOf, storesConditioned } from "./conditioning.ts";
import type { ModelState } from "./model-state.ts";
import type { Conditions, FitProgress } from "./resume.ts";
import { type SeenRows, seenRows, weightsOfSeen } from "./seen-rows.ts";

/** A fit as it is asked for. */
export interface FitRequest {
  readonly x: RowsLike;
  readonly y: LabelsLike;
  /** Options of the estimator. */
  readonly options: ResolvedOptions;
  /** What rows on a GPU are looked at with. */
  readonly backend: BackendOwner;
  /** Options of this call. */
  readonly fitOptions: FitCallOptions;
  readonly signal: AbortSignal;
}

/** A fit that is checked: rows as they are trained on, and where it begins. */
export interface FitProblem extends Omit<FitRequest, "x" | "y" | "backend"> {
  readonly schema: Schema;
  readonly rows: LabelledRows;
  readonly validation: LabelledRows | undefined;
  /** The rows that the host looks at: all, or a sample of rows that lie on a GPU. */
  readonly seen: SeenRows;
  readonly standardization: Standardization | undefined;
  /** The standardisation that L-BFGS works with internally, if any; see conditioning.ts. */
  readonly conditioning: Standardization | undefined;
  /** `conditioning`, if rows are stored as float32 and so can take it on their way to the device; else undefined. */
  readonly storedConditioning: Standardization | undefined;
  /** max_i ‖x_i‖² of all rows as given, before any standardisation; on a GPU, of those that count. */
  readonly maxSquaredNorm: number;
  /** Parameters to begin at. Default: zeros. */
  readonly start: Parameters | undefined;
  /** An interrupted fit to go on with. */
  readonly resumed: FitProgress | null;
  readonly conditions: Conditions;
}

/**
 * Returns the model that a fit begins with, and the interrupted fit that it goes on with; null if it begins anew.
 *
 * @throws StateError nothing to start from or to resume
 */
export function startOf(
  state: ModelState,
  { fitOptions: { warmStart, resume }, options }: FitRequest,
): { model: FittedModel | null; resumed: FitProgress | null } {
  const model = warmStart || resume ? state.fitted : null;
  return { model, resumed: resume ? state.resumableBy(options.solver) : null };
}

/** Training and validation rows whose forms are checked; nothing is converted yet. */
interface CheckedRows {
  readonly training: GivenRows;
  readonly validation: GivenRows | undefined;
}

/** Checks what can be checked without a look at the values. @throws ShapeError, DataError, LimitError, OptionError */
export async function checkRequest(
  { x, y, fitOptions: { validation: held, classes }, options }: FitRequest,
  model: FittedModel | null,
  isBatch: boolean,
): Promise<CheckedRows> {
  if (options.earlyStopping && options.solver !== "lbfgs" && !held && !isBatch)
    throw new OptionError(
      "validation",
      "early stopping needs validation rows; give them, or no earlyStopping",
    );
  const training = await openRows(x, y, TRAINING);
  const validation = held && (await openRows(held[0], held[1], VALIDATION));
  if (validation) checkFeatures(validation.x, training.x.cols, VALIDATION.x);
  requirePlaces(training.x, validation?.x, options, model);
  if (model && classes) requireSameClasses(classes, model.classes);
  return { training, validation };
}

/** @throws DataError, OptionError rows of a form that the options, the model or the other rows do not go with */
function requirePlaces(
  x: GivenX,
  held: GivenX | undefined,
  options: ResolvedOptions,
  model: FittedModel | null,
): void {
  requirePlace(x, options);
  if (held) requirePlace(held, options);
  if (held && (held.form === "sparse") !== (x.form === "sparse"))
    throw new DataError(VALIDATION.x, `is ${held.form}, and x is ${x.form}; give both in the same form`);
  if (x.form === "sparse" && model?.standardization?.mean.some((mean) => mean !== 0))
    throw new OptionError(
      "standardize",
      "the model centres its features, and sparse rows cannot be centred; give dense rows, or fit a new model",
    );
  if (held?.onDevice && !x.onDevice)
    throw new DataError(
      VALIDATION.x,
      "lies on a GPU, and x does not; give both there, or validation rows from memory",
    );
  if (x.onDevice && (options.standardize || model?.standardization))
    throw new OptionError(
      "standardize",
      "rows on a GPU are not standardised; standardise them in the encoder, or pass arrays",
    );
}

/** Converts rows, labels and weights to numbers. @throws ShapeError, DataError, LimitError, OptionError */
export async function encode(
  { training, validation }: CheckedRows,
  { fitOptions, options, signal }: FitRequest,
  model: FittedModel | null,
): Promise<Pick<FitProblem, "schema" | "rows" | "validation">> {
  const { ignoreLabel } = options;
  const schema: Schema = model ?? (await schemaOf(training, fitOptions.classes, ignoreLabel, signal));
  for (const rows of validation ? [training, validation] : [training]) checkSizes(rows, schema);
  const sampleWeight = fitOptions.validation?.[2];
  return {
    schema,
    rows: await labelled(training, schema, { ...options, ...fitOptions }, signal),
    validation: validation && (await labelled(validation, schema, { sampleWeight, ignoreLabel }, signal)),
  };
}

/**
 * Checks every value, and finds the standardisations: the model's own, and what L-BFGS works with internally.
 *
 * @throws DataError values that cannot be trained on
 */
export async function standardise(
  { rows, validation }: Pick<FitProblem, "rows" | "validation">,
  request: FitRequest,
  model: FittedModel | null,
  isBatch: boolean,
): Promise<
  Pick<FitProblem, "seen" | "standardization" | "conditioning" | "storedConditioning" | "maxSquaredNorm">
> {
  const { options, backend, signal } = request;
  const isStandardised = model ? model.standardization !== undefined : options.standardize;
  const maxSquaredNorm = await checkRows(rows, TRAINING.x, request, isStandardised);
  if (validation) await checkRows(validation, VALIDATION.x, request, isStandardised);
  const seen = await seenRows(rows, backend, options.seed, signal);
  const ofSeen = { matrix: seen.matrix, weights: weightsOfSeen(seen, rows.weights) };
  const learnsIt = options.standardize && !model;
  const standardization = learnsIt ? await standardizationOf(ofSeen, signal) : model?.standardization;
  const isStored = storesConditioned(rows.matrix, options);
  const conditioning =
    !isBatch && !isStandardised
      ? await conditioningOf({ ...ofSeen, maxSquaredNorm }, isStored, options, signal)
      : undefined;
  return {
    seen,
    standardization,
    conditioning,
    storedConditioning: isStored ? conditioning : undefined,
    maxSquaredNorm,
  };
}

/** Finds mean and scale of the columns; of sparse rows the scale alone. */
async function standardizationOf(
  { matrix, weights }: { readonly matrix: RowsInMemory; readonly weights: Float32Array | undefined },
  signal: AbortSignal,
): Promise<Standardization> {
  return isSparse(matrix)
    ? (await sparseSums()).fitSparseScale(matrix, weights, signal)
    : fitStandardization(matrix, weights, signal);
}

/** Looks at every value, on the host or on the device; gives max_i ‖x_i‖². @throws DataError */
function checkRows(
  { matrix, weights }: LabelledRows,
  argument: string,
  { options: { storage }, backend, signal }: FitRequest,
  isStandardised: boolean,
): Promise<number> {
  return isOnDevice(matrix)
    ? backend.use((opened) => checkOnDevice(matrix, weights, opened, { signal }), signal)
    : checkValues(matrix, argument, storage, isStandardised, signal);
}

/** Returns a problem with another λ. */
export function withL2(problem: FitProblem, l2: number): FitProblem {
  return { ...problem, options: { ...problem.options, l2 } };
}

/** Returns the model that a problem's parameters make. */
export function fittedModel(
  { schema, standardization, storedConditioning: conditioning, options: { l2, l1 } }: FitProblem,
  parameters: Parameters,
): FittedModel {
  const { classes, features } = schema;
  return { classes, features, standardization, conditioning, parameters, temperature: 1, l2, l1 };
}

/** Finds the classes and features of training rows. @throws DataError, LimitError; the signal's reason */
async function schemaOf(
  { x, y, names }: GivenRows,
  declared: readonly Label[] | undefined,
  ignoreLabel: Label | undefined,
  signal: AbortSignal,
): Promise<Schema> {
  const classes = declared
    ? declareClasses(declared, "classes")
    : await learnClasses(y, { argument: names.y, ignoreLabel, signal });
  return { classes, features: x.cols };
}

/** @throws DataError classes declared for a model that has others */
function requireSameClasses(declared: readonly Label[], classes: readonly Label[]): void {
  const given = declareClasses(declared, "classes");
  if (given.length === classes.length && given.every((label, k) => label === classes[k])) return;
  throw new DataError("classes", `the model has ${classes.join(", ")}; use addClass or removeClass first`);
}
