/** Medians, spans, rates and best values of repeated measurements. */
import type { Spread } from "../record.ts";

/** Returns the middle value; of an even number of values, the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Returns median and span of at least one value. */
export function spreadOf(values: readonly number[]): Spread {
  return {
    median: median(values),
    min: Math.min(...values),
    max: Math.max(...values),
    count: values.length,
  };
}

/**
 * Times `work` in `rounds` runs of at least 20 ms each and returns the ms of one call in the shortest: disturbances
 * only lengthen a run.
 */
export function shortestTime(rounds: number, work: () => void): number {
  let best = Infinity;
  let calls = 1;
  for (let round = 0; round < rounds; round++) {
    const started = performance.now();
    for (let i = 0; i < calls; i++) work();
    const elapsed = performance.now() - started;
    if (round > 0) best = Math.min(best, elapsed / calls);
    calls = Math.max(1, Math.ceil((calls * 20) / Math.max(elapsed, 0.05)));
  }
  return best;
}

/** Converts times in ms of an amount of work to billions a second: GFLOP/s of operations, GB/s of bytes. */
export function rateOf(amount: number, time: Spread): Spread {
  const rate = (ms: number) => amount / ms / 1e6;
  return { median: rate(time.median), min: rate(time.max), max: rate(time.min), count: time.count };
}

/** Rounds in which a form is tried. */
const TRIAL_ROUNDS = 2;

/**
 * Tries every form of a kernel in a few rounds, then measures the fastest: which one that is differs by device.
 * `rateOf` measures a form's rate over so many rounds.
 */
export async function bestRate<Form>(
  forms: readonly Form[],
  rateOf: (form: Form, rounds: number) => Promise<Spread>,
  rounds: number,
): Promise<Spread> {
  let best = { form: forms[0], rate: 0 };
  for (const form of forms) {
    const { max: rate } = await rateOf(form, TRIAL_ROUNDS);
    if (rate > best.rate) best = { form, rate };
  }
  return rateOf(best.form, rounds);
}
