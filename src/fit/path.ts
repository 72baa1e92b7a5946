/** Fits for several λ on the same rows: from the largest down, each from where the last ones lead. */
import type { BackendOwner } from "../backends/backend-owner.ts";
import { unfold } from "../data/standardization.ts";
import { DataError, OptionError } from "../errors.ts";
import type { PathEntry } from "../fit-options.ts";
import { summarise } from "../model/predict.ts";
import { type Parameters, zeros } from "../parameters.ts";
import { Continuation } from "../solvers/continuation.ts";
import { inSeries, onDevice, prepareFit, type Solve } from "./fit.ts";
import type { ModelState } from "./model-state.ts";
import { type FitProblem, type FitRequest, fittedModel } from "./prepare.ts";
import type { FitSession } from "./session.ts";

/** A fit of the path, with its parameters. */
interface PathFit extends PathEntry {
  readonly parameters: Parameters;
}

/**
 * Fits for each λ and leaves the best fit in `state`.
 *
 * @returns an entry for each λ in the order given, and the λ of the fit that the model keeps
 * @throws as fit; OptionError `l2s`. An abort or a failure leaves the model as it was
 */
export async function fitPath(
  state: ModelState,
  backend: BackendOwner,
  request: FitRequest,
  l2s: readonly number[],
): Promise<{ entries: PathEntry[]; l2: number }> {
  checkL2s(l2s);
  const problem = await prepareFit(state, request);
  const fits = await onDevice(backend, problem, (session) =>
    inSeries(session, (solveNext) => solveAll(session, solveNext, l2s)),
  );
  const { parameters, l2 } = bestOf(fits);
  state.replace(fittedModel(withL2(problem, l2), parameters));
  return { entries: fits.map(({ parameters: _, ...entry }) => entry), l2 };
}

/** Returns the λ. @throws OptionError no λ, or one that is no finite number ≥ 0 or comes twice */
export function checkL2s(l2s: readonly number[]): readonly number[] {
  if (!Array.isArray(l2s) || l2s.length === 0)
    throw new OptionError("l2s", "expected at least one λ, as an array of numbers ≥ 0");
  for (const [i, l2] of l2s.entries()) {
    if (!(typeof l2 === "number" && Number.isFinite(Math.fround(l2)) && l2 >= 0))
      throw new OptionError("l2s", `expected finite numbers ≥ 0, number ${i} is ${String(l2)}`);
    if (l2s.indexOf(l2) !== i) throw new OptionError("l2s", `${l2} comes twice`);
  }
  return l2s;
}

/** Fits for every λ, in the order given. */
async function solveAll(session: FitSession, solveNext: Solve, l2s: readonly number[]): Promise<PathFit[]> {
  const { problem, trainer } = session;
  const fits = new Map<number, PathFit>();
  let parameters = problem.start ?? zeros(session.shape);
  const continuation = new Continuation();
  for (const l2 of l2s.toSorted((a, b) => b - a)) {
    const began = performance.now();
    const part = {
      ...session,
      problem: { ...withL2(problem, l2), start: continuation.startAt(l2) ?? parameters },
    };
    const outcome = await solveNext(part, {
      parameters: (latest) => {
        parameters = latest;
      },
      progress: () => {},
    });
    continuation.add(l2, parameters, outcome.iterations.length !== 1);
    const history = { ...outcome, seconds: (performance.now() - began) / 1000 };
    trainer.write(unfold(parameters, problem.storedConditioning));
    const evaluate = async ({ data, rows }: NonNullable<FitSession["validation"]>) => {
      const evaluation = await trainer.evaluate(data, { signal: problem.signal });
      return summarise(evaluation, rows.countedRows, parameters, part.problem.options);
    };
    fits.set(l2, {
      l2,
      history,
      parameters,
      training: await evaluate({ data: session.data, rows: problem.rows }),
      ...(session.validation && { validation: await evaluate(session.validation) }),
    });
  }
  return l2s.map((l2) => fits.get(l2) as PathFit);
}

/** Returns a problem with another λ. */
export function withL2(problem: FitProblem, l2: number): FitProblem {
  return { ...problem, options: { ...problem.options, l2 } };
}

/**
 * Returns the fit with the least validation loss; without validation rows the one with the least λ.
 *
 * @throws DataError validation rows whose loss is not finite for any λ
 */
function bestOf(fits: readonly PathFit[]): PathFit {
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
