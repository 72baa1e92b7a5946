/**
 * Waiting that ends although what is waited for may never come: at an abort, after a time, or in turn. Whatever was
 * waited for goes on; whoever stops waiting says what becomes of a late result.
 */

/** Parts of a time limit. A page whose thread is blocked for longer than the limit uses up only one of them. */
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

/** Aborts as soon as one of `signals` is: `AbortSignal.any`, which engines from before 2024 do not have. */
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

/** Lets a number of callers work at once; the others wait, first come, first served. */
export class Turns {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(atOnce: number) {
    this.#free = atOnce;
  }

  /** Runs `work` when it is its turn. What waits for another turn inside of it may wait for ever. */
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
