/** The classes of a data set, before there is a model that knows them. */
import type { Label } from "../../../../src/index.ts";
import type { DemoDataset } from "../../data/demo-dataset.ts";

/** Kept, since there may be a million rows to look through. */
const known = new WeakMap<DemoDataset, readonly Label[]>();

/** Returns all labels, in the order a model has them: ascending. */
export function labelsOf(dataset: DemoDataset): readonly Label[] {
  const labels = known.get(dataset) ?? [...new Set(dataset.train.y)].sort((a, b) => (a < b ? -1 : 1));
  known.set(dataset, labels);
  return labels;
}
