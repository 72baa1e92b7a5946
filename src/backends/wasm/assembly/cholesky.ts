/**
 * A = L Lᵀ of a symmetric positive definite matrix in float32, and solutions of L Lᵀ x = v. Rows lie `length` bytes
 * apart, a multiple of 16; their number n is a multiple of 4. Only the lower triangle is read, and L takes its place.
 */
import { multiplyAdd, sumOf } from "./simd";

/** Columns of a panel. */
const PANEL: u32 = 16;

/**
 * Takes one panel of columns, from `first` on; the panels before it are done. Pivots are at least `least`: rounding
 * may take one of a nearly singular matrix below 0.
 */
export function choleskyPanel(a: usize, n: u32, length: usize, first: u32, least: f32): void {
  const end = min(first + PANEL, n);
  subtractKnown(a, n, length, first, end);
  for (let j = first; j < end; j++) {
    const row = a + j * length;
    const pivot = sqrt(max(load<f32>(row + (j << 2)), least));
    store<f32>(row + (j << 2), pivot);
    for (let i = j + 1; i < n; i++) {
      const other = a + i * length;
      const l = load<f32>(other + (j << 2)) / pivot;
      store<f32>(other + (j << 2), l);
      // What this column takes from the rest of the panel.
      const last = min(i + 1, end);
      for (let k = j + 1; k < last; k++) {
        const at = other + (k << 2);
        store<f32>(at, load<f32>(at) - l * load<f32>(a + k * length + (j << 2)));
      }
    }
  }
}

/** A[i, j] −= Σ_{k < first} L[i, k] L[j, k] for all rows i ≥ first of a panel, four rows by two columns at a time. */
function subtractKnown(a: usize, n: u32, length: usize, first: u32, end: u32): void {
  const known = (first as usize) << 2;
  for (let i = first; i < n; i += 4) {
    const x0 = a + i * length;
    const x1 = x0 + length;
    const x2 = x1 + length;
    const x3 = x2 + length;
    for (let j = first; j < end; j += 2) {
      const w0 = a + j * length;
      const w1 = w0 + length;
      let z00 = f32x4.splat(0);
      let z01 = f32x4.splat(0);
      let z10 = f32x4.splat(0);
      let z11 = f32x4.splat(0);
      let z20 = f32x4.splat(0);
      let z21 = f32x4.splat(0);
      let z30 = f32x4.splat(0);
      let z31 = f32x4.splat(0);
      for (let d: usize = 0; d < known; d += 16) {
        const u0 = v128.load(w0 + d);
        const u1 = v128.load(w1 + d);
        let x = v128.load(x0 + d);
        z00 = multiplyAdd(x, u0, z00);
        z01 = multiplyAdd(x, u1, z01);
        x = v128.load(x1 + d);
        z10 = multiplyAdd(x, u0, z10);
        z11 = multiplyAdd(x, u1, z11);
        x = v128.load(x2 + d);
        z20 = multiplyAdd(x, u0, z20);
        z21 = multiplyAdd(x, u1, z21);
        x = v128.load(x3 + d);
        z30 = multiplyAdd(x, u0, z30);
        z31 = multiplyAdd(x, u1, z31);
      }
      const at = (j as usize) << 2;
      subtract(x0 + at, sumOf(z00), sumOf(z01));
      subtract(x1 + at, sumOf(z10), sumOf(z11));
      subtract(x2 + at, sumOf(z20), sumOf(z21));
      subtract(x3 + at, sumOf(z30), sumOf(z31));
    }
  }
}

function subtract(at: usize, a: f32, b: f32): void {
  store<f32>(at, load<f32>(at) - a);
  store<f32>(at, load<f32>(at, 4) - b, 4);
}

/** v ← L⁻ᵀ L⁻¹ v, `n` f32, a multiple of 4. */
export function choleskySolve(l: usize, n: u32, length: usize, v: usize): void {
  for (let i: u32 = 0; i < n; i++) {
    const row = l + i * length;
    const at = (i as usize) << 2;
    store<f32>(v + at, (load<f32>(v + at) - dot(row, v, at)) / load<f32>(row + at));
  }
  // From the end, in fours: the rows of four unknowns are taken from all before them at once.
  for (let i = n; i > 0; ) {
    i -= 4;
    const row = l + i * length;
    const at = (i as usize) << 2;
    for (let j: u32 = 4; j-- > 0; ) {
      const own = row + j * length + at;
      let rest = load<f32>(v + at + (j << 2));
      for (let k = j + 1; k < 4; k++)
        rest -= load<f32>(row + k * length + at + (j << 2)) * load<f32>(v + at + (k << 2));
      store<f32>(v + at + (j << 2), rest / load<f32>(own + (j << 2)));
    }
    const x0 = f32x4.splat(-load<f32>(v + at));
    const x1 = f32x4.splat(-load<f32>(v + at, 4));
    const x2 = f32x4.splat(-load<f32>(v + at, 8));
    const x3 = f32x4.splat(-load<f32>(v + at, 12));
    const row1 = row + length;
    const row2 = row1 + length;
    const row3 = row2 + length;
    for (let d: usize = 0; d < at; d += 16) {
      let rest = multiplyAdd(x0, v128.load(row + d), v128.load(v + d));
      rest = multiplyAdd(x1, v128.load(row1 + d), rest);
      rest = multiplyAdd(x2, v128.load(row2 + d), rest);
      v128.store(v + d, multiplyAdd(x3, v128.load(row3 + d), rest));
    }
  }
}

/** Σ a_j b_j over the first `bytes`, with four sums at a time, since each waits for its last addition. */
export function dot(a: usize, b: usize, bytes: usize): f32 {
  let s0 = f32x4.splat(0);
  let s1 = f32x4.splat(0);
  let s2 = f32x4.splat(0);
  let s3 = f32x4.splat(0);
  let d: usize = 0;
  for (const whole = bytes & ~63; d < whole; d += 64) {
    s0 = multiplyAdd(v128.load(a + d), v128.load(b + d), s0);
    s1 = multiplyAdd(v128.load(a + d, 16), v128.load(b + d, 16), s1);
    s2 = multiplyAdd(v128.load(a + d, 32), v128.load(b + d, 32), s2);
    s3 = multiplyAdd(v128.load(a + d, 48), v128.load(b + d, 48), s3);
  }
  for (const whole = bytes & ~15; d < whole; d += 16)
    s0 = multiplyAdd(v128.load(a + d), v128.load(b + d), s0);
  let sum = sumOf(f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3)));
  for (; d < bytes; d += 4) sum += load<f32>(a + d) * load<f32>(b + d);
  return sum;
}
