/**
 * One row of K scores or of a target distribution, `stride` bytes long and padded to whole vectors: its maximum, its
 * exponentials, and the class a target stands for. Positions count classes.
 */
import { exp, maxOf, sumOf } from "./simd";

/** Kinds of targets; 0 for none. */
export const LABELS: u32 = 1;
export const DISTRIBUTIONS: u32 = 2;

/** Fills the padding behind the classes. */
export function pad(row: usize, classes: u32, stride: usize, value: f32): void {
  for (let k = (classes as usize) << 2; k < stride; k += 4) store<f32>(row + k, value);
}

/** Whether all scores are finite. */
export function areFinite(row: usize, stride: usize): bool {
  let zero = f32x4.splat(0);
  // 0 times a value that is not finite is NaN, and stays NaN.
  for (let k: usize = 0; k < stride; k += 16) zero = f32x4.mul(zero, v128.load(row + k));
  return sumOf(zero) == 0;
}

/** Returns max_k z_k. */
export function highest(row: usize, stride: usize): f32 {
  let m = v128.load(row);
  for (let k: usize = 16; k < stride; k += 16) m = f32x4.max(m, v128.load(row + k));
  return maxOf(m);
}

/** Replaces z by exp(z − m), which is 0 for −∞, and returns the sum. */
export function exponentials(row: usize, stride: usize, m: f32): f32 {
  let sum = f32x4.splat(0);
  for (let k: usize = 0; k < stride; k += 16) {
    const e = exp(f32x4.sub(v128.load(row + k), f32x4.splat(m)));
    v128.store(row + k, e);
    sum = f32x4.add(sum, e);
  }
  return sumOf(sum);
}

/** Returns the first position of a value that the row contains. */
export function indexOf(row: usize, value: f32): u32 {
  let at: usize = 0;
  while (load<f32>(row + at) != value) at += 4;
  return u32(at >> 2);
}

/** Returns the address of the target of row `i`: a u32, or a distribution of `stride` bytes. */
export function targetAt(i: usize, kind: u32, targets: usize, stride: usize): usize {
  return kind == LABELS ? targets + (i << 2) : targets + i * stride;
}

/** Returns the class of a target: its label, or the likeliest class (lowest of equals). */
export function classOf(kind: u32, target: usize, stride: usize): u32 {
  return kind == LABELS ? load<u32>(target) : indexOf(target, highest(target, stride));
}
