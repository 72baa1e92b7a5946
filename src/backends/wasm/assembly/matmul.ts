/**
 * Z [rows,K] = X [rows,D] · Wᵀ + b, four rows by two classes at a time: eight sums of four lanes stay in
 * registers (sixteen are there, and a compiler needs some for itself), and each of six loads is used at least
 * twice. Rows come by address, so that a shuffled batch need not be copied together.
 */
import { multiplyAdd, sumOf } from "./simd";

/** Bytes of W that are used for all rows of a block before the next: what stays in a first-level cache beside X. */
const PANEL_BYTES: usize = 16384;

/**
 * @param rows    addresses of `count` rows (a multiple of 4), each `vectors` × 16 bytes of f32
 * @param weights `classes` rows (a multiple of 2), each `vectors` × 16 bytes
 * @param bias    `classes` f32
 * @param logits  `count` rows, `stride` bytes apart
 */
export function matmul(
  rows: usize,
  count: u32,
  weights: usize,
  bias: usize,
  classes: u32,
  vectors: u32,
  logits: usize,
  stride: usize,
): void {
  const length = (vectors as usize) << 4;
  const panel = max<u32>(2, u32(PANEL_BYTES / length) & ~1);
  for (let k: u32 = 0; k < classes; k += panel) {
    const offset = (k as usize) << 2;
    const width = min(panel, classes - k);
    matmulPanel(
      rows,
      count,
      weights + (k as usize) * length,
      bias + offset,
      width,
      length,
      logits + offset,
      stride,
    );
  }
}

function matmulPanel(
  rows: usize,
  count: u32,
  weights: usize,
  bias: usize,
  classes: u32,
  length: usize,
  logits: usize,
  stride: usize,
): void {
  for (let i: u32 = 0; i < count; i += 4) {
    const x0 = load<u32>(rows) as usize;
    const x1 = load<u32>(rows, 4) as usize;
    const x2 = load<u32>(rows, 8) as usize;
    const x3 = load<u32>(rows, 12) as usize;
    let w = weights;
    let z = logits;
    for (let k: u32 = 0; k < classes; k += 2) {
      let z00 = f32x4.splat(0);
      let z01 = f32x4.splat(0);
      let z10 = f32x4.splat(0);
      let z11 = f32x4.splat(0);
      let z20 = f32x4.splat(0);
      let z21 = f32x4.splat(0);
      let z30 = f32x4.splat(0);
      let z31 = f32x4.splat(0);
      for (let d: usize = 0; d < length; d += 16) {
        const w0 = v128.load(w + d);
        const w1 = v128.load(w + length + d);
        let x = v128.load(x0 + d);
        z00 = multiplyAdd(x, w0, z00);
        z01 = multiplyAdd(x, w1, z01);
        x = v128.load(x1 + d);
        z10 = multiplyAdd(x, w0, z10);
        z11 = multiplyAdd(x, w1, z11);
        x = v128.load(x2 + d);
        z20 = multiplyAdd(x, w0, z20);
        z21 = multiplyAdd(x, w1, z21);
        x = v128.load(x3 + d);
        z30 = multiplyAdd(x, w0, z30);
        z31 = multiplyAdd(x, w1, z31);
      }
      const b0 = load<f32>(bias + (k << 2));
      const b1 = load<f32>(bias + (k << 2), 4);
      store<f32>(z, sumOf(z00) + b0);
      store<f32>(z, sumOf(z01) + b1, 4);
      store<f32>(z + stride, sumOf(z10) + b0);
      store<f32>(z + stride, sumOf(z11) + b1, 4);
      store<f32>(z + 2 * stride, sumOf(z20) + b0);
      store<f32>(z + 2 * stride, sumOf(z21) + b1, 4);
      store<f32>(z + 3 * stride, sumOf(z30) + b0);
      store<f32>(z + 3 * stride, sumOf(z31) + b1, 4);
      w += 2 * length;
      z += 8;
    }
    rows += 16;
    logits += 4 * stride;
  }
}
