/**
 * Writes and reads a saved model as JSON text that people can read: `format` and `version`, then the fields of
 * {@link SavedModel} under their names, with `weights` as K rows of D numbers. Other fields are refused.
 */
import type { Label } from "../data/labels.ts";
import type { Standardization } from "../data/standardization.ts";
import { FormatError } from "../errors.ts";
import { checkModel, checkVersion } from "./check-model.ts";
import { type JsonObject, type JsonValue, parseJson } from "./json.ts";
import { arrayOf, checkFields, figureOf, numberOf, numbersOf, objectOf, rowsOf } from "./json-fields.ts";
import { formatJson } from "./json-write.ts";
import { checkSize, fieldsOf, type SavedModel, type SavedProgress } from "./saved-model.ts";

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
const OPTIONAL = ["conditioning"] as const;

/**
 * Writes a model as JSON text. Every number reads back bit for bit.
 *
 * @throws FormatError  a model that {@link checkModel} refuses, or more than 2²⁴ numbers, which safetensors can hold
 */
export async function modelToJson(model: SavedModel): Promise<string> {
  await checkModel(model);
  checkSize(model);
  return formatJson(fieldsOf(model));
}

/**
 * Reads a model from JSON text, or from its bytes in UTF-8.
 *
 * @throws FormatError  naming the field: text that {@link parseJson} refuses, fields that are missing, unknown or of
 *                      another type, a later version, a model that {@link checkModel} refuses
 */
export async function modelFromJson(source: string | Uint8Array): Promise<SavedModel> {
  const file = objectOf(await parseJson(source, "model"), "model");
  // Check the version first: a field that a later version added is not an unknown field.
  checkVersion(file.format, file.version);
  checkFields(file, "model", FIELDS, OPTIONAL);
  const weights = await rowsOf(file.weights, "model.weights");
  const features = numberOf(file.features, "model.features");
  if (weights.cols !== features) {
    throw new FormatError("model.weights", `expected rows of ${features} numbers, got ${weights.cols}`);
  }
  return checkModel({
    features,
    classes: arrayOf(file.classes, "model.classes") as readonly Label[],
    weights: weights.values,
    bias: await numbersOf(file.bias, "model.bias"),
    standardization: await columnsOf(file.standardization, "model.standardization"),
    ...(file.conditioning !== undefined && {
      conditioning: (await columnsOf(file.conditioning, "model.conditioning")) ?? undefined,
    }),
    temperature: numberOf(file.temperature, "model.temperature"),
    options: objectOf(file.options, "model.options"),
    progress: await progressOf(file.progress),
  });
}

async function columnsOf(value: JsonValue, field: string): Promise<Standardization | null> {
  if (value === null) return null;
  const { mean, scale } = partsOf(value, field, ["mean", "scale"]);
  return {
    mean: await numbersOf(mean, `${field}.mean`),
    scale: await numbersOf(scale, `${field}.scale`),
  };
}

async function progressOf(value: JsonValue): Promise<SavedProgress | null> {
  if (value === null) return null;
  const field = "model.progress";
  const { state, tensors: lists } = partsOf(value, field, ["state", "tensors"]);
  const tensors: Record<string, Float64Array> = {};
  for (const [name, list] of Object.entries(objectOf(lists, `${field}.tensors`))) {
    tensors[name] = await numbersOf(list, `${field}.tensors.${name.slice(0, 40)}`, figureOf);
  }
  return { state, tensors };
}

function partsOf(value: JsonValue, argument: string, names: readonly string[]): JsonObject {
  const object = objectOf(value, argument);
  checkFields(object, argument, names);
  return object;
}
