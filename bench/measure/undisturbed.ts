/** Repeats a measurement that was disturbed, for example because the page went into the background. */
import type { Attention } from "../plan.ts";

/** The attention of a place without disturbances, such as Node or headless Chrome. */
export const UNDISTURBED: Attention = { disturbances: 0, ready: async () => {} };

/**
 * Waits until nothing disturbs, does `work`, and repeats both until one run was not disturbed; returns the result of that
 * run. Rejects with the signal's reason after an abort.
 */
export async function undisturbed<T>(
  work: () => Promise<T>,
  attention: Attention,
  signal: AbortSignal | undefined,
): Promise<T> {
  for (;;) {
    await attention.ready(signal);
    signal?.throwIfAborted();
    const before = attention.disturbances;
    const result = await work();
    if (attention.disturbances === before) return result;
  }
}
