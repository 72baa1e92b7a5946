/** Steps of a slider on a log scale. */

/** `digits` times each power of ten from 10^`from` on, up to 10^`to`. */
export function logSteps(digits: readonly number[], from: number, to: number): number[] {
  const powers = Array.from({ length: to - from }, (_, i) => from + i);
  return [
    ...powers.flatMap((power) => digits.map((digit) => Number(`${digit}e${power}`))),
    Number(`1e${to}`),
  ];
}
