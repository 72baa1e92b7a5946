/**
 * Parts of a Newton step by conjugate gradients: the curvature of the softmax between scores and gradient of a product
 * H d, and the vectors of the method (f32, `bytes` long, a multiple of 16; sums are f64).
 */
import { maxOf, multiplyAdd, sumOf } from "./simd";

/** Copies `count` rows of `stride` bytes to the places of their rows among all. @param index `count` row numbers */
export function keepRows(rows: usize, stride: usize, index: usize, count: u32, all: usize): void {
  for (let i: u32 = 0; i < count; i++) {
    const row = load<u32>(index + ((i as usize) << 2)) as usize;
    memory.copy(all + row * stride, rows, stride);
    rows += stride;
  }
}

/**
 * Replaces u = X̃ d of each row by s · scale · p ∘ (u − pᵀu), which the Hessian of cross-entropy in the scores makes of it.
 *
 * @param rows          `count` rows of u, `stride` bytes apart, 0 in the padding
 * @param index         `count` row numbers
 * @param probabilities p, 0 in the padding
 * @param areAll        whether these are of all rows, by number; else of the block's rows
 * @param sampleWeights s, `[N]` f32, or 0 for none
 */
export function curvature(
  rows: usize,
  stride: usize,
  index: usize,
  count: u32,
  probabilities: usize,
  areAll: bool,
  sampleWeights: usize,
  scale: f32,
): void {
  for (let i: u32 = 0; i < count; i++) {
    const row = load<u32>(index + ((i as usize) << 2)) as usize;
    const p = probabilities + (areAll ? row : i) * stride;
    const s = sampleWeights ? load<f32>(sampleWeights + (row << 2)) : <f32>1;
    let sum = f32x4.splat(0);
    for (let k: usize = 0; k < stride; k += 16) sum = multiplyAdd(v128.load(p + k), v128.load(rows + k), sum);
    const mean = f32x4.splat(sumOf(sum));
    const factor = f32x4.splat(s * scale);
    for (let k: usize = 0; k < stride; k += 16) {
      const distance = f32x4.sub(v128.load(rows + k), mean);
      v128.store(rows + k, f32x4.mul(f32x4.mul(v128.load(p + k), factor), distance));
    }
    rows += stride;
  }
}

/**
 * Replaces p of each row by s · scale · p ∘ (1 − p), the diagonal of the curvature. @param rows as for {@link curvature}
 */
export function ownCurvature(
  rows: usize,
  stride: usize,
  index: usize,
  count: u32,
  sampleWeights: usize,
  scale: f32,
): void {
  for (let i: u32 = 0; i < count; i++) {
    const row = load<u32>(index + ((i as usize) << 2)) as usize;
    const s = sampleWeights ? load<f32>(sampleWeights + (row << 2)) : <f32>1;
    const factor = f32x4.splat(s * scale);
    for (let k: usize = 0; k < stride; k += 16) {
      const p = v128.load(rows + k);
      v128.store(rows + k, f32x4.mul(f32x4.mul(p, factor), f32x4.sub(f32x4.splat(1), p)));
    }
    rows += stride;
  }
}

/** Adds `ridge` to the first `penalised` bytes of v, or what lies at `ridges` if it is not 0. */
export function addRidge(v: usize, penalised: usize, ridge: f32, ridges: usize): void {
  let added = f32x4.splat(ridge);
  for (let at: usize = 0; at < penalised; at += 16) {
    if (ridges) added = v128.load(ridges + at);
    v128.store(v + at, f32x4.add(v128.load(v + at), added));
  }
}

/** Replaces v ≥ 0 by 1 / v. Elements below LEAST times the largest element become 0. */
export function invert(v: usize, bytes: usize): void {
  let largest = f32x4.splat(0);
  for (let at: usize = 0; at < bytes; at += 16) largest = f32x4.max(largest, v128.load(v + at));
  const least = f32x4.splat(LEAST * maxOf(largest));
  for (let at: usize = 0; at < bytes; at += 16) {
    const value = v128.load(v + at);
    v128.store(v + at, v128.and(f32x4.div(f32x4.splat(1), value), f32x4.gt(value, least)));
  }
}

/** Share of the largest curvature that is taken for 0. */
const LEAST: f32 = 1e-20;

/** Adds ridge · d to the first `penalised` bytes of Hd, as {@link addRidge} says, and returns dᵀHd. */
export function alongDirection(
  hd: usize,
  d: usize,
  bytes: usize,
  penalised: usize,
  ridge: f32,
  ridges: usize,
): f64 {
  let added = f32x4.splat(ridge);
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  for (let at: usize = 0; at < bytes; at += 16) {
    const step = v128.load(d + at);
    let product = v128.load(hd + at);
    if (at < penalised) {
      if (ridges) added = v128.load(ridges + at);
      product = multiplyAdd(added, step, product);
      v128.store(hd + at, product);
    }
    low = f64x2.add(low, lowProducts(step, product));
    high = f64x2.add(high, highProducts(step, product));
  }
  return sumOfTwo(f64x2.add(low, high));
}

/** x ← x + t d, r ← r − t Hd; returns rᵀM⁻¹r. @param inverse the diagonal of M⁻¹ */
export function advance(x: usize, d: usize, r: usize, hd: usize, inverse: usize, bytes: usize, t: f32): f64 {
  const plus = f32x4.splat(t);
  const minus = f32x4.splat(-t);
  let low = f64x2.splat(0);
  let high = f64x2.splat(0);
  for (let at: usize = 0; at < bytes; at += 16) {
    v128.store(x + at, multiplyAdd(plus, v128.load(d + at), v128.load(x + at)));
    const rest = multiplyAdd(minus, v128.load(hd + at), v128.load(r + at));
    v128.store(r + at, rest);
    const scaled = f32x4.mul(rest, v128.load(inverse + at));
    low = f64x2.add(low, lowProducts(rest, scaled));
    high = f64x2.add(high, highProducts(rest, scaled));
  }
  return sumOfTwo(f64x2.add(low, high));
}

/** d ← M⁻¹r + t d, and Hd ← 0 for the next product. */
export function turn(d: usize, r: usize, hd: usize, inverse: usize, bytes: usize, t: f32): void {
  const factor = f32x4.splat(t);
  for (let at: usize = 0; at < bytes; at += 16) {
    const scaled = f32x4.mul(v128.load(r + at), v128.load(inverse + at));
    v128.store(d + at, multiplyAdd(factor, v128.load(d + at), scaled));
    v128.store(hd + at, f32x4.splat(0));
  }
}

/** Products of the first two elements, in double precision. */
function lowProducts(a: v128, b: v128): v128 {
  return f64x2.mul(f64x2.promote_low_f32x4(a), f64x2.promote_low_f32x4(b));
}

/** Products of the last two. */
function highProducts(a: v128, b: v128): v128 {
  return lowProducts(i64x2.shuffle(a, a, 1, 1), i64x2.shuffle(b, b, 1, 1));
}

function sumOfTwo(v: v128): f64 {
  return f64x2.extract_lane(v, 0) + f64x2.extract_lane(v, 1);
}
