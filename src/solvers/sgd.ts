/**
 * Stochastic gradient descent: which rows each step visits and at what rate, epoch after epoch. The steps
 * themselves run on the backend, a whole epoch or several at once.
 */
import type { Dataset, Evaluation, Trainer } from "../backends/backend.ts";
import { createRandom, shuffle } from "../data/random.ts";
import { DivergenceError, OptionError } from "../errors.ts";
import { areFinite, type Parameters } from "../objective.ts";
import type { LearningRateSchedule } from "./schedules.ts";

/** Rows that are worth a round trip to the device; shorter epochs go together when nobody watches them. */
const ROWS_PER_CALL = 2 ** 16;

/** What SGD is asked to do. */
export interface SgdOptions {
  readonly epochs: number;
  readonly batchSize: number;
  readonly schedule: LearningRateSchedule;
  readonly momentum: number;
  readonly nesterov: boolean;
  readonly l2: number;
  /** Fixes the order of rows. */
  readonly seed: number;
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

/** How a caller follows SGD. */
export interface SgdHooks {
  readonly validation?: Dataset | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Finite parameters, read back after an epoch and before its summary is reported. */
  readonly onParameters: (parameters: Parameters) => void;
  /** Whether each epoch is to be reported as soon as it ends. */
  readonly isWatched: boolean;
  readonly onEpoch: (summary: EpochSummary) => void | Promise<void>;
  /** Rows visited so far, of epochs × N. */
  readonly onRows?: ((rows: number) => void) | undefined;
}

/**
 * Runs SGD from the trainer's parameters.
 *
 * @throws DivergenceError when losses or parameters are no longer finite; `onParameters` saw the last that were
 * @throws OptionError     a schedule that gives a rate that is no finite number ≥ 0
 */
export async function sgd(
  trainer: Trainer,
  data: Dataset,
  options: SgdOptions,
  hooks: SgdHooks,
): Promise<void> {
  const { epochs, batchSize } = options;
  const random = createRandom(options.seed);
  const order = Uint32Array.from({ length: data.rows }, (_, i) => i);
  const stepsPerEpoch = Math.ceil(data.rows / batchSize);
  const epochsPerCall =
    hooks.isWatched || hooks.validation ? 1 : Math.max(1, Math.floor(ROWS_PER_CALL / data.rows));

  for (let first = 0; first < epochs; first += epochsPerCall) {
    const count = Math.min(epochsPerCall, epochs - first);
    const orders = Array.from({ length: count }, () => {
      shuffle(order, random);
      return order.slice();
    });
    const learningRates = ratesOf(
      options.schedule,
      first * stepsPerEpoch,
      count * stepsPerEpoch,
      epochs * stepsPerEpoch,
    );
    const result = await trainer.sgd(
      data,
      { ...options, epochs: orders, learningRates, plannedRows: epochs * data.rows },
      { signal: hooks.signal, onRows: (rows) => hooks.onRows?.(first * data.rows + rows) },
    );
    const parameters = await trainer.read();
    assertFinite(result.losses, parameters, first * stepsPerEpoch, learningRates);
    hooks.onParameters(parameters);

    for (let e = 0; e < count; e++) {
      const [begin, end] = [e * stepsPerEpoch, (e + 1) * stepsPerEpoch];
      const evaluation =
        hooks.validation && (await trainer.evaluate(hooks.validation, { signal: hooks.signal }));
      await hooks.onEpoch({
        epoch: first + e + 1,
        loss: meanOf(result.losses.subarray(begin, end), result.weights.subarray(begin, end)),
        accuracy: result.correct.subarray(begin, end).reduce((a, b) => a + b, 0) / data.rows,
        learningRate: learningRates[end - 1],
        ...(evaluation && { validation: evaluation }),
      });
      hooks.signal?.throwIfAborted();
    }
  }
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
  const where = bad < 0 ? `by step ${firstStep + losses.length}` : `at step ${firstStep + bad + 1}`;
  throw new DivergenceError(
    "learningRate",
    `training left the finite numbers ${where}, at a rate of ${rates[Math.max(0, bad)]}; use a lower one, or "auto"`,
  );
}

/** The mean over rows of batches' means. */
function meanOf(losses: Float64Array, weights: Float64Array): number {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return losses.reduce((sum, loss, t) => sum + loss * weights[t], 0) / total;
}
