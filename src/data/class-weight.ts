/** Class weights: as callers pass them, by label or by position, and as files hold them. */
import { FormatError, OptionError, ShapeError } from "../errors.ts";
import { isListLike } from "./flat.ts";
import type { Label } from "./labels.ts";
import { describe, tagOf } from "./matrix.ts";

/**
 * Class weights, finite and ≥ 0: by label in a `Map` or an object (1 for absent labels, as in scikit-learn), an array
 * `[K]` in the order of the classes, or `"balanced"`.
 */
export type ClassWeight =
  | "balanced"
  | ReadonlyMap<Label, number>
  | Readonly<Record<string | number, number>>
  | ArrayLike<number>;

/**
 * Returns w_k of each class, `[K]`.
 *
 * @throws ShapeError  an array without one weight per class
 * @throws OptionError a weight that is not finite and ≥ 0, or one for a label that is no class
 */
export function explicitClassWeights(
  given: Exclude<ClassWeight, "balanced">,
  classes: readonly Label[],
): Float64Array {
  if (isList(given)) {
    if (given.length !== classes.length)
      throw new ShapeError(
        "classWeight",
        `expected a weight for each of ${classes.length} classes, got ${given.length}`,
      );
    return Float64Array.from(classes, (label, k) => checked(given[k], label));
  }
  // The keys of an object are strings; those of a Map are the labels themselves.
  const isMap = isMapLike(given);
  const positions = new Map<unknown, number>(classes.map((label, k) => [isMap ? label : String(label), k]));
  const weights = new Float64Array(classes.length).fill(1);
  for (const [key, weight] of isMap ? given : Object.entries(given)) {
    const k = positions.get(key);
    if (k === undefined) {
      throw new OptionError(
        "classWeight",
        `${describe(key)} is none of the ${classes.length} classes, the first of which is ${describe(classes[0])}`,
      );
    }
    weights[k] = checked(weight, classes[k]);
  }
  return weights;
}

/**
 * Converts weights by label to pairs, the form in which files hold them: as keys of a JSON object, all labels would
 * become strings, and some strings (`__proto__`) are unsafe keys. The key of an object becomes the label of the class
 * that is written like it.
 */
export function classWeightPairs(
  given: ReadonlyMap<Label, number> | Readonly<Record<string, number>>,
  classes: readonly Label[],
): (readonly [label: Label, weight: number])[] {
  if (isMapLike(given)) return Array.from(given);
  const labels = new Map(classes.map((label) => [String(label), label]));
  const areNumbers = typeof classes[0] === "number";
  const labelOf = (key: string): Label =>
    labels.get(key) ?? (areNumbers && String(Number(key)) === key ? Number(key) : key);
  return Object.entries(given).map(([key, weight]) => [labelOf(key), weight]);
}

/**
 * Checks class weights from a file: `"balanced"`, a list by position, pairs of label and weight (returned as a `Map`),
 * or, in older files, an object.
 *
 * @throws FormatError anything else; a weight that is not finite and ≥ 0; a label that occurs twice
 */
export function classWeightFromFile(value: unknown, argument: string): ClassWeight {
  if (value === "balanced") return value;
  if (typeof value !== "object" || value === null)
    throw new FormatError(argument, `expected "balanced", weights or pairs, got ${describe(value)}`);
  if (!Array.isArray(value)) {
    for (const weight of Object.values(value)) checkFromFile(weight, argument);
    return value as Readonly<Record<string, number>>;
  }
  if (!value.every(Array.isArray)) {
    for (const weight of value) checkFromFile(weight, argument);
    return value;
  }
  const weights = new Map<Label, number>();
  for (const pair of value) {
    const [label, weight] = pair;
    if (pair.length !== 2 || !["string", "number", "boolean"].includes(typeof label))
      throw new FormatError(argument, `expected pairs of a label and its weight, got ${describe(pair)}`);
    if (weights.has(label)) throw new FormatError(argument, `${describe(label)} occurs twice`);
    checkFromFile(weight, argument);
    weights.set(label, weight);
  }
  return weights;
}

function checkFromFile(weight: unknown, argument: string): void {
  if (isWeight(weight)) return;
  throw new FormatError(argument, `expected finite numbers ≥ 0, got ${describe(weight)}`);
}

function checked(weight: unknown, label: Label): number {
  if (isWeight(weight)) return weight;
  throw new OptionError(
    "classWeight",
    `expected finite numbers ≥ 0, ${describe(label)} has ${describe(weight)}`,
  );
}

function isWeight(weight: unknown): weight is number {
  return typeof weight === "number" && weight >= 0 && weight < Infinity;
}

/** Tells whether class weights are given by position. */
export function isList(value: object): value is ArrayLike<number> {
  return isListLike(value);
}

function isMapLike(value: object): value is ReadonlyMap<Label, number> {
  return tagOf(value) === "Map";
}
