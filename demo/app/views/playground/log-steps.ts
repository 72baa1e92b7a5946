/** The numbers that the playground's sliders step through, on a log scale. */

/** About as far from each other as a tenth of a decade. */
const DIGITS = [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8];

/** The round numbers from 10^`from` up to 10^`to`, ten a decade. */
function logSteps(from: number, to: number): number[] {
  const powers = Array.from({ length: to - from }, (_, i) => from + i);
  return [...powers.flatMap((power) => DIGITS.map((digit) => Number(`${digit}e${power}`))), 10 ** to];
}

export const PENALTIES: readonly number[] = logSteps(-6, 0);
export const LEARNING_RATES: readonly number[] = logSteps(-4, 1);
export const EPOCHS: readonly number[] = logSteps(0, 3).filter(
  (epochs) => Number.isInteger(epochs) && epochs <= 300,
);
