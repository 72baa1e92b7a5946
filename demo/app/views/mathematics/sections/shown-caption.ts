/** What a table of a matrix `[K,D]` is called, with what it leaves out. */
import type { WorkedSample } from "../worked-sample.ts";

/** The name, and which features are shown where there are more. */
export function shownCaption(name: string, { shown, dataset }: WorkedSample): string {
  const { cols } = dataset.train.x;
  return shown.features.length < cols
    ? `${name}, at the ${shown.features.length} of ${cols} features where x is largest`
    : name;
}
