/** Measures again what was disturbed. */
import type { Attention } from "../plan.ts";

/** Nothing disturbs, as in Node and in a page that nobody looks at. */
export const UNDISTURBED: Attention = { disturbances: 0, ready: async () => {} };

/**
 * Does `work` when nothing disturbs, again until it was not disturbed meanwhile, and returns that result. Rejects with
 * the signal's reason after an abort.
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
