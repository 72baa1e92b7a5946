/**
 * Second moments of weighted rows, M [n,n] += X̃ᵀ diag(w) X̃: the gradient kernel's tiles over diag(w) X̃ in the place of
 * dLogits, of the lower triangle only.
 */
import { tileOfFour, tileOfOne } from "./gradient";

/**
 * Adds the moments of `count` rows of `vectors` × 16 bytes to M, of as many columns, row after row. Tiles that the
 * diagonal cuts are whole, so that a few elements above it are written too.
 *
 * @param rows      addresses of the rows
 * @param weights   `count` f32
 * @param weighted  scratch for diag(w) X̃, as large as the rows
 * @param n         rows of M that are wanted, a multiple of 4
 */
export function moments(
  rows: usize,
  count: u32,
  weights: usize,
  vectors: u32,
  weighted: usize,
  n: u32,
  m: usize,
): void {
  const length = (vectors as usize) << 4;
  let to = weighted;
  for (let i: usize = 0; i < (count as usize) << 2; i += 4) {
    const from = load<u32>(rows + i) as usize;
    const w = v128.load32_splat(weights + i);
    for (let d: usize = 0; d < length; d += 16) v128.store(to + d, f32x4.mul(w, v128.load(from + d)));
    to += length;
  }
  for (let k: usize = 0; k < n; k += 2) {
    const t = weighted + (k << 2);
    const row = m + k * length;
    const end = min(length, ((k << 2) | 15) + 1);
    const whole = end & ~63;
    for (let d: usize = 0; d < whole; d += 64) tileOfFour(rows, count, t, length, d, row + d, length);
    for (let d = whole; d < end; d += 16) tileOfOne(rows, count, t, length, d, row + d, length);
  }
}
