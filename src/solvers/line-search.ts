/**
 * How far to go along a direction: a step that meets the strong Wolfe conditions
 *
 *   φ(α) ≤ φ(0) + c₁ α φ′(0),   |φ′(α)| ≤ c₂ |φ′(0)|
 *
 * found by bracketing and cubic interpolation (Nocedal & Wright, "Numerical optimization", 2006, algorithms 3.5 and
 * 3.6). Values that differ by less than their rounding count as equal, so that near the optimum slopes decide, as
 * in the approximate conditions of Hager & Zhang, 2005.
 */

const C1 = 1e-4;
const C2 = 0.9;

/** Evaluations after which the best step so far is taken. */
const MAX_EVALUATIONS = 20;

/** Factor of a step that is too short, while nothing is known to be too long. */
const GROWTH = 4;

/** Share of a bracket that a new step keeps from its ends. */
const MARGIN = 0.1;

/** φ and φ′ at a step. */
export interface Trial {
  readonly step: number;
  readonly value: number;
  readonly slope: number;
}

/**
 * Finds a step along a direction of descent.
 *
 * @param start     φ(0) and φ′(0) < 0
 * @param firstStep the first step tried
 * @param noise     differences of φ that may be rounding
 * @returns null if no trial meets the first condition, even with noise allowed for
 */
export async function wolfeSearch<T extends Trial>(
  evaluate: (step: number) => Promise<T>,
  start: Trial,
  firstStep: number,
  noise: number,
): Promise<T | null> {
  let low: Trial | T = start;
  let best: T | null = null;
  let high: Trial | null = null;
  let step = firstStep;
  for (let count = 0; count < MAX_EVALUATIONS; count++) {
    const trial = await evaluate(step);
    const isTooHigh =
      !(Number.isFinite(trial.value) && Number.isFinite(trial.slope)) ||
      trial.value > start.value + C1 * step * start.slope + noise ||
      trial.value > low.value + noise;
    if (isTooHigh) high = trial;
    else {
      if (Math.abs(trial.slope) <= -C2 * start.slope) return trial;
      const isPast: boolean = trial.slope * (high ? high.step - low.step : 1) >= 0;
      if (isPast) high = low;
      low = trial;
      best = trial;
    }
    step = high ? between(low, high) : GROWTH * step;
    if (step === low.step || step === high?.step) break;
  }
  return best && best.value < start.value + noise ? best : null;
}

/** Returns the minimum of the cubic through two trials, kept off the bracket's ends; the middle if there is none. */
function between(low: Trial, high: Trial): number {
  const width = high.step - low.step;
  const middle = low.step + width / 2;
  if (!Number.isFinite(high.value) || !Number.isFinite(high.slope)) return low.step + MARGIN * width;
  const a = low.slope + high.slope - (3 * (low.value - high.value)) / -width;
  const b = Math.sign(width) * Math.sqrt(a * a - low.slope * high.slope);
  const minimum = high.step - (width * (high.slope + b - a)) / (high.slope - low.slope + 2 * b);
  if (!Number.isFinite(minimum)) return middle;
  const [first, last] = [low.step + MARGIN * width, high.step - MARGIN * width];
  return Math.min(Math.max(minimum, Math.min(first, last)), Math.max(first, last));
}
