/** A fake clock for work with a time limit, as fast as a test likes. Only timers are faked. */
import { vi } from "vitest";

/** Step of the clock, ms. */
const STEP = 250;

/** Turns of the event loop between two steps, for the engine's own work. */
const TURNS = 50;

/** Longest time that work may wait, ms: more is a hang. */
const MOST = 120_000;

/** The result of some work, and its time. */
export interface Timed<T> {
  readonly outcome: PromiseSettledResult<T>;
  /** ms. */
  readonly time: number;
}

/** Starts work and moves the clock until it has settled; other events run in between. */
export async function inFakeTime<T>(begin: () => Promise<T>): Promise<Timed<T>> {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  try {
    let outcome: PromiseSettledResult<T> | undefined;
    void Promise.allSettled([begin()]).then(([settled]) => {
      outcome = settled;
    });
    for (let time = 0; time <= MOST; time += STEP) {
      for (let turn = 0; turn < TURNS && !outcome; turn++) await turnEventLoop();
      if (outcome) return { outcome, time };
      await vi.advanceTimersByTimeAsync(STEP);
    }
    throw new Error(`nothing came within ${MOST / 1000} seconds`);
  } finally {
    vi.useRealTimers();
  }
}

function turnEventLoop(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
