/**
 * Computes one sample at the current parameters: the numbers of every step, and which of them tables show.
 */
import type { Label } from "../../../../src/index.ts";
import { largestAt } from "../../data/arrays.ts";
import type { DemoDataset } from "../../data/demo-dataset.ts";
import type { Choices } from "../../state/choices.ts";
import { numbersOf, type Sample, type SampleNumbers, sampleOf } from "./formulas.ts";
import type { Point } from "./point.ts";

/** The classes and features that tables show. */
export interface Shown {
  readonly classes: readonly number[];
  readonly features: readonly number[];
  readonly own: number;
  readonly classNames: readonly Label[];
  readonly featureNames: (j: number) => string;
}

/** The sample, the parameters, and everything computed from them. */
export interface WorkedSample {
  readonly dataset: DemoDataset;
  readonly choices: Choices;
  readonly point: Point;
  /** Index of its validation row. */
  readonly row: number;
  readonly sample: Sample;
  readonly numbers: SampleNumbers;
  readonly shown: Shown;
}

/** Computes all numbers of a validation row. */
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

/** Rows and columns of a table at most. */
const MOST_SHOWN = 10;

/** Returns the indices of the classes to show, ascending: all, or the likeliest and the sample's own. */
export function shownClasses(probabilities: ArrayLike<number>, label: number): number[] {
  return largestAt(probabilities.length, (k) => (k === label ? Infinity : probabilities[k]), MOST_SHOWN);
}

/** Returns the indices of the features to show, ascending: all, or those with the largest |x|. */
export function shownFeatures(x: ArrayLike<number>): number[] {
  return largestAt(x.length, (j) => Math.abs(x[j]), MOST_SHOWN);
}

/** Returns the largest |value|; 0 for an empty list. */
export function largestSize(values: ArrayLike<number>): number {
  let size = 0;
  for (let at = 0; at < values.length; at++) size = Math.max(size, Math.abs(values[at]));
  return size;
}

/** Returns the column's own name, its pixel, or its number. */
function featureName(j: number, { image, features }: Pick<DemoDataset, "image" | "features">): string {
  if (!image) return features?.[j] ?? `x${j + 1}`;
  const pixel = Math.floor(j / image.channels);
  const channel = image.channels === 3 ? ` ${["red", "green", "blue"][j % 3]}` : "";
  return `pixel (${Math.floor(pixel / image.width)}, ${pixel % image.width})${channel}`;
}

/** Names a parameter, for example `"W, class 3, pixel (12, 5)"` or `"b, class 3"`; `place` counts weights first. */
export function placeName(place: number, dataset: DemoDataset, classes: readonly Label[]): string {
  const { cols } = dataset.train.x;
  const weights = classes.length * cols;
  if (place >= weights) return `b, class ${classes[place - weights]}`;
  return `W, class ${classes[Math.floor(place / cols)]}, ${featureName(place % cols, dataset)}`;
}

/** Returns the name of a matrix, and which of its features a table shows. */
export function shownCaption(name: string, { shown, dataset }: WorkedSample): string {
  const { cols } = dataset.train.x;
  return shown.features.length < cols
    ? `${name}, at the ${shown.features.length} of ${cols} features where x is largest`
    : name;
}
