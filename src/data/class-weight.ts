/** Weights of classes as a caller gives them, by label or by position. */
import { OptionError, ShapeError } from "../errors.ts";
import type { Label } from "./labels.ts";
import { describe } from "./matrix.ts";

/**
 * Weights by label in a `Map` or an object (labels that are absent: 1, as in scikit-learn), an array `[K]` in the order
 * of the classes, or `"balanced"`. All finite and ≥ 0; typed arrays stand for their numbers.
 */
export type ClassWeight =
  | "balanced"
  | ReadonlyMap<Label, number>
  | Readonly<Record<string | number, number>>
  | ArrayLike<number>;

/**
 * w_k of each class, `[K]`.
 *
 * @throws ShapeError  an array that has not one weight per class
 * @throws OptionError a weight that is no finite number ≥ 0, or is for a label that is no class
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
  // An object's keys are strings, those of a Map are labels as they are.
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

function checked(weight: unknown, label: Label): number {
  if (typeof weight === "number" && weight >= 0 && weight < Infinity) return weight;
  throw new OptionError(
    "classWeight",
    `expected finite numbers ≥ 0, ${describe(label)} has ${describe(weight)}`,
  );
}

function isList(value: object): value is ArrayLike<number> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && "length" in value);
}

/** By tag and not by instanceof: a Map may come from another realm, such as a frame. */
function isMapLike(value: object): value is ReadonlyMap<Label, number> {
  return Object.prototype.toString.call(value) === "[object Map]";
}
