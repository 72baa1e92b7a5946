/** Everything that goes into a fit, checked before anything is allocated: what it is about, and where it begins. */
import type { Learnt } from "../checks.ts";
import { declareClasses, type Label, type LabelsLike, learnClasses } from "../data/labels.ts";
import { type MatrixLike, toMatrix } from "../data/matrix.ts";
import { fitStandardization } from "../data/standardization.ts";
import { DataError } from "../errors.ts";
import type { FitOptions } from "../fit-options.ts";
import type { Fitted } from "../model/fitted.ts";
import { checkValues, labelled, TRAINING, VALIDATION } from "../model/labelled-rows.ts";
import type { ResolvedOptions } from "../options.ts";
import { conditioningOf } from "./conditioning.ts";
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
  const learnt = earlier ?? learn(x, y, { declared: hooks.classes, ignoreLabel });
  if (earlier && hooks.classes) checkSameClasses(hooks.classes, earlier.classes);
  const rows = await labelled(x, y, learnt, { ...options, ...hooks }, TRAINING, signal);
  const conditions = conditionsOf(options, rows);
  if (resumed) checkConditions(resumed, conditions);
  const validation =
    hooks.validation && (await validationRows(hooks.validation, learnt, ignoreLabel, signal));
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
    start: earlier?.parameters,
    maxSquaredNorm,
    conditions,
  };
}

function validationRows(
  [x, y, sampleWeight]: NonNullable<FitOptions["validation"]>,
  learnt: Learnt,
  ignoreLabel: Label | undefined,
  signal: AbortSignal,
) {
  return labelled(x, y, learnt, { sampleWeight, ignoreLabel }, VALIDATION, signal);
}

/** The classes and features that rows are to be trained with. @throws ShapeError, DataError, LimitError */
function learn(
  x: MatrixLike,
  y: LabelsLike,
  { declared, ignoreLabel }: { declared?: readonly Label[] | undefined; ignoreLabel?: Label | undefined },
): Learnt {
  const matrix = toMatrix(x, "x");
  const classes = declared
    ? declareClasses(declared, "classes")
    : learnClasses(y, matrix.rows, "y", ignoreLabel);
  return { classes, features: matrix.cols };
}

/** @throws DataError classes declared for a model that has others */
function checkSameClasses(declared: readonly Label[], classes: readonly Label[]): void {
  const given = declareClasses(declared, "classes");
  if (given.length === classes.length && given.every((label, k) => label === classes[k])) return;
  throw new DataError("classes", `the model has ${classes.join(", ")}; use addClass or removeClass first`);
}
