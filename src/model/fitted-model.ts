/** A fitted model: what it knows, how its parameters are applied, and how classes come and go. */
import type { Schema } from "../checks.ts";
import { isLabel, type Label, MAX_CLASSES } from "../data/labels.ts";
import { fold, type Standardization } from "../data/standardization.ts";
import { DataError, LimitError, StateError } from "../errors.ts";
import type { Parameters } from "../parameters.ts";

/** A fitted model: probabilities = softmax((W x̂ + b) / temperature), x̂ standardised if it was in training. */
export interface FittedModel extends Schema {
  readonly parameters: Parameters;
  readonly standardization: Standardization | undefined;
  /**
   * The standardisation that rows had on the device in training, if the parameters are for rows without it. Rows are
   * given the same when the model is applied, so that float32 loses no more of them than it did in training.
   */
  readonly conditioning: Standardization | undefined;
  readonly temperature: number;
  /** λ and λ₁ that the parameters were fitted with. */
  readonly l2: number;
  readonly l1: number;
}

/** Returns the parameters with their scores divided by the temperature. */
export function temperatureScaled({
  parameters,
  temperature,
}: Pick<FittedModel, "parameters" | "temperature">): Parameters {
  if (temperature === 1) return parameters;
  const { weights, bias } = parameters;
  return { weights: weights.map((w) => w / temperature), bias: bias.map((b) => b / temperature) };
}

/** Returns W and b for rows as they come: the standardisation is folded in. */
export function folded({ parameters, standardization }: FittedModel): Parameters {
  return fold(parameters, standardization);
}

/**
 * The model with one more class, in its place among the others: the mean of the others' weights and the lowest of
 * their biases, a score that is never above all others, so that it is not predicted before it is trained.
 *
 * @throws DataError  a class that exists already, or a label of another type
 * @throws LimitError more than {@link MAX_CLASSES} classes
 */
export function withClass(fitted: FittedModel, label: Label): FittedModel {
  const { classes, features, parameters } = fitted;
  if (!isLabel(label) || typeof label !== typeof classes[0])
    throw new DataError(
      "label",
      `expected a ${typeof classes[0]} like the other classes, got ${String(label)}`,
    );
  if (classes.includes(label)) throw new DataError("label", `there is a class ${String(label)} already`);
  if (classes.length === MAX_CLASSES)
    throw new LimitError("label", `at most ${MAX_CLASSES} classes are supported`);
  const at = classes.filter((other) => other < label).length;
  const mean = new Float64Array(features);
  for (let i = 0; i < parameters.weights.length; i++)
    mean[i % features] += parameters.weights[i] / classes.length;
  const lowest = parameters.bias.reduce((least, b) => Math.min(least, b), Infinity);
  return {
    ...fitted,
    classes: classes.toSpliced(at, 0, label),
    parameters: {
      weights: spliced(parameters.weights, at * features, 0, mean),
      bias: spliced(parameters.bias, at, 0, Float64Array.of(lowest)),
    },
  };
}

/** The model without a class. @throws DataError no such class; StateError fewer than two would be left */
export function withoutClass(fitted: FittedModel, label: Label): FittedModel {
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
