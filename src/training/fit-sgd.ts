/** A fit by SGD or AdamW: rates by rule, schedule or number, then epoch after epoch. */
import { maxSquaredNorm, rowReader } from "../data/row-reader.ts";
import type { EpochRecord } from "../fit-options.ts";
import type { ResolvedOptions } from "../options.ts";
import { autoLearningRate } from "../solvers/auto-learning-rate.ts";
import { constant, type LearningRateSchedule, linearDecay } from "../solvers/schedules.ts";
import { type SgdOptions, sgd } from "../solvers/sgd.ts";
import type { Outcome, Run, SgdProgress } from "./run.ts";

/** What `learningRate: "auto"` means for AdamW, whose steps are as long as its rate: falling to 0. */
const ADAMW_RATE = 0.01;

/** Runs SGD or AdamW from the trainer's parameters, or on from where it was interrupted. */
export async function fitSgd(run: Run, resumed: SgdProgress | null): Promise<Outcome> {
  const { options, hooks, trainer, data, validation, rows } = run;
  const schedule = await scheduleOf(run);
  const epochs: EpochRecord[] = [...(resumed?.epochs ?? [])];
  const solver = options.solver === "adamw" ? "adamw" : "sgd";
  const { conditions, devices } = run;
  let state = resumed?.state;
  const stopReason = await sgd(
    trainer,
    data,
    { ...sgdOptionsOf(options), schedule, countedRows: rows.countedRows },
    {
      signal: run.signal,
      validation: validation?.data,
      isWatched: hooks.onEpoch !== undefined,
      onRows: (visited) =>
        hooks.onProgress?.({
          phase: "training",
          rows: visited,
          totalRows: rows.matrix.rows * options.epochs,
        }),
      onParameters: run.keep,
      onState: (latest) => {
        state = latest;
      },
      onEpoch: async ({ validation: seen, ...summary }) => {
        epochs.push({ ...summary, ...(seen && { validation: run.summarise(seen) }) });
        if (state?.epoch === summary.epoch)
          run.keepProgress({ solver, conditions, devices, state, epochs: [...epochs] });
        await hooks.onEpoch?.(epochs[epochs.length - 1]);
      },
    },
    resumed?.state,
  );
  return { epochs, iterations: [], stopReason };
}

/** The options of the steps, whatever the rows. */
export function sgdOptionsOf(options: ResolvedOptions): Omit<SgdOptions, "schedule" | "countedRows"> {
  const { beta1, beta2, epsilon } = options;
  return { ...options, adamw: options.solver === "adamw" ? { beta1, beta2, epsilon } : undefined };
}

/** The schedule that an option means for these rows. */
async function scheduleOf(run: Run): Promise<LearningRateSchedule> {
  const { learningRate } = run.options;
  if (typeof learningRate === "function") return learningRate;
  return typeof learningRate === "number" ? constant(learningRate) : linearDecay(await autoRateOf(run));
}

/**
 * Returns the first rate that `"auto"` means for these rows.
 *
 * @param meanWeight mean s if steps divide by B alone. Default: steps divide by B · mean s
 */
export async function autoRateOf(
  {
    options,
    rows,
    standardization,
    maxSquaredNorm: scanned,
    signal,
  }: Pick<Run, "options" | "rows" | "standardization" | "maxSquaredNorm" | "signal">,
  meanWeight = 1,
): Promise<number> {
  if (options.solver === "adamw") return ADAMW_RATE;
  const { matrix: x, weights } = rows;
  const longest =
    weights || standardization
      ? await maxSquaredNorm(x.rows, x.cols, rowReader(x, standardization), weights, signal)
      : scanned;
  const problem = { ...options, x, weights, meanWeight, standardization, maxSquaredNorm: longest };
  return autoLearningRate(problem, signal);
}
