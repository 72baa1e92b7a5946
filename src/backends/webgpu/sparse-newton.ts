/**
 * A Newton step for sparse rows: solves (H + 2λ) d = −g by conjugate gradients, H the Hessian of the mean cross-entropy at
 * the trainer's parameters (of the weights with the penalty, of the bias without). The device makes the products with H,
 * each as much work as a pass and a half; the vectors are the host's, in float64.
 */
import { flatten, joined, type Parameters, partsOf } from "../../parameters.ts";
import { pause } from "../../pause.ts";
import type { ModelShape, NewtonOptions, NewtonStep } from "../backend.ts";

/** Most products of a step, and most in a row that leave more of the gradient than before: float32 gives no better. */
const MAX_PRODUCTS = 200;
const MAX_IDLE = 12;

/** Share of the largest curvature that is taken for 0. */
const LEAST = 1e-20;

/** Products with the Hessian of the mean cross-entropy. */
export interface Hessian {
  diagonal(): Promise<Parameters>;
  times(direction: Parameters): Promise<Parameters>;
}

/** Solves for the step. @throws the signal's reason */
export async function newtonStep(
  hessian: Hessian,
  shape: ModelShape,
  { gradient, l2, scale, accuracy }: NewtonOptions,
  signal: AbortSignal | undefined,
): Promise<NewtonStep> {
  const inverse = joined(await hessian.diagonal(), shape.bias);
  const ridge = new Float64Array(inverse.length);
  for (let at = 0; at < shape.classes * shape.features; at++)
    ridge[at] = (2 * l2) / (scale ? scale[at % shape.features] ** 2 : 1);
  await pause(signal);
  for (let i = 0; i < inverse.length; i++) inverse[i] += ridge[i];
  const least = LEAST * maxOf(inverse);
  for (let i = 0; i < inverse.length; i++) inverse[i] = inverse[i] > least ? 1 / inverse[i] : 0;
  await pause(signal);
  // x = 0, so that r = −g; d = M⁻¹r, M the diagonal.
  const x = new Float64Array(inverse.length);
  const r = flatten(gradient, shape.bias).map((g) => -g);
  const d = new Float64Array(inverse.length);
  let rest = scaledSquares(r, inverse);
  const goal = accuracy ** 2 * rest;
  let [smallest, idle, products] = [rest, 0, 0];
  for (let along = 0; rest > goal && idle < MAX_IDLE && products < MAX_PRODUCTS; products++) {
    await pause(signal);
    for (let i = 0; i < d.length; i++) d[i] = inverse[i] * r[i] + along * d[i];
    const hd = joined(await hessian.times(partsOf(d, shape)), shape.bias);
    await pause(signal);
    let curvature = 0;
    for (let i = 0; i < d.length; i++) {
      hd[i] += ridge[i] * d[i];
      curvature += d[i] * hd[i];
    }
    if (!(curvature > 0 && curvature < Infinity)) break;
    await pause(signal);
    const t = rest / curvature;
    for (let i = 0; i < d.length; i++) {
      x[i] += t * d[i];
      r[i] -= t * hd[i];
    }
    const before = rest;
    rest = scaledSquares(r, inverse);
    along = rest / before;
    idle = rest < smallest ? 0 : idle + 1;
    smallest = Math.min(smallest, rest);
  }
  return { step: partsOf(x, shape), products };
}

function maxOf(values: Float64Array): number {
  let largest = 0;
  for (let i = 0; i < values.length; i++) largest = Math.max(largest, values[i]);
  return largest;
}

/** Returns rᵀM⁻¹r. */
function scaledSquares(r: Float64Array, inverse: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < r.length; i++) sum += r[i] * r[i] * inverse[i];
  return sum;
}
