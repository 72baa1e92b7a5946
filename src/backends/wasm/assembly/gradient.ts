/**
 * dWeights [K,D] += dLogitsᵀ [K,rows] · X [rows,D] and dBias [K] += Σ dLogits. Two classes by four vectors of
 * features stay in registers while the rows of a block go by; the block's slice of X stays in the first cache
 * for all classes.
 */
import { multiplyAdd } from "./simd";

/**
 * @param rows     addresses of `count` rows, each `vectors` × 16 bytes of f32
 * @param dLogits  `count` rows, `stride` bytes apart
 * @param dWeights `classes` rows (a multiple of 2), each `vectors` × 16 bytes
 */
export function gradient(
  rows: usize,
  count: u32,
  dLogits: usize,
  stride: usize,
  classes: u32,
  vectors: u32,
  dWeights: usize,
): void {
  const length = (vectors as usize) << 4;
  const whole = length & ~63;
  for (let d: usize = 0; d < whole; d += 64) {
    for (let k: u32 = 0; k < classes; k += 2) {
      tileOfFour(
        rows,
        count,
        dLogits + ((k as usize) << 2),
        stride,
        d,
        dWeights + (k as usize) * length + d,
        length,
      );
    }
  }
  for (let d = whole; d < length; d += 16) {
    for (let k: u32 = 0; k < classes; k += 2) {
      tileOfOne(
        rows,
        count,
        dLogits + ((k as usize) << 2),
        stride,
        d,
        dWeights + (k as usize) * length + d,
        length,
      );
    }
  }
}

/** dBias [K] += Σ dLogits, four classes at a time. */
export function biasGradient(count: u32, dLogits: usize, stride: usize, dBias: usize): void {
  for (let k: usize = 0; k < stride; k += 16) {
    let sum = v128.load(dBias + k);
    let t = dLogits + k;
    for (let i: u32 = 0; i < count; i++) {
      sum = f32x4.add(sum, v128.load(t));
      t += stride;
    }
    v128.store(dBias + k, sum);
  }
}

export function tileOfFour(
  rows: usize,
  count: u32,
  t: usize,
  stride: usize,
  d: usize,
  g: usize,
  length: usize,
): void {
  const h = g + length;
  let g0 = v128.load(g);
  let g1 = v128.load(g, 16);
  let g2 = v128.load(g, 32);
  let g3 = v128.load(g, 48);
  let h0 = v128.load(h);
  let h1 = v128.load(h, 16);
  let h2 = v128.load(h, 32);
  let h3 = v128.load(h, 48);
  for (const end = rows + ((count as usize) << 2); rows < end; rows += 4) {
    const x = (load<u32>(rows) as usize) + d;
    const t0 = v128.load32_splat(t);
    const t1 = v128.load32_splat(t, 4);
    let v = v128.load(x);
    g0 = multiplyAdd(v, t0, g0);
    h0 = multiplyAdd(v, t1, h0);
    v = v128.load(x, 16);
    g1 = multiplyAdd(v, t0, g1);
    h1 = multiplyAdd(v, t1, h1);
    v = v128.load(x, 32);
    g2 = multiplyAdd(v, t0, g2);
    h2 = multiplyAdd(v, t1, h2);
    v = v128.load(x, 48);
    g3 = multiplyAdd(v, t0, g3);
    h3 = multiplyAdd(v, t1, h3);
    t += stride;
  }
  v128.store(g, g0);
  v128.store(g, g1, 16);
  v128.store(g, g2, 32);
  v128.store(g, g3, 48);
  v128.store(h, h0);
  v128.store(h, h1, 16);
  v128.store(h, h2, 32);
  v128.store(h, h3, 48);
}

export function tileOfOne(
  rows: usize,
  count: u32,
  t: usize,
  stride: usize,
  d: usize,
  g: usize,
  length: usize,
): void {
  let g0 = v128.load(g);
  let h0 = v128.load(g + length);
  for (const end = rows + ((count as usize) << 2); rows < end; rows += 4) {
    const v = v128.load((load<u32>(rows) as usize) + d);
    g0 = multiplyAdd(v, v128.load32_splat(t), g0);
    h0 = multiplyAdd(v, v128.load32_splat(t, 4), h0);
    t += stride;
  }
  v128.store(g, g0);
  v128.store(g + length, h0);
}
