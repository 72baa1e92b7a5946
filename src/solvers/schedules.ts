/**
 * Learning rates that change as training goes on. `steps` counts the steps of the whole fit. Functions here check
 * their arguments at once: @throws OptionError naming the argument, with what it must be.
 */
import { describe } from "../data/matrix.ts";
import { OptionError } from "../errors.ts";

/** η of step `step`, 0 ≤ step < steps. Must be finite and positive or 0. */
export type LearningRateSchedule = (step: number, steps: number) => number;

/** Returns a schedule of one rate. @throws OptionError unless `rate` is finite and ≥ 0 */
export function constant(rate: number): LearningRateSchedule {
  checkRate(rate);
  return () => rate;
}

/**
 * From `rate` straight down to 0: η_t = η (1 − t/T). The best of the simple schedules for a last iterate.
 *
 * @throws OptionError unless `rate` is finite and ≥ 0
 */
export function linearDecay(rate: number): LearningRateSchedule {
  checkRate(rate);
  return (step, steps) => rate * (1 - step / steps);
}

/**
 * From `rate` to 0 along half a cosine: η_t = η (1 + cos(π t/T)) / 2.
 *
 * @throws OptionError unless `rate` is finite and ≥ 0
 */
export function cosineDecay(rate: number): LearningRateSchedule {
  checkRate(rate);
  return (step, steps) => (rate * (1 + Math.cos((Math.PI * step) / steps))) / 2;
}

/**
 * η_t = η / (1 + t/h): half the rate after `halfLife` steps, a third after twice as many.
 *
 * @throws OptionError unless `rate` is finite and ≥ 0, and `halfLife` finite and > 0
 */
export function inverseTimeDecay(rate: number, halfLife: number): LearningRateSchedule {
  checkRate(rate);
  check("halfLife", halfLife, "a finite number > 0", Number.isFinite(halfLife) && halfLife > 0);
  return (step) => rate / (1 + step / halfLife);
}

/**
 * `rate`, multiplied by `factor` after every so many steps: η_t = η · factor^⌊t/every⌋.
 *
 * @param every steps, an integer of at least 1
 * @param factor in (0, 1]
 * @throws OptionError unless `rate` is finite and ≥ 0 and the others are as said
 */
export function stepDecay(rate: number, every: number, factor: number): LearningRateSchedule {
  checkRate(rate);
  check("every", every, "an integer ≥ 1", Number.isInteger(every) && every >= 1);
  check("factor", factor, "a number in (0, 1]", Number.isFinite(factor) && factor > 0 && factor <= 1);
  return (step) => rate * factor ** Math.floor(step / every);
}

/**
 * Returns a schedule whose first rates are scaled down: η_t (t + 1)/w for t < w, then η_t. The inner schedule sees t
 * and T unchanged, so that a decay runs meanwhile and ends as without the warm-up.
 *
 * @param schedule η_t
 * @param warmUpSteps w, an integer of at least 1
 * @throws OptionError unless `schedule` is a function and `warmUpSteps` as said
 */
export function warmUp(schedule: LearningRateSchedule, warmUpSteps: number): LearningRateSchedule {
  check("schedule", schedule, "a schedule, such as constant(0.1)", typeof schedule === "function");
  check("warmUpSteps", warmUpSteps, "an integer ≥ 1", Number.isInteger(warmUpSteps) && warmUpSteps >= 1);
  return (step, steps) => schedule(step, steps) * Math.min(1, (step + 1) / warmUpSteps);
}

function checkRate(rate: number): void {
  check("rate", rate, "a finite number ≥ 0", Number.isFinite(rate) && rate >= 0);
}

function check(argument: string, value: unknown, expected: string, isAccepted: boolean): void {
  if (!isAccepted) throw new OptionError(argument, `expected ${expected}, got ${describe(value)}`);
}
