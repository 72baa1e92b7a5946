/** The numbers that the playground's sliders step through. */
import { logSteps } from "../../components/log-steps.ts";

/** About as far from each other as a tenth of a decade. */
const DIGITS = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8];

export const PENALTIES: readonly number[] = logSteps(DIGITS, -6, 0);
export const LEARNING_RATES: readonly number[] = logSteps(DIGITS, -4, 1);
export const EPOCHS: readonly number[] = logSteps(DIGITS, 0, 3).filter(
  (epochs) => Number.isInteger(epochs) && epochs <= 300,
);
