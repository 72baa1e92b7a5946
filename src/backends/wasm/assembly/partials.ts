/** Partial gradients, one behind the other. */

/** The sum of four elements over `splits` partials `bytes` apart, in order; they are cleared for the next batch. */
export function takeSum(partial: usize, splits: u32, bytes: usize): v128 {
  let g = f32x4.splat(0);
  // Counted, not compared: the address behind the last partial may be 2^32, which is 0.
  for (let s: u32 = 0; s < splits; s++) {
    g = f32x4.add(g, v128.load(partial));
    v128.store(partial, f32x4.splat(0));
    partial += bytes;
  }
  return g;
}
