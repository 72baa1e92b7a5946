/** Fits for several λ on the same rows: from the largest down, each from where the last one ended. */

import { unfold } from "../data/standardization.ts";
import { DataError, OptionError } from "../errors.ts";
import type { FitHistory, PathEntry } from "../fit-options.ts";
import { summarise } from "../model/summarise.ts";
import type { Parameters } from "../objective.ts";
import { type FitProblem, type FitTask, runFit, type Session } from "./fit.ts";

/** A fit of the path, with its parameters. */
export interface PathFit extends PathEntry {
  readonly parameters: Parameters;
}

/** @throws OptionError no λ, or one that is no finite number ≥ 0 or comes twice */
export function checkPath(l2s: readonly number[]): void {
  if (!Array.isArray(l2s) || l2s.length === 0)
    throw new OptionError("l2s", "expected at least one λ, as an array of numbers ≥ 0");
  for (const [i, l2] of l2s.entries()) {
    if (!(typeof l2 === "number" && Number.isFinite(Math.fround(l2)) && l2 >= 0))
      throw new OptionError("l2s", `expected finite numbers ≥ 0, number ${i} is ${String(l2)}`);
    if (l2s.indexOf(l2) !== i) throw new OptionError("l2s", `${l2} comes twice`);
  }
}

/** Fits for every λ, in the order given. */
export async function fitAlongPath(
  session: Session,
  problem: FitProblem,
  task: FitTask,
  l2s: readonly number[],
): Promise<PathFit[]> {
  const fits = new Map<number, PathFit>();
  let { start } = session;
  for (const l2 of l2s.toSorted((a, b) => b - a)) {
    const began = performance.now();
    const options = { ...task.options, l2 };
    let parameters = start;
    const keep = (latest: Parameters) => {
      parameters = latest;
    };
    const outcome = await runFit({ ...session, start }, problem, {
      ...task,
      options,
      keep,
      keepProgress: () => {},
    });
    const history: FitHistory = { ...outcome, seconds: (performance.now() - began) / 1000 };
    const stored = problem.storesConditioned ? problem.conditioning : undefined;
    session.trainer.write(unfold(parameters, stored));
    const evaluate = async ({ data, rows }: Pick<Session, "data"> & { rows: FitProblem["rows"] }) =>
      summarise(
        await session.trainer.evaluate(data, { signal: task.signal }),
        rows.countedRows,
        parameters,
        options,
      );
    fits.set(l2, {
      l2,
      history,
      parameters,
      training: await evaluate({ data: session.data, rows: problem.rows }),
      ...(session.validation && { validation: await evaluate(session.validation) }),
    });
    start = parameters;
  }
  return l2s.map((l2) => fits.get(l2) as PathFit);
}

/**
 * Returns the fit with the least validation loss; without validation rows the one with the least λ.
 *
 * @throws DataError validation rows whose loss is not finite for any λ
 */
export function bestOf(fits: readonly PathFit[]): PathFit {
  if (!fits[0].validation) return fits.reduce((best, fit) => (fit.l2 < best.l2 ? fit : best));
  const lossOf = ({ validation }: PathFit) => validation?.loss ?? NaN;
  const finite = fits.filter((fit) => Number.isFinite(lossOf(fit)));
  if (finite.length === 0)
    throw new DataError(
      "validation[0]",
      "its loss is not finite for any λ: values so large that scores overflow",
    );
  return finite.reduce((best, fit) => (lossOf(fit) < lossOf(best) ? fit : best));
}
