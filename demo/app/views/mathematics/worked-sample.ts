/** One sample worked through at the point where the run stands: what every step of the view shows parts of. */
import type { Label } from "../../../../src/index.ts";
import type { DemoDataset } from "../../data/demo-dataset.ts";
import type { Choices } from "../../state/choices.ts";
import { featureName } from "./numbers/feature-name.ts";
import type { Point } from "./numbers/point.ts";
import { numbersOf, type Sample, type SampleNumbers, sampleOf } from "./numbers/sample-numbers.ts";
import { shownClasses, shownFeatures } from "./numbers/shown.ts";

/** What of the classes and features tables show. */
export interface Shown {
  readonly classes: readonly number[];
  readonly features: readonly number[];
  /** The sample's own class. */
  readonly own: number;
  readonly classNames: readonly Label[];
  readonly featureNames: (j: number) => string;
}

/** The sample, the point, and everything between them. */
export interface WorkedSample {
  readonly dataset: DemoDataset;
  readonly choices: Choices;
  readonly point: Point;
  /** Its row among the validation rows. */
  readonly row: number;
  readonly sample: Sample;
  readonly numbers: SampleNumbers;
  readonly shown: Shown;
}

/** Works through a validation row. */
export function workedSample(
  dataset: DemoDataset,
  choices: Choices,
  point: Point,
  row: number,
): WorkedSample {
  const sample = sampleOf(dataset, row, point);
  const numbers = numbersOf(sample, point.parameters, choices.labelSmoothing);
  const shown = {
    classes: shownClasses(numbers.probabilities, sample.label),
    features: shownFeatures(sample.x.data),
    own: sample.label,
    classNames: point.classes,
    featureNames: (j: number) => featureName(j, dataset),
  };
  return { dataset, choices, point, row, sample, numbers, shown };
}
