/**
 * Features on a common footing for L-BFGS, whatever their units: rows go to the device centred and scaled, in float64
 * before they are rounded, and the parameters that fit them there are turned back. The objective is the same: its
 * penalty stays that of the weights of the rows as given. Without this, float32 loses features such as 5000 ± 10.
 *
 *   Ŵ_kj = W_kj σ_j,  b̂_k = b_k + Σ_j W_kj μ_j,  λ‖W‖² = λ Σ (Ŵ_kj / σ_j)²
 */
import { fitStandardization, type Standardization } from "../data/standardization.ts";
import { storageOf } from "../data/storage.ts";
import type { Parameters } from "../objective.ts";
import type { ResolvedOptions } from "../options.ts";
import type { LabelledRows } from "./prepare.ts";

/**
 * The mean and scale of the features that L-BFGS is to work with; undefined for other solvers, where rows are stored in
 * less than float32 (fractions of bytes are on a common footing), or an L1 penalty keeps to the given axes.
 */
export async function conditioningOf(
  { matrix, weights }: LabelledRows,
  { solver, l1, bias, storage }: ResolvedOptions,
  signal: AbortSignal,
): Promise<Standardization | undefined> {
  if (solver !== "lbfgs" || l1 > 0 || storageOf(matrix, storage) !== "f32") return undefined;
  const { mean, scale } = await fitStandardization(matrix, weights, signal);
  if (bias) return { mean, scale };
  // Without a bias nothing makes up for a shift.
  return {
    mean: new Float64Array(mean.length),
    scale: scale.map((sigma, j) => Math.hypot(sigma, mean[j])),
  };
}

/** Ŵ and b̂. */
export function conditioned(given: Parameters, conditioning: Standardization | undefined): Parameters {
  if (!conditioning) return given;
  const { mean, scale } = conditioning;
  const features = mean.length;
  const weights = new Float64Array(given.weights.length);
  const bias = given.bias.slice();
  for (let at = 0; at < weights.length; at++) {
    weights[at] = given.weights[at] * scale[at % features];
    bias[Math.floor(at / features)] += given.weights[at] * mean[at % features];
  }
  return { weights, bias };
}

/** W and b: W = Ŵ/σ, b = b̂ − W μ. */
export function unconditioned(found: Parameters, conditioning: Standardization | undefined): Parameters {
  if (!conditioning) return found;
  const { mean, scale } = conditioning;
  const features = mean.length;
  const weights = new Float64Array(found.weights.length);
  const bias = found.bias.slice();
  for (let at = 0; at < weights.length; at++) {
    weights[at] = found.weights[at] / scale[at % features];
    bias[Math.floor(at / features)] -= weights[at] * mean[at % features];
  }
  return { weights, bias };
}

/** λ / σ_j², the coefficient of Ŵ_kj², for each feature. */
export function penaltiesOf(
  l2: number,
  features: number,
  conditioning: Standardization | undefined,
): Float64Array {
  return Float64Array.from(
    { length: features },
    (_, j) => l2 / (conditioning ? conditioning.scale[j] ** 2 : 1),
  );
}
