/** Why the largest score is subtracted first: softmax in float32, as a GPU computes it, without and with that. */

/** e^{z_k + c} / Σ e^{z + c}, every result rounded to float32. NaN where the powers overflow. */
export function naiveSoftmax(logits: ArrayLike<number>, shift: number): Float32Array {
  const powers = Float32Array.from(logits, (z) => Math.exp(Math.fround(z + shift)));
  const sum = powers.reduce((a, b) => Math.fround(a + b));
  return powers.map((power) => power / sum);
}

/** The same with m = max (z + c) subtracted: c falls out, and no power is above 1. */
export function stableSoftmax(logits: ArrayLike<number>, shift: number): Float32Array {
  const shifted = Float32Array.from(logits, (z) => z + shift);
  const max = shifted.reduce((a, b) => Math.max(a, b));
  return naiveSoftmax(shifted, -max);
}
