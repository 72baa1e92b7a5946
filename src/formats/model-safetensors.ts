/**
 * Writes and reads a saved model as a safetensors file, which other tools open too.
 *
 * | tensor | shape | dtype |
 * |---|---|---|
 * | `weights`, `bias` | `[K,D]`, `[K]` | F32 if that is exact, else F64 |
 * | `mean`, `scale` | `[D]`, if the model standardises | F64 |
 * | `conditioning.mean`, `conditioning.scale` | `[D]`, if training conditioned the rows | F64 |
 * | `progress.NAME` | `[n]`, of an interrupted fit | F64 |
 *
 * Metadata: `format`, `version`, and, as JSON, `classes`, `temperature`, `options` and the `state` of an interrupted
 * fit.
 */
import type { Label } from "../data/labels.ts";
import type { Standardization } from "../data/standardization.ts";
import { FormatError } from "../errors.ts";
import {
  fromFloat32Bytes,
  fromFloat64Bytes,
  isExactInFloat32,
  toFloat32Bytes,
  toFloat64Bytes,
} from "./bytes.ts";
import { checkModel, checkVersion } from "./check-model.ts";
import { parseJson } from "./json.ts";
import { arrayOf, checkFields, numberOf, objectOf } from "./json-fields.ts";
import { formatJson } from "./json-write.ts";
import { type Dtype, readSafetensors, type Tensor, writeSafetensors } from "./safetensors.ts";
import { FORMAT, type SavedModel, type SavedProgress, VERSION } from "./saved-model.ts";

const PROGRESS = "progress.";
const CONDITIONING = "conditioning.";

/** Names of the tensors that do not belong to an interrupted fit. */
const OF_MODEL: readonly string[] = [
  ...["weights", "bias", "mean", "scale"],
  ...[`${CONDITIONING}mean`, `${CONDITIONING}scale`],
];

/** Smaller limit than the format's: 65,536 classes with long names fit, and a hostile header is read quickly. */
const LIMITS = { argument: "model", maxHeaderBytes: 2 ** 24 };

type Tensors = ReadonlyMap<string, Tensor>;
type Metadata = Readonly<Record<string, string>>;

/**
 * Writes a model as the bytes of a safetensors file. Every number reads back bit for bit.
 *
 * @throws FormatError  a model that {@link checkModel} refuses, names of tensors that are not well-formed Unicode,
 *                      more than 16 MiB of classes, options and state
 */
export async function modelToSafetensors(model: SavedModel): Promise<Uint8Array<ArrayBuffer>> {
  const { features, classes, weights, bias, standardization, conditioning, temperature, options, progress } =
    await checkModel(model);
  const tensors = new Map<string, Tensor>([
    ["weights", await narrowest(weights, [classes.length, features])],
    ["bias", await narrowest(bias, [classes.length])],
  ]);
  if (standardization) {
    tensors.set("mean", await float64(standardization.mean));
    tensors.set("scale", await float64(standardization.scale));
  }
  if (conditioning) {
    tensors.set(`${CONDITIONING}mean`, await float64(conditioning.mean));
    tensors.set(`${CONDITIONING}scale`, await float64(conditioning.scale));
  }
  for (const [name, values] of Object.entries(progress?.tensors ?? {})) {
    tensors.set(PROGRESS + name, await float64(values));
  }
  const metadata = {
    format: FORMAT,
    version: String(VERSION),
    classes: await formatJson(classes),
    temperature: await formatJson(temperature),
    options: await formatJson(options),
    ...(progress && { state: await formatJson(progress.state) }),
  };
  return writeSafetensors({ tensors, metadata }, LIMITS);
}

/**
 * Reads the model in a safetensors file.
 *
 * @throws FormatError  naming the field: bytes that {@link readSafetensors} refuses, tensors or metadata that are
 *                      missing, unknown or of another type or shape, a later version, a model that
 *                      {@link checkModel} refuses
 */
export async function modelFromSafetensors(bytes: Uint8Array): Promise<SavedModel> {
  const { tensors, metadata } = await readSafetensors(bytes, LIMITS);
  const { format, version } = metadata;
  // Check the version first: a field that a later version added is not an unknown field.
  checkVersion(format, /^[1-9]\d*$/.test(version) ? Number(version) : version);
  checkFields(metadata, "model", ["format", "version", "classes", "temperature", "options"], ["state"]);
  const weights = await floats(tensors, "weights", 2, ["F32", "F64"]);
  const conditioning = await readColumns(tensors, CONDITIONING);
  const [rows, features] = shapeOf(tensors, "weights");
  const classes = arrayOf(await jsonOf(metadata, "classes"), "model.classes") as readonly Label[];
  if (rows !== classes.length) {
    throw new FormatError(
      "model.weights",
      `expected a row for each of ${classes.length} classes, got ${rows}`,
    );
  }
  return checkModel({
    features,
    classes,
    weights,
    bias: await floats(tensors, "bias", 1, ["F32", "F64"]),
    standardization: await readColumns(tensors, ""),
    ...(conditioning && { conditioning }),
    temperature: numberOf(await jsonOf(metadata, "temperature"), "model.temperature"),
    options: objectOf(await jsonOf(metadata, "options"), "model.options"),
    progress: await readProgress(tensors, metadata),
  });
}

async function float64(values: Float64Array): Promise<Tensor> {
  return { dtype: "F64", shape: [values.length], bytes: await toFloat64Bytes(values) };
}

async function narrowest(values: Float64Array, shape: readonly number[]): Promise<Tensor> {
  return (await isExactInFloat32(values))
    ? { dtype: "F32", shape, bytes: await toFloat32Bytes(values) }
    : { dtype: "F64", shape, bytes: await toFloat64Bytes(values) };
}

function shapeOf(tensors: Tensors, name: string): readonly number[] {
  const tensor = tensors.get(name);
  if (tensor) return tensor.shape;
  throw new FormatError(`model.${name}`, "missing");
}

async function floats(
  tensors: Tensors,
  name: string,
  rank: number,
  accepted: readonly Dtype[] = ["F64"],
): Promise<Float64Array> {
  const shape = shapeOf(tensors, name);
  const { dtype, bytes } = tensors.get(name) as Tensor;
  const field = `model.${name.slice(0, 40)}`;
  if (!accepted.includes(dtype)) {
    throw new FormatError(field, `expected the dtype ${accepted.join(" or ")}, got ${dtype}`);
  }
  if (shape.length !== rank) {
    throw new FormatError(field, `expected a shape of rank ${rank}, got rank ${shape.length}`);
  }
  return dtype === "F32" ? fromFloat32Bytes(bytes) : fromFloat64Bytes(bytes);
}

async function readColumns(tensors: Tensors, prefix: string): Promise<Standardization | null> {
  const [mean, scale] = [`${prefix}mean`, `${prefix}scale`];
  if (!tensors.has(mean) && !tensors.has(scale)) return null;
  return { mean: await floats(tensors, mean, 1), scale: await floats(tensors, scale, 1) };
}

/** Reads the tensors of an interrupted fit. @throws FormatError one that belongs neither to the model nor to a fit */
async function readProgress(tensors: Tensors, metadata: Metadata): Promise<SavedProgress | null> {
  const names = [...tensors.keys()].filter((name) => !OF_MODEL.includes(name));
  const hasState = Object.hasOwn(metadata, "state");
  for (const name of names) {
    if (!hasState || !name.startsWith(PROGRESS)) {
      throw new FormatError(`model.${name.slice(0, 40)}`, "an unknown tensor");
    }
  }
  if (!hasState) return null;
  const entries: [string, Float64Array][] = [];
  for (const name of names) entries.push([name.slice(PROGRESS.length), await floats(tensors, name, 1)]);
  // Build the object from entries: assigning to __proto__ would set the prototype. checkModel refuses such names.
  return { state: await jsonOf(metadata, "state"), tensors: Object.fromEntries(entries) };
}

function jsonOf(metadata: Metadata, name: string) {
  return parseJson(metadata[name], `model.${name}`);
}
