/** Times of repeated runs and what is said about them. All in milliseconds. */

/** The middle value. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The shortest of `rounds` runs of at least 20 ms each, for work that only gets disturbed; time of one call. */
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
