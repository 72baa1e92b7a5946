/** The classes of a data set, before there is a model that knows them. */
import type { Label } from "../../../../src/index.ts";
import type { DemoDataset } from "../../data/demo-dataset.ts";

/** All labels, in the order a model has them: ascending. */
export function labelsOf({ train }: DemoDataset): Label[] {
  return [...new Set(train.y)].sort((a, b) => (a < b ? -1 : 1));
}
