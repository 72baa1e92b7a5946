/** Where a fit begins: with what is checked, from which parameters, and who keeps what it finds. */
import { OptionError } from "../errors.ts";
import type { FitOptions } from "../fit-options.ts";
import type { Fitted } from "../model/fitted.ts";
import type { Parameters } from "../objective.ts";
import type { ResolvedOptions } from "../options.ts";
import type { FitProblem, FitTask } from "./fit.ts";
import type { ModelState } from "./model-state.ts";
import { type FitRequest, prepareFit } from "./prepare-fit.ts";

/** A fit that is ready to begin. */
export interface FitBegun {
  readonly problem: FitProblem;
  readonly task: FitTask;
}

/**
 * Checks everything that goes into a fit, and lets `state` keep what it finds.
 *
 * @param mayCondition whether L-BFGS may see the rows in its own way; see conditioning.ts
 * @throws as {@link prepareFit}; StateError nothing to start from or to resume; the signal's reason
 */
export async function beginFit(
  state: ModelState,
  request: FitRequest,
  mayCondition = true,
): Promise<FitBegun> {
  const { hooks, options, signal } = request;
  signal.throwIfAborted();
  const earlier = hooks.warmStart || hooks.resume ? state.fitted : null;
  const resumed = hooks.resume ? state.resumableBy(options.solver) : null;
  const problem = await prepareFit({ ...request, earlier, resumed }, mayCondition);
  let isUnderWay = resumed !== null;
  const task: FitTask = {
    options,
    hooks,
    signal,
    resumed,
    keep: (parameters) => {
      state.replace(fittedTo(problem, parameters, options), isUnderWay ? state.progress : null);
      isUnderWay = true;
    },
    keepProgress: (progress) => {
      state.progress = progress;
    },
  };
  return { problem, task };
}

/** The model that a problem's parameters make. */
export function fittedTo(
  { learnt: { classes, features }, standardization, storesConditioned, ...problem }: FitProblem,
  parameters: Parameters,
  { l2, l1 }: Pick<ResolvedOptions, "l2" | "l1">,
): Fitted {
  const conditioning = storesConditioned ? problem.conditioning : undefined;
  return { classes, features, standardization, conditioning, parameters, temperature: 1, l2, l1 };
}

/** @throws OptionError early stopping without the rows that it looks at */
export function checkEarlyStopping(
  { earlyStopping, solver }: ResolvedOptions,
  { validation }: FitOptions,
): void {
  if (earlyStopping && solver !== "lbfgs" && !validation)
    throw new OptionError(
      "validation",
      "early stopping needs validation rows; give them, or no earlyStopping",
    );
}
