/**
 * Folding a standardisation x̂ = (x − μ) / σ into the parameters, and out of them: the scores of a row stay the same,
 * Ŵ x̂ + b̂ = W x + b.
 *
 *   Ŵ_kj = W_kj σ_j,  b̂_k = b_k + Σ_j W_kj μ_j
 */
import type { Standardization } from "../data/standardization.ts";
import type { Parameters } from "../objective.ts";

/** Ŵ and b̂: parameters for standardised rows, of those for rows as they come. */
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

/** W and b, the inverse: parameters for rows as they come. */
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
