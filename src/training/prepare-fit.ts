/** Everything that goes into a fit, checked before anything is allocated: what it is about, and where it begins. */
import { checkFeatures, type Learnt } from "../checks.ts";
import { declareClasses, type Label, type LabelsLike, learnClasses } from "../data/labels.ts";
import type { MatrixLike } from "../data/matrix.ts";
import { fitStandardization } from "../data/standardization.ts";
import { DataError } from "../errors.ts";
import type { FitOptions } from "../fit-options.ts";
import type { Fitted } from "../model/fitted.ts";
import {
  checkSizes,
  checkValues,
  type GivenRows,
  labelled,
  openRows,
  TRAINING,
  VALIDATION,
} from "../model/labelled-rows.ts";
import type { ResolvedOptions } from "../options.ts";
import { conditioningOf, storesConditioned } from "./conditioning.ts";
import { checkConditions, conditionsOf } from "./conditions.ts";
import type { FitProblem } from "./fit.ts";
import type { FitProgress } from "./run.ts";

/** What a fit is asked to do. */
export interface FitRequest {
  readonly x: MatrixLike;
  readonly y: LabelsLike;
  readonly hooks: FitOptions;
  readonly options: ResolvedOptions;
  readonly signal: AbortSignal;
}

/** The same, with what the model knows already. */
export interface Given extends FitRequest {
  /** The model to begin with, where a fit is not to begin from zero. */
  readonly earlier: Fitted | null;
  readonly resumed: FitProgress | null;
}

/**
 * The problem that a fit is to solve.
 *
 * @param mayCondition whether L-BFGS may see the rows in its own way; see conditioning.ts
 * @throws ShapeError, DataError, LimitError, OptionError  rows, labels, weights or classes that cannot be trained on
 * @throws StateError an interrupted fit that was one of something else
 */
export async function prepareFit(given: Given, mayCondition: boolean): Promise<FitProblem> {
  const { x, y, hooks, options, earlier, resumed, signal } = given;
  const { ignoreLabel, storage, standardize } = options;
  const training = openRows(x, y, TRAINING);
  const held = hooks.validation && openRows(hooks.validation[0], hooks.validation[1], VALIDATION);
  if (held) checkFeatures(held.x, training.x.cols, VALIDATION.x);
  if (earlier && hooks.classes) checkSameClasses(hooks.classes, earlier.classes);
  const learnt = earlier ?? (await learn(training, hooks.classes, ignoreLabel, signal));
  for (const one of held ? [training, held] : [training]) checkSizes(one, learnt);
  const rows = await labelled(training, learnt, { ...options, ...hooks }, signal);
  const conditions = conditionsOf(options, rows);
  if (resumed) checkConditions(resumed, conditions);
  const sampleWeight = hooks.validation?.[2];
  const validation = held && (await labelled(held, learnt, { sampleWeight, ignoreLabel }, signal));
  const isStandardised = earlier ? earlier.standardization !== undefined : standardize;
  const maxSquaredNorm = await checkValues(rows.matrix, TRAINING.x, storage, isStandardised, signal);
  if (validation) await checkValues(validation.matrix, VALIDATION.x, storage, isStandardised, signal);
  const standardization =
    earlier || !standardize
      ? earlier?.standardization
      : await fitStandardization(rows.matrix, rows.weights, signal);
  return {
    learnt,
    rows,
    validation,
    standardization,
    conditioning: mayCondition && !isStandardised ? await conditioningOf(rows, options, signal) : undefined,
    storesConditioned: storesConditioned(rows.matrix, options),
    start: earlier?.parameters,
    maxSquaredNorm,
    conditions,
  };
}

/** Finds the classes and features that rows are to be trained with. @throws DataError, LimitError; the signal's reason */
async function learn(
  { x, y, names }: GivenRows,
  declared: readonly Label[] | undefined,
  ignoreLabel: Label | undefined,
  signal: AbortSignal,
): Promise<Learnt> {
  const classes = declared
    ? declareClasses(declared, "classes")
    : await learnClasses(y, { argument: names.y, ignoreLabel, signal });
  return { classes, features: x.cols };
}

/** @throws DataError classes declared for a model that has others */
function checkSameClasses(declared: readonly Label[], classes: readonly Label[]): void {
  const given = declareClasses(declared, "classes");
  if (given.length === classes.length && given.every((label, k) => label === classes[k])) return;
  throw new DataError("classes", `the model has ${classes.join(", ")}; use addClass or removeClass first`);
}
