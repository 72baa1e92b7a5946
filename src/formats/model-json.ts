/**
 * A saved model as JSON text that people can read: `format` and `version`, then the fields of {@link SavedModel} under
 * their names, `weights` as K rows of D numbers. No other fields, and nothing after the last brace.
 */
import type { Label } from "../data/labels.ts";
import type { Standardization } from "../data/standardization.ts";
import { FormatError } from "../errors.ts";
import { type JsonObject, type JsonValue, parseJson } from "./json.ts";
import { arrayOf, checkFields, numberOf, numbersOf, objectOf, rowsOf } from "./json-fields.ts";
import { formatJson } from "./json-write.ts";
import {
  checkModel,
  checkVersion,
  FORMAT,
  type SavedModel,
  type SavedProgress,
  VERSION,
} from "./saved-model.ts";

const FIELDS = [
  "format",
  "version",
  "features",
  "classes",
  "weights",
  "bias",
  "standardization",
  "temperature",
  "options",
  "progress",
] as const;

/** Engines end strings at 2²⁹ characters; a number takes up to 26 with its comma. */
const MAX_NUMBERS = 2 ** 24;

/**
 * A model as JSON text. Every number reads back bit for bit.
 *
 * @throws FormatError  a model that {@link checkModel} refuses, or more than 2²⁴ numbers: safetensors hold those
 */
export function modelToJson(model: SavedModel): string {
  const { features, classes, weights, bias, standardization, temperature, options, progress } =
    checkModel(model);
  checkSize(model);
  return formatJson({
    format: FORMAT,
    version: VERSION,
    features,
    classes,
    weights: classes.map((_, k) => Array.from(weights.subarray(k * features, (k + 1) * features))),
    bias: Array.from(bias),
    standardization: standardization && {
      mean: Array.from(standardization.mean),
      scale: Array.from(standardization.scale),
    },
    temperature,
    options,
    progress: progress && { state: progress.state, tensors: listsOf(progress.tensors) },
  });
}

/**
 * The model in a JSON text.
 *
 * @throws FormatError  naming the field: text that {@link parseJson} refuses, fields that are missing, unknown or of
 *                      another type, a later version, a model that {@link checkModel} refuses
 */
export function modelFromJson(text: string): SavedModel {
  const file = objectOf(parseJson(text, "model"), "model");
  // First the version: what a later one adds is not an unknown field.
  checkVersion(file.format, file.version);
  checkFields(file, "model", FIELDS);
  const weights = rowsOf(file.weights, "model.weights");
  const features = numberOf(file.features, "model.features");
  if (weights.cols !== features) {
    throw new FormatError("model.weights", `expected rows of ${features} numbers, got ${weights.cols}`);
  }
  return checkModel({
    features,
    classes: arrayOf(file.classes, "model.classes") as readonly Label[],
    weights: weights.values,
    bias: numbersOf(file.bias, "model.bias"),
    standardization: standardizationOf(file.standardization),
    temperature: numberOf(file.temperature, "model.temperature"),
    options: objectOf(file.options, "model.options"),
    progress: progressOf(file.progress),
  });
}

function standardizationOf(value: JsonValue): Standardization | null {
  if (value === null) return null;
  const field = "model.standardization";
  const { mean, scale } = fieldsOf(value, field, ["mean", "scale"]);
  return { mean: numbersOf(mean, `${field}.mean`), scale: numbersOf(scale, `${field}.scale`) };
}

function progressOf(value: JsonValue): SavedProgress | null {
  if (value === null) return null;
  const field = "model.progress";
  const { state, tensors } = fieldsOf(value, field, ["state", "tensors"]);
  const lists = Object.entries(objectOf(tensors, `${field}.tensors`));
  return {
    state,
    tensors: Object.fromEntries(
      lists.map(([name, list]) => [name, numbersOf(list, `${field}.tensors.${name.slice(0, 40)}`)]),
    ),
  };
}

function fieldsOf(value: JsonValue, argument: string, names: readonly string[]): JsonObject {
  const object = objectOf(value, argument);
  checkFields(object, argument, names);
  return object;
}

function listsOf(tensors: SavedProgress["tensors"]): Record<string, number[]> {
  return Object.fromEntries(Object.entries(tensors).map(([name, values]) => [name, Array.from(values)]));
}

function checkSize({ weights, bias, features, progress }: SavedModel): void {
  const tensors = Object.values(progress?.tensors ?? {});
  const count = tensors.reduce(
    (total, { length }) => total + length,
    weights.length + bias.length + 2 * features,
  );
  if (count <= MAX_NUMBERS) return;
  throw new FormatError(
    "model",
    `${count} numbers are too many for JSON text (${MAX_NUMBERS}); use safetensors`,
  );
}
