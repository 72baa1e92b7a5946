/**
 * Features on a common footing for L-BFGS, whatever their units: rows go to the device centred and scaled, in float64
 * before they are rounded, and the parameters that fit them there, Ŵ, are turned back (folding.ts). The
 * objective is the same: its penalty stays that of the weights of the rows as given. Without this, float32
 * loses features such as 5000 ± 10.
 *
 *   λ‖W‖² = λ Σ (Ŵ_kj / σ_j)²
 */
import { fitStandardization, type Standardization } from "../data/standardization.ts";
import { storageOf } from "../data/storage.ts";
import type { LabelledRows } from "../model/labelled-rows.ts";
import type { ResolvedOptions } from "../options.ts";

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
