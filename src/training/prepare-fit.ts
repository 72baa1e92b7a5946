/** Everything that goes into a fit, checked before anything is allocated: what it is about, and where it begins. */
import type { Label, LabelsLike } from "../data/labels.ts";
import type { MatrixLike } from "../data/matrix.ts";
import { fitStandardization } from "../data/standardization.ts";
import type { FitOptions } from "../fit-options.ts";
import type { ResolvedOptions } from "../options.ts";
import { conditioningOf } from "./conditioning.ts";
import { checkConditions, conditionsOf } from "./conditions.ts";
import type { FitProblem } from "./fit.ts";
import type { Fitted } from "./fitted.ts";
import { checkSameClasses, checkValues, labelled, learn, TRAINING, VALIDATION } from "./prepare.ts";
import type { FitProgress } from "./run.ts";

/** What a caller gives, and what the model knows already. */
export interface Given {
  readonly x: MatrixLike;
  readonly y: LabelsLike;
  readonly hooks: FitOptions;
  readonly options: ResolvedOptions;
  /** The model to begin with, where a fit is not to begin from zero. */
  readonly earlier: Fitted | null;
  readonly resumed: FitProgress | null;
  readonly signal: AbortSignal;
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
  const rows = labelled(x, y, learnt, { ...options, ...hooks }, TRAINING);
  const conditions = conditionsOf(options, rows);
  if (resumed) checkConditions(resumed, conditions);
  const validation = hooks.validation && validationRows(hooks.validation, learnt, ignoreLabel);
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
  learnt: FitProblem["learnt"],
  ignoreLabel: Label | undefined,
) {
  return labelled(x, y, learnt, { sampleWeight, ignoreLabel }, VALIDATION);
}
