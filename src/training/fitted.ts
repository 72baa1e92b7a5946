/** What a model knows once it is fitted, and how that is applied. */
import type { Learnt } from "../checks.ts";
import type { Label } from "../data/labels.ts";
import type { Standardization } from "../data/standardization.ts";
import { DataError, StateError } from "../errors.ts";
import type { Parameters } from "../objective.ts";

/** A fitted model: probabilities = softmax((W x̂ + b) / temperature), x̂ standardised where it was in training. */
export interface Fitted extends Learnt {
  readonly parameters: Parameters;
  readonly standardization: Standardization | undefined;
  readonly temperature: number;
  /** λ and λ₁ that the parameters were fitted with. */
  readonly l2: number;
  readonly l1: number;
}

/** Parameters whose scores are divided by the temperature. */
export function tempered({ parameters: { weights, bias }, temperature }: Fitted): Parameters {
  if (temperature === 1) return { weights, bias };
  return { weights: weights.map((w) => w / temperature), bias: bias.map((b) => b / temperature) };
}

/** W and b for rows as they come: W x̂ + b = (W/σ) x + (b − (W/σ) μ). */
export function folded({ parameters, standardization, features }: Fitted): Parameters {
  if (!standardization) return parameters;
  const { mean, scale } = standardization;
  const weights = parameters.weights.map((w, at) => w / scale[at % features]);
  const bias = parameters.bias.slice();
  for (let at = 0; at < weights.length; at++)
    bias[Math.floor(at / features)] -= weights[at] * mean[at % features];
  return { weights, bias };
}

/**
 * The model with one more class, in its place among the others: weights of 0 and the lowest bias there is, so that
 * it is never the likeliest before it is trained.
 *
 * @throws DataError a class there already is, or a label of another type
 */
export function withClass(fitted: Fitted, label: Label): Fitted {
  const { classes, features, parameters } = fitted;
  const isLabel = typeof label === "string" || (Number.isInteger(label) && label >= 0);
  if (!isLabel || typeof label !== typeof classes[0])
    throw new DataError(
      "label",
      `expected a ${typeof classes[0]} like the other classes, got ${String(label)}`,
    );
  if (classes.includes(label)) throw new DataError("label", `there is a class ${String(label)} already`);
  const at = classes.filter((other) => other < label).length;
  return {
    ...fitted,
    classes: classes.toSpliced(at, 0, label),
    parameters: {
      weights: spliced(parameters.weights, at * features, 0, new Float64Array(features)),
      bias: spliced(parameters.bias, at, 0, Float64Array.of(Math.min(...parameters.bias))),
    },
  };
}

/** The model without a class. @throws DataError no such class; StateError fewer than two would be left */
export function withoutClass(fitted: Fitted, label: Label): Fitted {
  const { classes, features, parameters } = fitted;
  const at = classes.indexOf(label);
  if (at < 0)
    throw new DataError("label", `there is no class ${String(label)}; there are ${classes.join(", ")}`);
  if (classes.length === 2) throw new StateError("model", "a model needs two classes at least");
  return {
    ...fitted,
    classes: classes.toSpliced(at, 1),
    parameters: {
      weights: spliced(parameters.weights, at * features, features, new Float64Array(0)),
      bias: spliced(parameters.bias, at, 1, new Float64Array(0)),
    },
  };
}

function spliced(values: Float64Array, at: number, removed: number, inserted: Float64Array): Float64Array {
  const result = new Float64Array(values.length - removed + inserted.length);
  result.set(values.subarray(0, at));
  result.set(inserted, at);
  result.set(values.subarray(at + removed), at + inserted.length);
  return result;
}
