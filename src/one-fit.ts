/**
 * One fit of a model at a time: a second is refused while the first runs. After an abort the next fit may be asked for
 * at once; it begins when the aborted one has ended, since both write to the model.
 */
import { anyOf, untilAborted } from "./backends/waiting.ts";
import { StateError } from "./errors.ts";
import type { FitCallOptions } from "./fit-options.ts";

/** A fit that has not ended. */
interface Running {
  readonly signal: AbortSignal;
  readonly ended: Promise<void>;
  /** To be aborted when another fit waits for this one. */
  readonly awaited: AbortController;
}

/** The fits of one model. */
export class OneFit {
  readonly #closed: AbortSignal;
  readonly #running = new Set<Running>();

  /** @param closed aborted when the model is disposed of */
  constructor(closed: AbortSignal) {
    this.#closed = closed;
  }

  /** @throws StateError after the model's end, or while a fit runs, whose result would overwrite a change made now */
  assertNone(): void {
    this.#closed.throwIfAborted();
    if (this.#running.size > 0)
      throw new StateError("fit", "a fit is running; await it, or abort it and await its end");
  }

  /**
   * Runs `work` once all fits that were aborted have ended.
   *
   * @param work gets the signal that aborts it, and options whose callbacks are awaited until the next fit waits for the
   *             end of this one: the user may be waiting for that fit
   * @throws StateError after the model's end, or while a fit runs that was not aborted; the reason of `options.signal`
   */
  async run<T>(
    options: FitCallOptions,
    work: (fitOptions: FitCallOptions, signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    this.#closed.throwIfAborted();
    const signal = options.signal ? anyOf([this.#closed, options.signal]) : this.#closed;
    const before = [...this.#running];
    if (before.some((fit) => !fit.signal.aborted))
      throw new StateError("fit", "a fit is running; await it or abort it first");
    let end = () => {};
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    const fit: Running = { signal, ended, awaited: new AbortController() };
    this.#running.add(fit);
    try {
      for (const earlier of before) earlier.awaited.abort(earlier.signal.reason);
      await untilAborted(Promise.all(before.map((earlier) => earlier.ended)), signal);
      return await work(endedBy(fit.awaited.signal, options), signal);
    } finally {
      this.#running.delete(fit);
      end();
    }
  }
}

/** Returns the options with callbacks that are awaited only until `end` is aborted. */
function endedBy(end: AbortSignal, options: FitCallOptions): FitCallOptions {
  const { onEpoch, onIteration, onFold } = options;
  const until = (called: void | Promise<void>) => untilAborted(Promise.resolve(called), end);
  return {
    ...options,
    ...(onEpoch && { onEpoch: (record) => until(onEpoch.call(options, record)) }),
    ...(onFold && { onFold: (record) => until(onFold.call(options, record)) }),
    ...(onIteration && { onIteration: (record) => until(onIteration.call(options, record)) }),
  };
}
