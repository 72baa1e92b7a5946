/**
 * L-BFGS with the penalty λ₁‖W‖₁, which has no gradient where a weight is 0: OWL-QN (Andrew & Gao, "Scalable training
 * of L1-regularized log-linear models", 2007). Steps stay within an orthant, where the penalty is linear; what would
 * leave it becomes 0.
 */
import { along, dot } from "./curvature.ts";

/** λ₁ and the number of parameters, from the first on, that it penalises. */
export interface L1Penalty {
  readonly l1: number;
  readonly count: number;
}

/** λ₁ Σ |x_i| over the penalised parameters. */
export function l1Norm(x: Float64Array, { l1, count }: L1Penalty): number {
  if (l1 === 0) return 0;
  let sum = 0;
  for (let i = 0; i < count; i++) sum += Math.abs(x[i]);
  return l1 * sum;
}

/** The subgradient of least length: what is left of the gradient where the penalty pulls the other way. */
export function pseudoGradient(
  x: Float64Array,
  gradient: Float64Array,
  { l1, count }: L1Penalty,
): Float64Array {
  const pseudo = gradient.slice();
  if (l1 === 0) return pseudo;
  for (let i = 0; i < count; i++) {
    const g = gradient[i];
    pseudo[i] = x[i] !== 0 ? g + l1 * Math.sign(x[i]) : Math.sign(g) * Math.max(Math.abs(g) - l1, 0);
  }
  return pseudo;
}

/** The direction without the parts that go against −pseudo-gradient. */
export function aligned(direction: Float64Array, pseudo: Float64Array): Float64Array {
  const result = new Float64Array(direction.length);
  for (let i = 0; i < result.length; i++) if (direction[i] * pseudo[i] < 0) result[i] = direction[i];
  return result;
}

/** x + αd within the orthant of x, or where x is 0 that of −pseudo-gradient; penalised parameters only. */
export function projectedStep(
  x: Float64Array,
  step: number,
  direction: Float64Array,
  pseudo: Float64Array,
  { count }: L1Penalty,
): Float64Array {
  const result = along(x, step, direction);
  for (let i = 0; i < count; i++) {
    const orthant = x[i] !== 0 ? Math.sign(x[i]) : -Math.sign(pseudo[i]);
    if (Math.sign(result[i]) !== orthant) result[i] = 0;
  }
  return result;
}

/** Share of the decrease that the pseudo-gradient promises. */
const ARMIJO = 1e-4;

/** Halvings after which there is no step that lowers the objective. */
const MAX_HALVINGS = 30;

/**
 * The longest of the steps `firstStep`, half of it, … that lowers the objective as the pseudo-gradient promises.
 *
 * @returns null where none does by more than rounding
 */
export async function orthantSearch<T extends { readonly value: number; readonly x: Float64Array }>(
  evaluate: (step: number) => Promise<T>,
  start: { readonly value: number; readonly x: Float64Array; readonly pseudo: Float64Array },
  firstStep: number,
  noise: number,
): Promise<T | null> {
  let step = firstStep;
  for (let count = 0; count < MAX_HALVINGS; count++, step /= 2) {
    const trial = await evaluate(step);
    const moved = along(trial.x, -1, start.x);
    const promised = dot(start.pseudo, moved);
    if (promised === 0) return null;
    if (trial.value <= start.value + ARMIJO * promised + noise) return trial;
  }
  return null;
}
