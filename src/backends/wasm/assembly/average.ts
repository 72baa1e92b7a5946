/** The running mean of the parameters: W̄ ← W̄ + (W − W̄) / n. */

/** @param mean, weights `bytes` of f32 each, a multiple of 16; with `n` = 1 the mean becomes the weights, bit by bit */
export function average(mean: usize, weights: usize, bytes: usize, n: f32): void {
  if (n == 1) {
    memory.copy(mean, weights, bytes);
    return;
  }
  const count = f32x4.splat(n);
  for (let at: usize = 0; at < bytes; at += 16) {
    const old = v128.load(mean + at);
    const difference = f32x4.sub(v128.load(weights + at), old);
    v128.store(mean + at, f32x4.add(old, f32x4.div(difference, count)));
  }
}
