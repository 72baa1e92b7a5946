/**
 * What L-BFGS remembers of the curvature: the last few pairs of a step s and the change y of the gradient along it,
 * and the product of the inverse Hessian they imply with a vector (the two-loop recursion, Nocedal 1980).
 */

import { pause } from "../pause.ts";
import { addScaled, along, dot, scale } from "./vectors.ts";

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
  const rest = await along(new Float64Array(gradient.length), -1, gradient);
  const newest = pairs.at(-1);
  if (!newest) return precondition(rest);
  const shares = new Float64Array(pairs.length);
  await pause();
  let product = dot(newest.s, rest);
  for (let i = pairs.length - 1; i >= 0; i--) {
    await pause();
    shares[i] = product / curvatureOf(pairs[i]);
    product = addScaled(rest, -shares[i], pairs[i].y, pairs[Math.max(0, i - 1)].s);
  }
  const direction = await precondition(rest);
  const ofNewest = await precondition(newest.y);
  await pause();
  const factor = curvatureOf(newest) / dot(newest.y, ofNewest);
  await pause();
  product = scale(direction, factor, pairs[0].y);
  for (const [i, pair] of pairs.entries()) {
    await pause();
    const share = shares[i] - product / curvatureOf(pair);
    product = addScaled(direction, share, pair.s, pairs[Math.min(i + 1, pairs.length - 1)].y);
  }
  return direction;
}
