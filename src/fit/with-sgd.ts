/** A fit by SGD or AdamW: rates by rule, schedule or number, then epoch after epoch. */

import { maxSquaredNorm } from "../data/row-reader.ts";
import { isOnDevice } from "../data/rows.ts";
import type { EpochRecord, FitHistory } from "../fit-options.ts";
import { summarise } from "../model/predict.ts";
import type { ResolvedOptions } from "../options.ts";
import { zeros } from "../parameters.ts";
import { autoLearningRate } from "../solvers/auto-learning-rate.ts";
import { constant, type LearningRateSchedule, linearDecay } from "../solvers/schedules.ts";
import { type SgdOptions, sgd } from "../solvers/sgd.ts";
import type { FitProblem } from "./prepare.ts";
import { weightsOfSeen } from "./seen-rows.ts";
import type { FitSession, FitStore } from "./session.ts";

/** The first rate of `learningRate: "auto"` for AdamW, whose steps are as long as its rate; it falls to 0. */
const ADAMW_RATE = 0.01;

/** Fits from the problem's start, or goes on from where an interrupted fit stopped. @throws DivergenceError */
export async function fitSgd(
  session: FitSession,
  store: FitStore,
): Promise<Pick<FitHistory, "epochs" | "iterations" | "stopReason">> {
  const { problem, devices, trainer, data, validation } = session;
  const { options, fitOptions, rows, conditions, signal } = problem;
  const resumed = problem.resumed && problem.resumed.solver !== "lbfgs" ? problem.resumed : null;
  const solver = options.solver === "adamw" ? "adamw" : "sgd";
  let latest = problem.start ?? zeros(session.shape);
  trainer.write(latest);
  const schedule = await scheduleOf(problem);
  const epochs: EpochRecord[] = [...(resumed?.epochs ?? [])];
  let state = resumed?.state;
  const stopReason = await sgd(
    trainer,
    data,
    { ...sgdOptionsOf(options), schedule, countedRows: rows.countedRows },
    {
      signal,
      validation: validation?.data,
      isWatched: fitOptions.onEpoch !== undefined,
      onRows: (visited) =>
        fitOptions.onProgress?.({
          phase: "training",
          rows: visited,
          totalRows: rows.matrix.rows * options.epochs,
        }),
      onParameters: (parameters) => {
        latest = parameters;
        store.parameters(parameters);
      },
      onState: (reached) => {
        state = reached;
      },
      onEpoch: async ({ validation: seen, ...summary }) => {
        const countedRows = validation?.rows.countedRows ?? 0;
        epochs.push({
          ...summary,
          ...(seen && { validation: summarise(seen, countedRows, latest, options) }),
        });
        if (state?.epoch === summary.epoch)
          store.progress({ solver, conditions, devices, state, epochs: [...epochs] });
        await fitOptions.onEpoch?.(epochs[epochs.length - 1]);
      },
    },
    resumed?.state,
  );
  return { epochs, iterations: [], stopReason };
}

/** Returns the options of the steps, whatever the rows. */
export function sgdOptionsOf(options: ResolvedOptions): Omit<SgdOptions, "schedule" | "countedRows"> {
  const { beta1, beta2, epsilon } = options;
  return { ...options, adamw: options.solver === "adamw" ? { beta1, beta2, epsilon } : undefined };
}

/** Returns the schedule that the option means for these rows. */
async function scheduleOf(problem: FitProblem): Promise<LearningRateSchedule> {
  const { learningRate } = problem.options;
  if (typeof learningRate === "function") return learningRate;
  return typeof learningRate === "number" ? constant(learningRate) : linearDecay(await autoRateOf(problem));
}

/**
 * Returns the first rate that `"auto"` means for these rows.
 *
 * @param meanWeight mean s if steps divide by B alone. Default: steps divide by B · mean s
 */
export async function autoRateOf(
  { options, rows, seen, standardization, maxSquaredNorm: scanned, signal }: FitProblem,
  meanWeight = 1,
): Promise<number> {
  if (options.solver === "adamw") return ADAMW_RATE;
  const { matrix: x, weights } = rows;
  const longest =
    !isOnDevice(x) && (weights || standardization)
      ? await maxSquaredNorm(x, standardization, weights, signal)
      : scanned;
  const whole = { rows: x.rows, weights };
  const sample = { x: seen.matrix, weights: weightsOfSeen(seen, weights), whole };
  const problem = { ...options, ...sample, meanWeight, standardization, maxSquaredNorm: longest };
  return autoLearningRate(problem, signal);
}
