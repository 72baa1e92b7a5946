/**
 * Stochastic gradient descent, by momentum or AdamW: which rows each step visits and at what rate, epoch after epoch.
 * The steps themselves run on the backend, a whole epoch or several at once.
 */
import type { AdamwSettings, Dataset, Evaluation, OptimiserState, Trainer } from "../backends/backend.ts";
import { epochOrder } from "../data/random.ts";
import { DivergenceError, OptionError } from "../errors.ts";
import { areFinite, type Parameters } from "../parameters.ts";
import type { LearningRateSchedule } from "./schedules.ts";

/** Rows that are worth a round trip to the device; shorter epochs go together if they are not reported one by one. */
const ROWS_PER_CALL = 2 ** 16;

/** How long to wait for a better epoch. */
export interface EarlyStopping {
  /** Epochs without improvement after which training stops, ≥ 0. Default 5. */
  readonly patience?: number;
  /** Least fall of the validation loss that counts as improvement, ≥ 0. Default 0. */
  readonly minDelta?: number;
}

/** The best epoch so far. */
export interface BestEpoch {
  readonly epoch: number;
  readonly loss: number;
  readonly parameters: Parameters;
}

/** What SGD is asked to do. */
export interface SgdOptions {
  readonly epochs: number;
  readonly batchSize: number;
  readonly schedule: LearningRateSchedule;
  readonly momentum: number;
  readonly nesterov: boolean;
  readonly l2: number;
  readonly l1: number;
  /** AdamW instead of SGD. */
  readonly adamw?: AdamwSettings | undefined;
  /** Share of the steps, at their end, over which parameters are averaged. */
  readonly averaging: number;
  readonly earlyStopping?: EarlyStopping | undefined;
  /** Fixes the order of rows. */
  readonly seed: number;
  /** Rows that are not left out by a weight of 0. */
  readonly countedRows: number;
  /** Steps taken before the first epoch. Default 0. */
  readonly firstStep?: number;
  /** Mean weight of a row. Default: that of the data set's rows. */
  readonly meanWeight?: number;
}

/** What an epoch saw while it went: means over its batches, each before the step it caused. */
export interface EpochSummary {
  /** Counted from 1. */
  readonly epoch: number;
  /** Mean cross-entropy. */
  readonly loss: number;
  /** Share of rows predicted right. */
  readonly accuracy: number;
  /** η of the epoch's last step. */
  readonly learningRate: number;
  /** Of the validation rows, after the epoch. */
  readonly validation?: Evaluation;
}

/** State after an epoch. Resumed from it, SGD gives the same bits. */
export interface SgdState {
  readonly epoch: number;
  readonly optimiser: OptimiserState;
  /** The best epoch, if early stopping is asked for. */
  readonly best: BestEpoch | null;
}

/** How a caller follows SGD. */
export interface SgdHooks {
  readonly validation?: Dataset | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called with finite parameters: after each call of the trainer, before its epochs are reported, and at the end. */
  readonly onParameters: (parameters: Parameters) => void;
  /** Whether each epoch is reported as soon as it ends. */
  readonly isWatched: boolean;
  readonly onEpoch: (summary: EpochSummary) => void | Promise<void>;
  /** Called after the last epoch of each call of the trainer, just before onEpoch gets that epoch. */
  readonly onState: (state: SgdState) => void;
  /** Rows visited so far, of epochs × N. */
  readonly onRows?: ((rows: number) => void) | undefined;
}

/**
 * Runs SGD from the trainer's parameters, or on from a state.
 *
 * @returns `"early"` if the validation loss no longer fell
 * @throws DivergenceError when losses or parameters are no longer finite; `onParameters` saw the last that were
 * @throws OptionError     a schedule that gives a rate that is no finite number ≥ 0
 */
export async function sgd(
  trainer: Trainer,
  data: Dataset,
  options: SgdOptions,
  hooks: SgdHooks,
  resumed: SgdState | null = null,
): Promise<"epochs" | "early"> {
  const { epochs, batchSize, earlyStopping } = options;
  const stepsPerEpoch = Math.ceil(data.rows / batchSize);
  const totalSteps = epochs * stepsPerEpoch;
  const averageFrom = options.averaging > 0 ? Math.floor((1 - options.averaging) * totalSteps) : undefined;
  const epochsPerCall =
    hooks.isWatched || hooks.validation ? 1 : Math.max(1, Math.floor(ROWS_PER_CALL / data.rows));
  let best = resumed?.best ?? null;
  if (resumed) {
    trainer.writeState(resumed.optimiser);
    // The interruption may have come between the last epoch and the decision to stop.
    if (best && earlyStopping && isOver(best, resumed.epoch, earlyStopping)) {
      hooks.onParameters(best.parameters);
      return "early";
    }
  }

  for (let first = resumed?.epoch ?? 0; first < epochs; first += epochsPerCall) {
    const count = Math.min(epochsPerCall, epochs - first);
    const firstStep = first * stepsPerEpoch;
    const learningRates = ratesOf(options.schedule, firstStep, count * stepsPerEpoch, totalSteps);
    const result = await trainer.sgd(
      data,
      {
        epochs: await ordersOf(data.rows, options.seed, first, count, hooks.signal),
        batchSize,
        learningRates,
        momentum: options.momentum,
        nesterov: options.nesterov,
        l2: options.l2,
        // With momentum the effective step is η/(1 − μ), so the L1 threshold is scaled alike.
        l1: options.l1 / (1 - options.momentum),
        firstStep: (options.firstStep ?? 0) + firstStep,
        plannedRows: epochs * data.rows,
        ...(options.meanWeight !== undefined && { meanWeight: options.meanWeight }),
        ...(options.adamw && { adamw: options.adamw }),
        ...(averageFrom !== undefined && { averageFrom }),
      },
      { signal: hooks.signal, onRows: (rows) => hooks.onRows?.(first * data.rows + rows) },
    );
    const optimiser = await trainer.readState();
    assertFinite(result.losses, optimiser.parameters, firstStep, learningRates);
    const parameters = optimiser.average ?? optimiser.parameters;
    hooks.onParameters(parameters);

    for (let e = 0; e < count; e++) {
      const [begin, end] = [e * stepsPerEpoch, (e + 1) * stepsPerEpoch];
      const epoch = first + e + 1;
      const evaluation = hooks.validation && (await evaluate(trainer, hooks.validation, optimiser, hooks));
      if (evaluation && earlyStopping)
        best = betterOf(best, { epoch, loss: evaluation.loss, parameters }, earlyStopping);
      if (e === count - 1) hooks.onState({ epoch, optimiser, best });
      await hooks.onEpoch({
        epoch,
        loss: meanOf(result.losses.subarray(begin, end), result.weights.subarray(begin, end)),
        accuracy: result.correct.subarray(begin, end).reduce((a, b) => a + b, 0) / options.countedRows,
        learningRate: learningRates[end - 1],
        ...(evaluation && { validation: evaluation }),
      });
      hooks.signal?.throwIfAborted();
      if (best && earlyStopping && isOver(best, epoch, earlyStopping)) {
        hooks.onParameters(best.parameters);
        return "early";
      }
    }
  }
  if (best) hooks.onParameters(best.parameters);
  return "epochs";
}

/** Evaluates the parameters that are reported, the average if there is one, and restores those of the steps. */
async function evaluate(
  trainer: Trainer,
  data: Dataset,
  optimiser: OptimiserState,
  { signal }: SgdHooks,
): Promise<Evaluation> {
  if (!optimiser.average) return trainer.evaluate(data, { signal });
  trainer.write(optimiser.average);
  try {
    return await trainer.evaluate(data, { signal });
  } finally {
    trainer.writeState(optimiser);
  }
}

/** Returns the orders of `count` epochs from `first` on. */
async function ordersOf(
  rows: number,
  seed: number,
  first: number,
  count: number,
  signal: AbortSignal | undefined,
): Promise<Uint32Array[]> {
  const orders: Uint32Array[] = [];
  for (let epoch = first; epoch < first + count; epoch++)
    orders.push(await epochOrder(rows, seed, epoch, signal));
  return orders;
}

function ratesOf(schedule: LearningRateSchedule, first: number, count: number, total: number): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => {
    const rate = schedule(first + i, total);
    if (!(Number.isFinite(rate) && rate >= 0)) {
      throw new OptionError(
        "learningRate",
        `expected rates that are finite and ≥ 0, step ${first + i} of ${total} gave ${rate}`,
      );
    }
    return rate;
  });
}

function assertFinite(
  losses: Float64Array,
  parameters: Parameters,
  firstStep: number,
  rates: Float64Array,
): void {
  const bad = losses.findIndex((loss) => !Number.isFinite(loss));
  if (bad < 0 && areFinite(parameters)) return;
  const when = bad < 0 ? `by step ${firstStep + losses.length}` : `at step ${firstStep + bad + 1}`;
  throw new DivergenceError(
    "learningRate",
    `training diverged: loss or weights became NaN or infinite ${when}, at a rate of ${rates[Math.max(0, bad)]}; use a lower one, or "auto"`,
  );
}

/** The mean over rows of batches' means. */
function meanOf(losses: Float64Array, weights: Float64Array): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return losses.reduce((sum, loss, t) => sum + loss * weights[t], 0) / total;
}

/** Returns the better of the best epoch so far and this one. A loss that is NaN or infinite is never the best. */
function betterOf(
  best: BestEpoch | null,
  latest: BestEpoch,
  { minDelta = 0 }: EarlyStopping,
): BestEpoch | null {
  if (!Number.isFinite(latest.loss)) return best;
  return best && !(latest.loss < best.loss - minDelta) ? best : latest;
}

/** Returns whether training stops: `epoch` is `patience` epochs after the best one. */
function isOver(best: BestEpoch, epoch: number, { patience = 5 }: EarlyStopping): boolean {
  return epoch - best.epoch > 0 && epoch - best.epoch >= patience;
}
