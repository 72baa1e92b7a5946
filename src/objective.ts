/**
 * W and b on the host, their penalty, and their other forms: flat, as L-BFGS moves them, and folded.
 *
 * A standardisation x̂ = (x − μ) / σ is folded into the parameters so that scores stay the same, Ŵ x̂ + b̂ = W x + b:
 *
 *   Ŵ_kj = W_kj σ_j,  b̂_k = b_k + Σ_j W_kj μ_j
 */
import type { Standardization } from "./data/standardization.ts";

/** Parameters on the host, in double precision: `weights [K·D]` row after row, `bias [K]`. */
export interface Parameters {
  readonly weights: Float64Array;
  readonly bias: Float64Array;
}

/** Returns parameters of 0. */
export function zeros({ classes, features }: { classes: number; features: number }): Parameters {
  return { weights: new Float64Array(classes * features), bias: new Float64Array(classes) };
}

/** Returns λ‖W‖² + λ₁‖W‖₁; the bias is not penalised. */
export function penalty({ weights }: Parameters, l2: number, l1 = 0): number {
  let [squares, sizes] = [0, 0];
  for (let i = 0; i < weights.length; i++) {
    squares += weights[i] * weights[i];
    sizes += Math.abs(weights[i]);
  }
  return l2 * squares + l1 * sizes;
}

/** Returns whether no parameter is NaN or infinite. */
export function areFinite({ weights, bias }: Parameters): boolean {
  return areAllFinite(weights) && areAllFinite(bias);
}

function areAllFinite(values: Float64Array): boolean {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return false;
  return true;
}

/** Returns W row after row and, if there is a bias, b behind it. */
export function flatten({ weights, bias }: Parameters, hasBias: boolean): Float64Array {
  const flat = new Float64Array(weights.length + (hasBias ? bias.length : 0));
  flat.set(weights);
  if (hasBias) flat.set(bias, weights.length);
  return flat;
}

/** Returns W and b of their flat form; b is 0 if there is none. */
export function unflatten(
  flat: Float64Array,
  { classes, features, bias }: { classes: number; features: number; bias: boolean },
): Parameters {
  const count = classes * features;
  return { weights: flat.slice(0, count), bias: bias ? flat.slice(count) : new Float64Array(classes) };
}

/** Returns Ŵ and b̂, for standardised rows, of parameters for rows as they come. */
export function unfold(parameters: Parameters, standardization: Standardization | undefined): Parameters {
  if (!standardization) return parameters;
  const { mean, scale } = standardization;
  const features = mean.length;
  const weights = new Float64Array(parameters.weights.length);
  const bias = parameters.bias.slice();
  for (let at = 0; at < weights.length; at++) {
    weights[at] = parameters.weights[at] * scale[at % features];
    bias[Math.floor(at / features)] += parameters.weights[at] * mean[at % features];
  }
  return { weights, bias };
}

/** Returns W and b, for rows as they come, of parameters for standardised rows. */
export function fold(parameters: Parameters, standardization: Standardization | undefined): Parameters {
  if (!standardization) return parameters;
  const { mean, scale } = standardization;
  const features = mean.length;
  const weights = new Float64Array(parameters.weights.length);
  const bias = parameters.bias.slice();
  for (let at = 0; at < weights.length; at++) {
    weights[at] = parameters.weights[at] / scale[at % features];
    bias[Math.floor(at / features)] -= weights[at] * mean[at % features];
  }
  return { weights, bias };
}
