/** The parts of the objective J = mean cross-entropy + λ‖W‖² that need no data. */

/** Parameters on the host, in double precision: `weights [K·D]` row after row, `bias [K]`. */
export interface Parameters {
  readonly weights: Float64Array;
  readonly bias: Float64Array;
}

/** λ‖W‖²; the bias is not penalised. */
export function penalty({ weights }: Parameters, l2: number): number {
  return l2 * weights.reduce((sum, w) => sum + w * w, 0);
}

/** False where any parameter is NaN or infinite. */
export function areFinite({ weights, bias }: Parameters): boolean {
  return weights.every(Number.isFinite) && bias.every(Number.isFinite);
}
