/**
 * What is said about repeated measurements: the middle one and the span. Plain numbers, no clock but in
 * bestOf.
 */
import type { Spread } from "../record.ts";

/** The middle value; of an even number of values, the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Median and span of at least one value. */
export function spreadOf(values: readonly number[]): Spread {
  return {
    median: median(values),
    min: Math.min(...values),
    max: Math.max(...values),
    count: values.length,
  };
}

/**
 * The shortest of `rounds` runs of at least 20 ms each, for work that only gets disturbed; ms of one call.
 */
export function bestOf(rounds: number, work: () => void): number {
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

/** `amount` of work over times in ms, in billions a second: GFLOP/s of operations, GB/s of bytes. */
export function rateOf(amount: number, time: Spread): Spread {
  const rate = (ms: number) => amount / ms / 1e6;
  return { median: rate(time.median), min: rate(time.max), max: rate(time.min), count: time.count };
}
