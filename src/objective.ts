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
  const squares = l2 * weights.reduce((sum, w) => sum + w * w, 0);
  return l1 === 0 ? squares : squares + l1 * weights.reduce((sum, w) => sum + Math.abs(w), 0);
}

/** False where any parameter is NaN or infinite. */
export function areFinite({ weights, bias }: Parameters): boolean {
  return weights.every(Number.isFinite) && bias.every(Number.isFinite);
}
