/** A parameter's place in words. */
import type { Label } from "../../../../../src/index.ts";
import type { DemoDataset } from "../../../data/demo-dataset.ts";
import { featureName } from "../numbers/feature-name.ts";

/** For example `"W, class 3, row 12, column 5"` or `"b, class 3"`; `place` counts weights first. */
export function placeName(place: number, dataset: DemoDataset, classes: readonly Label[]): string {
  const { cols } = dataset.train.x;
  const weights = classes.length * cols;
  if (place >= weights) return `b, class ${classes[place - weights]}`;
  return `W, class ${classes[Math.floor(place / cols)]}, ${featureName(place % cols, dataset)}`;
}
