/** Fits for several λ on the same rows: from the largest down, each from where the last ones lead. */
import { unfold } from "../data/standardization.ts";
import { DataError } from "../errors.ts";
import type { PathEntry } from "../fit-options.ts";
import { summarise } from "../model/predict.ts";
import { type Parameters, zeros } from "../parameters.ts";
import { Continuation } from "../solvers/continuation.ts";
import { inSeries, onDevice, prepareFit, type Solve } from "./fit.ts";
import { checkL2s } from "./l2-grid.ts";
import type { ModelState } from "./model-state.ts";
import { type FitRequest, fittedModel, withL2 } from "./prepare.ts";
import type { FitSession } from "./session.ts";
import { noteResult, warmStart } from "./warm-start.ts";

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
  request: FitRequest,
  l2s: readonly number[],
): Promise<{ entries: PathEntry[]; l2: number }> {
  checkL2s(l2s);
  const problem = await prepareFit(state, request);
  const fits = await onDevice(request.backend, problem, (session) =>
    inSeries(session, (solveNext) => solveAll(session, solveNext, l2s)),
  );
  const { parameters, l2 } = bestOf(fits);
  state.replace(fittedModel(withL2(problem, l2), parameters));
  return { entries: fits.map(({ parameters: _, ...entry }) => entry), l2 };
}

/** Fits for every λ, in the order given. */
async function solveAll(session: FitSession, solveNext: Solve, l2s: readonly number[]): Promise<PathFit[]> {
  const { problem, trainer } = session;
  const fits = new Map<number, PathFit>();
  let parameters = problem.start ?? zeros(session.shape);
  const continuation = new Continuation();
  for (const l2 of l2s.toSorted((a, b) => b - a)) {
    const began = performance.now();
    const start = continuation.last ? await warmStart(session, l2, continuation) : parameters;
    const part = { ...session, problem: { ...withL2(problem, l2), start } };
    const outcome = await solveNext(part, {
      parameters: (latest) => {
        parameters = latest;
      },
      progress: () => {},
    });
    noteResult(continuation, l2, parameters, outcome);
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
