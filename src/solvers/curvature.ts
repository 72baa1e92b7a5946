/**
 * What L-BFGS remembers of the curvature: the last few pairs of a step s and the change y of the gradient along it,
 * and the product of the inverse Hessian they imply with a vector (the two-loop recursion, Nocedal 1980).
 */

import { pause } from "../pause.ts";

/** A step and what it did to the gradient. */
export interface CurvaturePair {
  readonly s: Float64Array;
  readonly y: Float64Array;
}

/** Pairs with sᵀy ≤ LEAST_CURVATURE · ‖y‖² are skipped: their curvature is rounding noise. */
const LEAST_CURVATURE = 1e-12;

/** Appends `pair`, dropping the oldest beyond `memory`; returns `pairs` unchanged if it shows no curvature. */
export function remember(
  pairs: readonly CurvaturePair[],
  pair: CurvaturePair,
  memory: number,
): readonly CurvaturePair[] {
  return hasCurvature(pair) ? [...pairs, pair].slice(-memory) : pairs;
}

function hasCurvature(pair: CurvaturePair): boolean {
  return curvatureOf(pair) > LEAST_CURVATURE * dot(pair.y, pair.y);
}

const curvatures = new WeakMap<CurvaturePair, number>();

/** Returns sᵀy, computed once for each pair. */
function curvatureOf(pair: CurvaturePair): number {
  const curvature = curvatures.get(pair) ?? dot(pair.s, pair.y);
  curvatures.set(pair, curvature);
  return curvature;
}

/**
 * −H g: the step that the remembered curvature suggests. In directions that no pair covers, the preconditioner M⁻¹
 * decides, scaled to the newest pair.
 */
export async function descentDirection(
  pairs: readonly CurvaturePair[],
  gradient: Float64Array,
  precondition: (vector: Float64Array) => Promise<Float64Array>,
): Promise<Float64Array> {
  const rest = along(new Float64Array(gradient.length), -1, gradient);
  const shares = new Float64Array(pairs.length);
  for (let i = pairs.length - 1; i >= 0; i--) {
    await pause();
    shares[i] = dot(pairs[i].s, rest) / curvatureOf(pairs[i]);
    addScaled(rest, -shares[i], pairs[i].y);
  }
  const direction = await precondition(rest);
  const newest = pairs.at(-1);
  if (newest) {
    const scale = curvatureOf(newest) / dot(newest.y, await precondition(newest.y));
    for (let i = 0; i < direction.length; i++) direction[i] *= scale;
  }
  for (const [i, pair] of pairs.entries()) {
    await pause();
    addScaled(direction, shares[i] - dot(pair.y, direction) / curvatureOf(pair), pair.s);
  }
  return direction;
}

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
export function along(a: Float64Array, t: number, b: Float64Array): Float64Array {
  // By index here and below: with millions of parameters, callbacks cost several times as much.
  const sum = new Float64Array(a.length);
  for (let i = 0; i < a.length; i++) sum[i] = a[i] + t * b[i];
  return sum;
}

function addScaled(a: Float64Array, t: number, b: Float64Array): void {
  for (let i = 0; i < a.length; i++) a[i] += t * b[i];
}
