/** One pass of SGD or AdamW over a batch of rows that came in, on from all that came before. */
import type { Parameters } from "../objective.ts";
import { constant, type LearningRateSchedule } from "../solvers/schedules.ts";
import { sgd } from "../solvers/sgd.ts";
import type { FitProblem, FitTask, Session } from "./fit.ts";
import { autoRateOf, sgdOptionsOf } from "./fit-sgd.ts";
import type { PartialProgress } from "./run.ts";

/**
 * Takes the steps. Nobody knows how many are to come, so schedules see an endless fit: those that fall over its length
 * stay where they begin.
 */
export async function takePartialSteps(
  session: Session,
  problem: FitProblem,
  task: FitTask,
  earlier: PartialProgress | null,
): Promise<{ parameters: Parameters; progress: PartialProgress }> {
  const { options, signal, hooks } = task;
  const { trainer, data, start } = session;
  // What another solver remembers (a loaded model may be given one) is of no use.
  const isAdamw = earlier?.state.optimiser.secondMoment !== undefined;
  const before = isAdamw === (options.solver === "adamw") ? earlier : null;
  const rate =
    options.learningRate === "auto"
      ? (before?.state.rate ?? (await autoRateOf({ ...problem, ...task }, meanWeightOf(problem))))
      : null;
  const schedule = scheduleOf(options.learningRate, rate);
  const steps = before?.state.steps ?? 0;
  if (before) trainer.writeState(before.state.optimiser);
  else trainer.write(start);
  let parameters = start;
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
      meanWeight: 1 / problem.rows.weightUnit,
    },
    {
      signal,
      isWatched: false,
      onRows: (rows) => hooks.onProgress?.({ phase: "training", rows, totalRows: problem.rows.matrix.rows }),
      onParameters: (latest) => {
        parameters = latest;
      },
      onState: () => {},
      onEpoch: () => {},
    },
  );
  const taken = Math.ceil(data.rows / options.batchSize);
  const optimiser = await trainer.readState();
  return { parameters, progress: { solver: "partial", state: { optimiser, steps: steps + taken, rate } } };
}

/** Returns the mean of the weights as they were given. */
function meanWeightOf({ rows: { weights, weightUnit } }: FitProblem): number {
  if (!weights) return 1;
  let sum = 0;
  for (let i = 0; i < weights.length; i++) sum += weights[i];
  return (sum / weights.length) * weightUnit;
}

function scheduleOf(
  learningRate: FitTask["options"]["learningRate"],
  rate: number | null,
): LearningRateSchedule {
  if (typeof learningRate === "function") return learningRate;
  return constant(rate ?? Number(learningRate));
}
