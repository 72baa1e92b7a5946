/** Checks of a saved model: every reader ends, and every writer begins, with {@link checkModel}. */
import { isLabel, type Label, MAX_CLASSES } from "../data/labels.ts";
import { MAX_ELEMENTS, tagOf } from "../data/matrix.ts";
import { inPieces } from "../data/pieces.ts";
import type { Standardization } from "../data/standardization.ts";
import { FormatError } from "../errors.ts";
import { show } from "./bytes.ts";
import { checkJson, checkKey, isPlainObject } from "./json-write.ts";
import { FORMAT, type SavedModel, type SavedProgress, VERSION } from "./saved-model.ts";

/**
 * Checks a whole model.
 *
 * @throws FormatError  naming the field (`model.weights`): fewer than two classes, of mixed types, not ascending;
 *                      lengths that do not fit each other; numbers that are not finite; a scale or temperature
 *                      that is not above 0; options or progress that JSON cannot hold
 */
export async function checkModel(model: SavedModel): Promise<SavedModel> {
  if (!isPlainObject(model)) throw new FormatError("model", `expected a saved model, got ${show(model)}`);
  const { features, classes, standardization, conditioning, temperature, options } = model;
  if (!Number.isInteger(features) || features < 1 || features > MAX_ELEMENTS) {
    throw new FormatError("model.features", `expected an integer of at least 1, got ${show(features)}`);
  }
  checkClasses(classes);
  await checkFloats(model.weights, "model.weights", classes.length * features);
  await checkFloats(model.bias, "model.bias", classes.length);
  if (standardization !== null) await checkColumns(standardization, features, "model.standardization");
  if (conditioning !== undefined) await checkColumns(conditioning, features, "model.conditioning");
  if (!(Number.isFinite(temperature) && temperature > 0)) {
    throw new FormatError("model.temperature", `expected a number above 0, got ${show(temperature)}`);
  }
  if (!isPlainObject(options)) {
    throw new FormatError("model.options", `expected an object, got ${show(options)}`);
  }
  await checkJson(options, "model.options");
  if (model.progress !== null) await checkProgress(model.progress);
  return model;
}

/** Checks the entries `format` and `version` of a file. @throws FormatError another format, or a later version */
export function checkVersion(format: unknown, version: unknown): void {
  if (format !== FORMAT) {
    throw new FormatError("model.format", `expected ${show(FORMAT)}, got ${show(format)}`);
  }
  if (typeof version !== "number" || !Number.isInteger(version) || version < 1) {
    throw new FormatError("model.version", `expected an integer of at least 1, got ${show(version)}`);
  }
  if (version > VERSION) {
    throw new FormatError(
      "model.version",
      `written by a newer version of ${FORMAT}: version ${version}, this one reads up to ${VERSION}`,
    );
  }
}

function checkClasses(classes: unknown): asserts classes is readonly Label[] {
  const field = "model.classes";
  if (!Array.isArray(classes)) throw new FormatError(field, `expected an array, got ${show(classes)}`);
  if (classes.length < 2 || classes.length > MAX_CLASSES) {
    throw new FormatError(field, `expected 2 to ${MAX_CLASSES} classes, got ${classes.length}`);
  }
  for (const [k, label] of classes.entries()) {
    if (!isLabel(label)) {
      throw new FormatError(field, `expected non-negative integers, strings or booleans, got ${show(label)}`);
    }
    if (k === 0) continue;
    const last = classes[k - 1];
    if (typeof label !== typeof last) {
      throw new FormatError(field, `expected one type, got ${show(last)} and ${show(label)}`);
    }
    if (!(last < label)) {
      throw new FormatError(field, `expected ascending classes, got ${show(last)} before ${show(label)}`);
    }
  }
}

async function checkFloats(values: unknown, field: string, length?: number): Promise<void> {
  const floats = floatsOf(values, field);
  if (length !== undefined && floats.length !== length) {
    throw new FormatError(field, `expected ${length} numbers, got ${floats.length}`);
  }
  await checkEach(floats, field, Number.isFinite, "finite numbers");
}

function floatsOf(values: unknown, field: string): Float64Array {
  if (tagOf(values) === "Float64Array") return values as Float64Array;
  throw new FormatError(field, `expected a Float64Array, got ${show(values)}`);
}

async function checkEach(
  values: Float64Array,
  field: string,
  accepts: (value: number) => boolean,
  expected: string,
): Promise<void> {
  await inPieces(values.length, (begin, end) => {
    for (let i = begin; i < end; i++) {
      if (accepts(values[i])) continue;
      throw new FormatError(field, `expected ${expected}, number ${i} is ${values[i]}`);
    }
  });
}

async function checkColumns(columns: Standardization, features: number, field: string): Promise<void> {
  if (!isPlainObject(columns)) {
    throw new FormatError(field, `expected mean and scale, or null, got ${show(columns)}`);
  }
  const { mean, scale } = columns as Standardization;
  await checkFloats(mean, `${field}.mean`, features);
  await checkFloats(scale, `${field}.scale`, features);
  await checkEach(scale, `${field}.scale`, (value) => value > 0, "scales above 0");
}

async function checkProgress(progress: SavedProgress): Promise<void> {
  const field = "model.progress";
  if (!isPlainObject(progress)) {
    throw new FormatError(field, `expected state and tensors, or null, got ${show(progress)}`);
  }
  const { state, tensors } = progress as SavedProgress;
  await checkJson(state, `${field}.state`);
  if (!isPlainObject(tensors)) {
    throw new FormatError(`${field}.tensors`, `expected an object, got ${show(tensors)}`);
  }
  for (const [name, values] of Object.entries(tensors)) {
    checkKey(name, `${field}.tensors`);
    const tensorField = `${field}.tensors.${name.slice(0, 40)}`;
    await checkEach(floatsOf(values, tensorField), tensorField, isNoNaN, "numbers or infinity");
  }
}

function isNoNaN(value: number): boolean {
  return !Number.isNaN(value);
}
