/** Learning rates that change as training goes on. `steps` counts the steps of the whole fit. */

/** η of step `step`, 0 ≤ step < steps. Must be finite and positive or 0. */
export type LearningRateSchedule = (step: number, steps: number) => number;

/** The same rate throughout. */
export function constant(rate: number): LearningRateSchedule {
  return () => rate;
}

/** From `rate` straight down to 0: η_t = η (1 − t/T). The best of the simple schedules for a last iterate. */
export function linearDecay(rate: number): LearningRateSchedule {
  return (step, steps) => rate * (1 - step / steps);
}

/** From `rate` to 0 along half a cosine: η_t = η (1 + cos(π t/T)) / 2. */
export function cosineDecay(rate: number): LearningRateSchedule {
  return (step, steps) => (rate * (1 + Math.cos((Math.PI * step) / steps))) / 2;
}

/** η_t = η / (1 + t/h): half the rate after `halfLife` steps. */
export function inverseTimeDecay(rate: number, halfLife: number): LearningRateSchedule {
  return (step) => rate / (1 + step / halfLife);
}
