/** Starts of the fits of a path. */
import { unfold } from "../data/standardization.ts";
import type { FitHistory } from "../fit-options.ts";
import { type Parameters, penalty } from "../parameters.ts";
import type { Continuation } from "../solvers/continuation.ts";
import type { FitSession } from "./session.ts";

/**
 * Returns the start of a fit with λ = `l2`: the continuation's guess if J is lower there than at the last result, else
 * that result, since results that are only near their optimum may lead astray. Before the first: the problem's start.
 */
export async function warmStart(
  { problem, trainer, data }: FitSession,
  l2: number,
  continuation: Continuation,
): Promise<Parameters | undefined> {
  const { last } = continuation;
  if (!last) return problem.start;
  const guess = continuation.guess(l2);
  if (!guess) return last.parameters;
  trainer.write(unfold(guess, problem.storedConditioning));
  const { loss } = await trainer.evaluate(data, { signal: problem.signal });
  const { l1 } = problem.options;
  const isLower = loss + penalty(guess, l2, l1) < last.loss + penalty(last.parameters, l2, l1);
  return isLower ? guess : last.parameters;
}

/** Adds the result of a fit to a continuation. Fits by other solvers than L-BFGS are left out. */
export function noteResult(
  continuation: Continuation,
  l2: number,
  parameters: Parameters,
  { iterations }: Pick<FitHistory, "iterations">,
): void {
  const end = iterations.at(-1);
  if (end) continuation.add({ l2, parameters, loss: end.loss }, iterations.length > 1);
}
