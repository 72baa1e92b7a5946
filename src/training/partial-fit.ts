/** One pass of SGD or AdamW over a batch of rows that came in, on from all that came before. */
import type { OptimiserState } from "../backends/backend.ts";
import type { Parameters } from "../objective.ts";
import type { LearningRateSchedule } from "../solvers/schedules.ts";
import { sgd } from "../solvers/sgd.ts";
import type { FitProblem, FitTask, Session } from "./fit.ts";
import { scheduleOf, sgdOptionsOf } from "./fit-sgd.ts";

/** What passes leave behind for the next ones. */
export interface Incremental {
  readonly optimiser: OptimiserState;
  readonly steps: number;
  /** Found for the first rows that came. */
  readonly schedule: LearningRateSchedule;
}

/**
 * Takes the steps. Nobody knows how many are to come, so schedules see an endless fit: those that fall over its length
 * stay where they begin.
 */
export async function takePartialSteps(
  session: Session,
  problem: FitProblem,
  task: FitTask,
  before: Incremental | null,
): Promise<{ parameters: Parameters; state: Incremental }> {
  const { options, signal, hooks } = task;
  const { trainer, data, start } = session;
  const schedule =
    before?.schedule ??
    (await scheduleOf({ options, rows: problem.rows, standardization: problem.standardization, signal }));
  const steps = before?.steps ?? 0;
  if (before) trainer.writeState(before.optimiser);
  else trainer.write(start);
  let parameters = start;
  let optimiser = before?.optimiser;
  await sgd(
    trainer,
    data,
    {
      ...sgdOptionsOf(options),
      epochs: 1,
      averaging: 0,
      earlyStopping: undefined,
      seed: (options.seed + steps) % 2 ** 32,
      schedule: (step) => schedule(steps + step, Infinity),
      countedRows: problem.rows.countedRows,
      firstStep: steps,
    },
    {
      signal,
      isWatched: false,
      onRows: (rows) => hooks.onProgress?.({ phase: "training", rows, totalRows: problem.rows.matrix.rows }),
      onParameters: (latest) => {
        parameters = latest;
      },
      onState: (latest) => {
        optimiser = latest.optimiser;
      },
      onEpoch: () => {},
    },
  );
  const taken = Math.ceil(data.rows / options.batchSize);
  return {
    parameters,
    state: { optimiser: optimiser ?? { parameters, velocity: parameters }, steps: steps + taken, schedule },
  };
}
