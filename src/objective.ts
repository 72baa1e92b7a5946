/** The parts of the objective J = mean cross-entropy + λ‖W‖² that need no data. */

/** Parameters on the host, in double precision: `weights [K·D]` row after row, `bias [K]`. */
export interface Parameters {
  readonly weights: Float64Array;
  readonly bias: Float64Array;
}

/** Parameters of 0. */
export function zeros({ classes, features }: { classes: number; features: number }): Parameters {
  return { weights: new Float64Array(classes * features), bias: new Float64Array(classes) };
}

/** λ‖W‖² + λ₁‖W‖₁; the bias is not penalised. */
export function penalty({ weights }: Parameters, l2: number, l1 = 0): number {
  let [squares, sizes] = [0, 0];
  for (let i = 0; i < weights.length; i++) {
    squares += weights[i] * weights[i];
    sizes += Math.abs(weights[i]);
  }
  return l2 * squares + l1 * sizes;
}

/** False where any parameter is NaN or infinite. */
export function areFinite({ weights, bias }: Parameters): boolean {
  return areAllFinite(weights) && areAllFinite(bias);
}

function areAllFinite(values: Float64Array): boolean {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return false;
  return true;
}
