/** A guess B₀ at the Hessian that is diagonal, and coordinate descent in it. */
import { pause } from "../pause.ts";
import { ACCURACY, type Metric, type PenalisedModel } from "./proximal-newton.ts";

/** Sweeps over all coordinates at most. */
const MAX_SWEEPS = 30;

/** Coordinates visited between two looks at the clock. */
const PIECE = 1024;

/** B₀ = I, for `count` weights and parameters behind them. */
export function identityMetric(length: number, count: number): Metric {
  return diagonalMetric(new Float64Array(count + 1).fill(1), count, length);
}

/**
 * B₀ = a diagonal, the same for all classes.
 *
 * @param ofFeatures of the weights of each feature and, last, of the parameters behind the weights, `[D+1]`
 * @param count      K·D weights
 * @param length     all parameters
 */
export function diagonalMetric(ofFeatures: Float64Array, count: number, length: number): Metric {
  const features = ofFeatures.length - 1;
  const diagonal = new Float64Array(length).fill(ofFeatures[features]);
  for (let row = 0; row < count; row += features) diagonal.set(ofFeatures.subarray(0, features), row);
  return {
    isDiagonal: true,
    diagonal: async () => diagonal,
    product: async (v) => {
      const image = new Float64Array(length);
      for (let at = 0; at < length; at++) image[at] = v[at] * diagonal[at];
      return image;
    },
    minimise: (model) => descend(model, count, diagonal),
  };
}

/** Moves one coordinate after another to the minimum along it, until the moves are small. */
async function descend(
  { x, gradient, scale, active, curvatures, v, u, rank, thresholds }: PenalisedModel,
  count: number,
  diagonal: Float64Array,
): Promise<{ z: Float64Array; moves: number }> {
  const z = x.slice();
  const along = new Float64Array(rank);
  let moves = 0;
  const sweep = async (): Promise<number> => {
    let largest = 0;
    for (let i = 0; i < curvatures.length; i++) {
      if (i % PIECE === 0) await pause();
      const at = active ? active[i] : i;
      let slope = gradient[at] + scale * diagonal[at] * (z[at] - x[at]);
      for (let r = 0; r < rank; r++) slope -= u[i * rank + r] * along[r];
      const goal = z[at] - slope / curvatures[i];
      const reach = at < count ? thresholds[at % thresholds.length] / curvatures[i] : 0;
      const change = Math.sign(goal) * Math.max(0, Math.abs(goal) - reach) - z[at];
      if (!(Math.abs(change) > 0 && Math.abs(change) < Infinity)) continue;
      z[at] = Math.abs(goal) <= reach ? 0 : z[at] + change;
      for (let r = 0; r < rank; r++) along[r] += change * v[i * rank + r];
      largest = Math.max(largest, Math.abs(change) * curvatures[i]);
      moves++;
    }
    return largest;
  };
  const first = await sweep();
  // Without pairs, coordinates do not depend on each other.
  for (let done = 1; done < MAX_SWEEPS && rank > 0; done++) if ((await sweep()) <= ACCURACY * first) break;
  return { z, moves };
}
