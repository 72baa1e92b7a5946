/** Curvatures p (1 − p) of candidates, and samples of the rows that they weigh. */
import type { Random } from "../data/random.ts";
import { drawRows } from "../solvers/row-sample.ts";
import type { Candidates } from "./candidates.ts";

/** Parts of a sample that are drawn by c × leverage, by c, and evenly. */
const DRAWN = { byLeverage: 0.5, byCurvature: 0.4, evenly: 0.1 };

/** Returns p (1 − p) of a class in each row; 0 in rows whose scores overflow. */
export function curvaturesOf(probabilities: Float32Array, k: number, classes: number): Float64Array {
  return Float64Array.from({ length: probabilities.length / classes }, (_, i) => {
    const p = probabilities[i * classes + k];
    return p * (1 - p) || 0;
  });
}

/** Returns the mean of p (1 − p) over the classes in each row; 0 in rows whose scores overflow. */
export function meanCurvatures(probabilities: Float32Array, classes: number): Float64Array {
  return Float64Array.from({ length: probabilities.length / classes }, (_, i) => {
    let sum = 0;
    for (let at = i * classes; at < (i + 1) * classes; at++)
      sum += probabilities[at] * (1 - probabilities[at]);
    return sum / classes || 0;
  });
}

/**
 * Returns the median over the columns of curvature by mean square, on which units and outliers have no effect.
 *
 * @param moments `[n,n]`
 */
export function typicalCurvature(moments: Float32Array, squares: Float64Array): number {
  const n = squares.length;
  const ratios = squares.map((square, j) => moments[j * (n + 1)] / square).filter((ratio) => ratio > 0);
  return ratios.length > 0 ? ratios.sort()[ratios.length >> 1] : 0;
}

/** Draws about `count` of the candidates; returns what each counts in Σ c x̃ x̃ᵀ / Σ s, 0 if it is not drawn. */
export function drawWeights(
  { weights, leverages }: Pick<Candidates, "weights" | "leverages">,
  curvatures: Float64Array,
  count: number,
  random: Random,
): Float32Array {
  const parts = weights.map((weight, i) => weight * curvatures[i]);
  let [byLeverage, byCurvature, evenly] = [0, 0, 0];
  for (let i = 0; i < parts.length; i++) {
    byLeverage += parts[i] * leverages[i];
    byCurvature += parts[i];
    evenly += weights[i];
  }
  const chances = parts.map((part, i) => {
    const chance = part * ((DRAWN.byLeverage * leverages[i]) / byLeverage + DRAWN.byCurvature / byCurvature);
    return (chance || 0) + (DRAWN.evenly * weights[i]) / evenly;
  });
  const { rows, probabilities } = drawRows(chances, count, random);
  const counted = new Float32Array(weights.length);
  for (const [at, i] of rows.entries()) counted[i] = parts[i] / probabilities[at];
  return counted;
}
