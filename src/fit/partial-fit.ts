/** One pass of SGD or AdamW over a batch of rows, going on from all batches before. */
import { type Parameters, zeros } from "../parameters.ts";
import { constant, type LearningRateSchedule } from "../solvers/schedules.ts";
import { sgd } from "../solvers/sgd.ts";
import { onDevice, prepareFit } from "./fit.ts";
import type { ModelState } from "./model-state.ts";
import { type FitProblem, type FitRequest, fittedModel } from "./prepare.ts";
import type { PartialProgress } from "./resume.ts";
import type { FitSession } from "./session.ts";
import { autoRateOf, sgdOptionsOf } from "./with-sgd.ts";

/** Trains the model in `state` on a batch. @throws as fit; a batch that fails leaves the model as it was */
export async function partialFit(state: ModelState, request: FitRequest): Promise<void> {
  const fitOptions = { ...request.fitOptions, warmStart: state.isFitted };
  const problem = await prepareFit(state, { ...request, fitOptions }, true);
  const { parameters, progress } = await onDevice(request.backend, problem, (session) =>
    takeSteps(session, state.partial),
  );
  state.replace(fittedModel(problem, parameters), progress);
}

/**
 * Takes the steps of one batch. The number of steps to come is unknown, so schedules see an endless fit: one that falls
 * over its length stays at its first rate.
 */
async function takeSteps(
  { problem, trainer, data, shape }: FitSession,
  earlier: PartialProgress | null,
): Promise<{ parameters: Parameters; progress: PartialProgress }> {
  const { options, fitOptions, signal, rows } = problem;
  const start = problem.start ?? zeros(shape);
  // A loaded model may be given another solver, to which this optimiser's memory is of no use.
  const isAdamw = earlier?.state.optimiser.secondMoment !== undefined;
  const before = isAdamw === (options.solver === "adamw") ? earlier : null;
  const rate =
    options.learningRate === "auto"
      ? (before?.state.rate ?? (await autoRateOf(problem, meanWeightOf(problem))))
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
      countedRows: rows.countedRows,
      firstStep: steps,
      meanWeight: 1 / rows.weightUnit,
    },
    {
      signal,
      isWatched: false,
      onRows: (visited) =>
        fitOptions.onProgress?.({ phase: "training", rows: visited, totalRows: rows.matrix.rows }),
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
  learningRate: FitProblem["options"]["learningRate"],
  rate: number | null,
): LearningRateSchedule {
  if (typeof learningRate === "function") return learningRate;
  return constant(rate ?? Number(learningRate));
}
