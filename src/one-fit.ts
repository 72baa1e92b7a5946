/**
 * One fit of a model at a time: a second is refused while the first runs. After an abort the next fit may be asked for
 * at once; it begins when the aborted one has ended, since both write to the model.
 */
import { untilAborted } from "./backends/waiting.ts";
import { StateError } from "./errors.ts";
import type { FitOptions } from "./fit-options.ts";

/** A fit that has not ended. */
interface Running {
  readonly signal: AbortSignal;
  readonly ended: Promise<void>;
  /** To be aborted when another fit waits for this one. */
  readonly awaited: AbortController;
}

/** The fits of one model. */
export class OneFit {
  readonly #running = new Set<Running>();

  /** @throws StateError while a fit runs, whose result would overwrite the change */
  assertNone(): void {
    if (this.#running.size > 0)
      throw new StateError("fit", "a fit is running; await it, or abort it and await its end");
  }

  /**
   * Runs `work` once all fits that were aborted have ended. `work` is told by a signal that the next fit waits for its
   * own end, so that it does not go on waiting for the user, who may be waiting for that fit.
   *
   * @param signal what aborts this fit, while it waits and after that
   * @throws StateError while a fit runs that was not aborted; the signal's reason
   */
  async run<T>(signal: AbortSignal, work: (awaited: AbortSignal) => Promise<T>): Promise<T> {
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
      return await work(fit.awaited.signal);
    } finally {
      this.#running.delete(fit);
      end();
    }
  }
}

/** Returns the options with callbacks that are awaited only until `end` is aborted. */
export function endedBy(end: AbortSignal, options: FitOptions): FitOptions {
  const { onEpoch, onIteration } = options;
  const until = (called: void | Promise<void>) => untilAborted(Promise.resolve(called), end);
  return {
    ...options,
    ...(onEpoch && { onEpoch: (record) => until(onEpoch.call(options, record)) }),
    ...(onIteration && { onIteration: (record) => until(onIteration.call(options, record)) }),
  };
}
