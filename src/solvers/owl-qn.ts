/**
 * What an L1 penalty Σ λ₁ⱼ |W_kj| adds to L-BFGS, which needs a gradient where the penalty has none: OWL-QN (Andrew &
 * Gao, "Scalable training of L1-regularized log-linear models", 2007). Steps stay within an orthant, on which the
 * penalty is linear; a weight that would leave it becomes 0.
 *
 * Two things differ from the paper. Curvature is used within the free weights only (not 0, or pulled away from 0), as
 * in projected quasi-Newton methods; and the direction is cut to the orthant only for weights that are 0, since a
 * weight other than 0 may move either way until it meets 0. Cutting all of them makes the method stall.
 */
import { along, dot } from "./curvature.ts";

/** The coefficients of an L1 penalty. */
export interface L1Penalty {
  /** λ₁ⱼ ≥ 0 of the weights of each feature, `[D]`. */
  readonly thresholds: Float64Array;
  /** K·D, the number of weights; parameters behind them (the bias) are not penalised. */
  readonly count: number;
}

/** Returns Σ λ₁ⱼ |x_i| over the weights. */
export function l1Norm(x: Float64Array, { thresholds, count }: L1Penalty): number {
  let sum = 0;
  for (let i = 0; i < count; i++) sum += thresholds[i % thresholds.length] * Math.abs(x[i]);
  return sum;
}

/** Returns the subgradient of least length: 0 for a weight of 0 that the penalty holds there. */
export function pseudoGradient(
  x: Float64Array,
  gradient: Float64Array,
  { thresholds, count }: L1Penalty,
): Float64Array {
  const pseudo = gradient.slice();
  for (let i = 0; i < count; i++) {
    const g = gradient[i];
    const l1 = thresholds[i % thresholds.length];
    pseudo[i] = x[i] !== 0 ? g + l1 * Math.sign(x[i]) : Math.sign(g) * Math.max(Math.abs(g) - l1, 0);
  }
  return pseudo;
}

/** Returns 1 for parameters that can move from x, and 0 for weights that the penalty holds at 0. */
export function freeParameters(x: Float64Array, pseudo: Float64Array, { count }: L1Penalty): Uint8Array {
  const free = new Uint8Array(x.length).fill(1);
  for (let i = 0; i < count; i++) if (x[i] === 0 && pseudo[i] === 0) free[i] = 0;
  return free;
}

/** Returns the direction without the parts by which a weight of 0 would move against −pseudo-gradient. */
export function alignedAtZero(
  direction: Float64Array,
  x: Float64Array,
  pseudo: Float64Array,
  { count }: L1Penalty,
): Float64Array {
  const result = direction.slice();
  for (let i = 0; i < count; i++) if (x[i] === 0 && !(direction[i] * pseudo[i] < 0)) result[i] = 0;
  return result;
}

/** Returns x + αd within the orthant of x, or if x_i is 0, of −pseudo-gradient. */
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

/** Share of the slope at the start above which a step counts as too short. */
const STILL_STEEP = 0.9;

/** Factor of a step that is too short, and the least and most of a step that is kept if it is too long. */
const GROWTH = 4;
const SHRINK = { least: 0.1, most: 0.5 };

/** Evaluations after which the best step so far is taken. */
const MAX_EVALUATIONS = 40;

/** A point of the search. */
interface OrthantTrial {
  readonly value: number;
  readonly x: Float64Array;
  /** Slope of the objective along the direction there, within the orthant. */
  readonly slope: number;
}

/**
 * Finds a step that lowers the objective as the pseudo-gradient promises: longer ones while the slope stays steep,
 * shorter ones by the parabola through the last trial.
 *
 * @param start     the objective at x, its pseudo-gradient, and the slope < 0 along the direction
 * @param firstStep the first step tried
 * @param noise     differences of the objective that may be rounding
 * @returns null if no trial lowers the objective enough, even with noise allowed for
 */
export async function orthantSearch<T extends OrthantTrial>(
  evaluate: (step: number) => Promise<T>,
  start: OrthantTrial & { readonly pseudo: Float64Array },
  firstStep: number,
  noise: number,
): Promise<T | null> {
  let best: T | null = null;
  let step = firstStep;
  for (let count = 0; count < MAX_EVALUATIONS; count++) {
    const trial = await evaluate(step);
    const moved = along(trial.x, -1, start.x);
    const promised = dot(start.pseudo, moved);
    if (promised === 0) return best;
    const isLower = trial.value <= start.value + ARMIJO * promised + noise;
    if (isLower && trial.value <= (best?.value ?? Infinity)) {
      best = trial;
      if (!(trial.slope < STILL_STEEP * start.slope)) return best;
      step *= GROWTH;
    } else if (best) {
      return best;
    } else {
      step *= shrinkage(trial.value - start.value, start.slope * step);
    }
  }
  return best;
}

/** Returns where the parabola with `slope` at 0 and `rise` at 1 has its minimum, kept off 0 and 1. */
function shrinkage(rise: number, slope: number): number {
  const minimum = -slope / (2 * (rise - slope));
  return Number.isFinite(minimum) ? Math.min(Math.max(minimum, SHRINK.least), SHRINK.most) : SHRINK.least;
}
