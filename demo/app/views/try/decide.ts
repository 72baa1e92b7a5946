/** The class that an answer counts as by the limits that were chosen in “How sure is it?”, if it counts at all. */
import type { Label } from "../../../../src/index.ts";
import type { Session } from "../../state/session.ts";
import { likeliest } from "./evidence.ts";

/** The limits that were chosen; see `Session`. */
export interface Limits {
  readonly minProbability: number;
  readonly threshold: { readonly positive: Label; readonly probability: number } | null;
}

/** Limits that leave every answer as it is. */
export const NO_LIMITS: Limits = { minProbability: 0, threshold: null };

/** Returns the limits as they are now. In a component, it is drawn anew when they change. */
export function limitsOf({ minProbability, threshold }: Session): Limits {
  return { minProbability: minProbability.value, threshold: threshold.value };
}

/**
 * Returns the position of the class that probabilities `[K]` count as: the one of two that the threshold chooses, else
 * the most probable one. Null if no class is probable enough for an answer.
 */
export function decide(
  probabilities: Float64Array,
  classes: readonly Label[],
  { minProbability, threshold }: Limits,
): number | null {
  const best = likeliest(probabilities);
  if (probabilities[best] < minProbability) return null;
  const positive = positionOf(threshold, classes);
  if (!threshold || positive === null) return best;
  return probabilities[positive] >= threshold.probability ? positive : 1 - positive;
}

/** Returns the position of the class that a threshold looks for; null if there is none, or not one of two classes. */
export function positionOf(threshold: Limits["threshold"], classes: readonly Label[]): number | null {
  const positive = threshold ? classes.indexOf(threshold.positive) : -1;
  return positive >= 0 && classes.length === 2 ? positive : null;
}
