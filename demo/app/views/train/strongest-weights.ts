/** The features with the largest weights, class by class: few of possibly very many. */
import type { Snapshot } from "../../state/run-records.ts";

/** A feature by its position, and its weight. */
export interface WeightEntry {
  readonly feature: number;
  readonly weight: number;
}

/** The strongest features of a class; of two classes, `k` is null if positive weights speak for the second one. */
export interface WeightList {
  readonly k: number | null;
  /** The strongest first. */
  readonly entries: readonly WeightEntry[];
}

interface ListOptions {
  /** Indices of the classes that are listed. */
  readonly shown: readonly number[];
  /** Entries of a list at most. */
  readonly most: number;
  /** Only weights that speak for the class, as words do; else weights of both signs, by their size. */
  readonly isOnlyFor: boolean;
}

/**
 * Returns a list for each shown class. Two classes have one weight between them, the second's less the first's: they
 * share a list, or have one each for what speaks for them.
 */
export function strongestWeights(snapshot: Snapshot, options: ListOptions): WeightList[] {
  const { weights, classes } = snapshot;
  const { shown, most, isOnlyFor } = options;
  const D = weights.length / classes.length;
  const find = (weightOf: (feature: number) => number) => strongest(D, weightOf, most, isOnlyFor);
  if (classes.length === 2) {
    const lead = (feature: number) => weights[D + feature] - weights[feature];
    if (!isOnlyFor) return [{ k: null, entries: find(lead) }];
    return [
      { k: 0, entries: find((feature) => -lead(feature)) },
      { k: 1, entries: find(lead) },
    ];
  }
  return shown.map((k) => ({ k, entries: find((feature) => weights[k * D + feature]) }));
}

/** Size of a weight that is listed at least, as a share of the largest: smaller ones hardly count. */
const LEAST_SHARE = 0.005;

/** Returns the features with the largest weights above 0, or of the largest size; the first of equal ones. */
function strongest(
  D: number,
  weightOf: (feature: number) => number,
  most: number,
  isOnlyFor: boolean,
): WeightEntry[] {
  const found: WeightEntry[] = [];
  const sizeOf = (weight: number) => (isOnlyFor ? weight : Math.abs(weight));
  let least = 0;
  for (let feature = 0; feature < D; feature++) {
    const weight = weightOf(feature);
    const size = sizeOf(weight);
    if (!(size > least)) continue;
    let at = found.length;
    while (at > 0 && size > sizeOf(found[at - 1].weight)) at--;
    found.splice(at, 0, { feature, weight });
    if (found.length > most) found.pop();
    if (found.length === most) least = sizeOf(found[most - 1].weight);
  }
  const limit = LEAST_SHARE * sizeOf(found[0]?.weight ?? 0);
  return found.filter(({ weight }) => sizeOf(weight) >= limit);
}
