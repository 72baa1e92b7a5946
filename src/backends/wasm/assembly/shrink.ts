/** The proximal step of an L1 penalty: W ← sign(W) max(|W| − threshold, 0). */

/** @param weights `bytes` of f32, a multiple of 16 */
export function shrink(weights: usize, bytes: usize, threshold: f32): void {
  const t = f32x4.splat(threshold);
  const zero = f32x4.splat(0);
  const signBit = i32x4.splat(0x8000_0000);
  for (let at: usize = 0; at < bytes; at += 16) {
    const w = v128.load(weights + at);
    const size = f32x4.max(f32x4.sub(f32x4.abs(w), t), zero);
    v128.store(weights + at, v128.or(size, v128.and(w, signBit)));
  }
}
