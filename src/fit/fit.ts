/**
 * The way of a fit, from a caller's rows to a fitted model:
 *
 *   check → encode → standardise   prepare.ts with model/labelled-rows.ts, before anything is allocated
 *   open → upload                  session.ts, on a backend that backends/open-backend.ts opens
 *   solve → fold back              with-lbfgs.ts or with-sgd.ts; conditioning.ts says why W and b are folded
 *   store                          model-state.ts, after every iteration or epoch
 */

import type { BackendOwner } from "../backends/backend-owner.ts";
import type { FitHistory } from "../fit-options.ts";
import { loaded } from "../loaded.ts";
import type { ModelState } from "./model-state.ts";
import {
  checkRequest,
  encode,
  type FitProblem,
  type FitRequest,
  fittedModel,
  standardise,
  startOf,
} from "./prepare.ts";
import { conditionsOf, requireSameConditions } from "./resume.ts";
import { type FitSession, type FitStore, openSession } from "./session.ts";

/**
 * Fits the model in `state`, which sees every iteration or epoch.
 *
 * @throws as {@link prepareFit} and {@link onDevice}; DivergenceError
 */
export async function fitModel(state: ModelState, request: FitRequest): Promise<FitHistory> {
  const began = performance.now();
  const problem = await prepareFit(state, request);
  const outcome = await onDevice(request.backend, problem, (session) =>
    solve(session, storeIn(state, problem)),
  );
  state.progress = null;
  return { ...outcome, seconds: (performance.now() - began) / 1000 };
}

/**
 * Checks everything that goes into a fit, and converts rows and labels to numbers.
 *
 * @param isBatch one batch of `partialFit`: trained on as it is, without early stopping
 * @throws ShapeError, DataError, LimitError, OptionError rows, labels, weights or classes that cannot be trained on
 * @throws StateError nothing to start from or to resume, or an interrupted fit of something else; the signal's reason
 */
export async function prepareFit(
  state: ModelState,
  request: FitRequest,
  isBatch = false,
): Promise<FitProblem> {
  const { options, fitOptions, signal } = request;
  signal.throwIfAborted();
  const start = startOf(state, request);
  const given = await checkRequest(request, start.model, isBatch);
  const encoded = await encode(given, request, start.model);
  const conditions = conditionsOf(options, encoded.rows);
  if (start.resumed) requireSameConditions(start.resumed, conditions);
  const scaled = await standardise(encoded, request, start.model, isBatch);
  return {
    options,
    fitOptions,
    signal,
    ...encoded,
    ...scaled,
    start: start.model?.parameters,
    resumed: start.resumed,
    conditions,
  };
}

/**
 * Opens a device, takes rows and parameters there, and frees both when `work` has ended.
 *
 * @throws DeviceError, LimitError
 */
export function onDevice<T>(
  owner: BackendOwner,
  problem: FitProblem,
  work: (session: FitSession) => Promise<T>,
): Promise<T> {
  return owner.use(async (backend, own) => {
    const session = await openSession(problem, backend, own);
    owner.remark = session.remark;
    return work(session);
  }, problem.signal);
}

/**
 * Runs the solver that was asked for, which may work on conditioned features, and stores the parameters folded back.
 */
export async function solve(session: FitSession, store: FitStore): Promise<Omit<FitHistory, "seconds">> {
  const { solver } = session.problem.options;
  const outcome =
    solver === "lbfgs"
      ? await (await loaded(import("./with-lbfgs.ts"), "L-BFGS")).fitLbfgs(session, store)
      : await (await loaded(import("./with-sgd.ts"), "SGD and AdamW")).fitSgd(session, store);
  return { ...outcome, tuning: session.trainer.tuning };
}

/** Solves the problem of a session. */
export type Solve = typeof solve;

/** Runs `work` with a function that solves like {@link solve}, for fits each of which begins near the last result. */
export async function inSeries<T>(session: FitSession, work: (solveNext: Solve) => Promise<T>): Promise<T> {
  // What sparse rows are preconditioned with serves one fit only.
  if (session.problem.options.solver !== "lbfgs" || session.shape.sparse) return work(solve);
  const series = (await loaded(import("./with-lbfgs.ts"), "L-BFGS")).seriesOf(session);
  try {
    return await work((part, store) => {
      const preconditioning = series.next(part.problem.options.l2);
      return solve({ ...part, preconditioning }, store);
    });
  } finally {
    series.dispose();
  }
}

/** Stores in the model. Progress of an earlier fit stays until the first parameters of this one come. */
function storeIn(state: ModelState, problem: FitProblem): FitStore {
  let isOwnProgress = problem.resumed !== null;
  return {
    parameters: (parameters) => {
      state.replace(fittedModel(problem, parameters), isOwnProgress ? state.progress : null);
      isOwnProgress = true;
    },
    progress: (progress) => {
      state.progress = progress;
    },
  };
}
