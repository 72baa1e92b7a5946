/**
 * Sums over vectors of parameters, in float64. By index: with millions of parameters, callbacks cost several times as
 * much.
 */
import { inPieces } from "../data/pieces.ts";

/** Elements of a new vector that are written between two pauses. */
const PIECE = 2 ** 18;

/** Returns Σ a_i b_i. */
export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/** Returns max |a_i|. */
export function maxNorm(a: Float64Array): number {
  let largest = 0;
  for (let i = 0; i < a.length; i++) largest = Math.max(largest, Math.abs(a[i]));
  return largest;
}

/** Returns a + t·b. */
export async function along(a: Float64Array, t: number, b: Float64Array): Promise<Float64Array> {
  const sum = new Float64Array(a.length);
  const addPiece = (begin: number, end: number) => {
    for (let i = begin; i < end; i++) sum[i] = a[i] + t * b[i];
  };
  await inPieces(a.length, addPiece, PIECE);
  return sum;
}

/** Multiplies a by t, and returns Σ a_i c_i of the result. */
export function scale(a: Float64Array, t: number, c: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) {
    a[i] *= t;
    sum += a[i] * c[i];
  }
  return sum;
}

/** Adds t·b to a, and returns Σ a_i c_i of the result: one way through the memory serves both. */
export function addScaled(a: Float64Array, t: number, b: Float64Array, c: Float64Array): number {
  // Two sums, since each waits for its last addition.
  let even = 0;
  let odd = 0;
  const last = a.length - 1;
  for (let i = 0; i < last; i += 2) {
    const first = a[i] + t * b[i];
    const second = a[i + 1] + t * b[i + 1];
    a[i] = first;
    a[i + 1] = second;
    even += first * c[i];
    odd += second * c[i + 1];
  }
  if (last % 2 === 0) {
    a[last] += t * b[last];
    even += a[last] * c[last];
  }
  return even + odd;
}
