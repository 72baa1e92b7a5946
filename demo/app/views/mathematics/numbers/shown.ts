/** What of many classes and features a table shows. */
import { largestAt } from "../../../components/largest.ts";

/** Rows and columns of a table at most. */
export const MOST_SHOWN = 10;

/** Positions of the classes to show, ascending: all, or the likeliest, the sample's own always among them. */
export function shownClasses(probabilities: ArrayLike<number>, label: number): number[] {
  return largestAt(probabilities.length, (k) => (k === label ? Infinity : probabilities[k]), MOST_SHOWN);
}

/** Positions of the features to show, ascending: all, or those where x is largest. */
export function shownFeatures(x: ArrayLike<number>): number[] {
  return largestAt(x.length, (j) => Math.abs(x[j]), MOST_SHOWN);
}

/** The largest |value|; 0 of none. */
export function largestSize(values: ArrayLike<number>): number {
  let size = 0;
  for (let at = 0; at < values.length; at++) size = Math.max(size, Math.abs(values[at]));
  return size;
}
