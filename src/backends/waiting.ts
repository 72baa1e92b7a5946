/**
 * Waiting with an end: until an abort, for a limited time, or for a turn. The awaited work itself goes on; the caller
 * decides what happens to a late result.
 */

/** Timers per time limit: a page whose thread is blocked for longer than the limit uses up only one of them. */
const PARTS = 10;

/** Settles as `promise` does, or rejects with the signal's reason as soon as there is one. */
export function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
    void promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", stop));
  });
}

/** Whether `promise` settles within `limit` ms. */
export function settlesWithin(promise: Promise<unknown>, limit: number): Promise<boolean> {
  return new Promise((resolve) => {
    let timer: ReturnType<typeof setTimeout>;
    const waitFor = (parts: number) => {
      if (parts === 0) resolve(false);
      else timer = setTimeout(waitFor, limit / PARTS, parts - 1);
    };
    waitFor(PARTS);
    const end = () => {
      clearTimeout(timer);
      resolve(true);
    };
    promise.then(end, end);
  });
}

/** Returns a signal that aborts with the first of `signals`: `AbortSignal.any`, which engines before 2024 lack. */
export function anyOf(signals: readonly AbortSignal[]): AbortSignal {
  if ("any" in AbortSignal) return AbortSignal.any([...signals]);
  const controller = new AbortController();
  const { signal } = controller;
  for (const one of signals) {
    if (one.aborted) controller.abort(one.reason);
    else one.addEventListener("abort", () => controller.abort(one.reason), { once: true, signal });
  }
  return signal;
}

/** Limits the number of callers that work at once; the others wait in order. */
export class Turns {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(atOnce: number) {
    this.#free = atOnce;
  }

  /** Runs `work` in its turn. It must not wait for another turn itself, which might never come. */
  async take<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free++;
    }
  }
}
