/** Between the estimator and the files a model is kept in. */

import { classWeightFromFile, classWeightPairs, isList } from "../data/class-weight.ts";
import type { Label } from "../data/labels.ts";
import { describe } from "../data/matrix.ts";
import { FormatError, OptionError } from "../errors.ts";
import type { JsonValue } from "../formats/json.ts";
import type { SavedModel, SavedProgress } from "../formats/saved-model.ts";
import { loaded } from "../loaded.ts";
import { effectiveOptions } from "../option-effects.ts";
import { checkOptions, resolveOptions } from "../option-rules.ts";
import type { ResolvedOptions, SoftmaxRegressionOptions } from "../options.ts";
import type { FittedModel } from "./fitted-model.ts";

/** A saved model: JSON text, or bytes of JSON or safetensors. A `File` is a `Blob`. */
export type ModelSource = string | Uint8Array | ArrayBuffer | Blob | Response;

/**
 * True for options that say what a model is, which files hold. False for options that say on which device and how fast
 * it runs: a file that held them would decide which script runs and which device is asked for.
 */
const IS_SAVED: Readonly<Record<keyof ResolvedOptions, boolean>> = {
  l2: true,
  l1: true,
  solver: true,
  bias: true,
  standardize: true,
  classWeight: true,
  labelSmoothing: true,
  ignoreLabel: true,
  tolerance: true,
  maxIterations: true,
  maxSeconds: true,
  batchSize: true,
  epochs: true,
  learningRate: true,
  momentum: true,
  nesterov: true,
  beta1: true,
  beta2: true,
  epsilon: true,
  averaging: true,
  earlyStopping: true,
  seed: true,
  device: false,
  threads: false,
  storage: true,
  tuning: false,
  tuningCache: false,
  workerUrl: false,
};

/** All there is to save. */
export function savedModel(
  fitted: FittedModel,
  options: ResolvedOptions,
  progress: SavedProgress | null,
): SavedModel {
  const { classes, features, parameters, standardization = null, conditioning, temperature, l2, l1 } = fitted;
  return {
    features,
    classes,
    ...parameters,
    standardization,
    ...(conditioning && { conditioning }),
    temperature,
    options: { ...savedOptions(options, classes), l2, l1 },
    progress,
  };
}

/**
 * Returns the fitted model in a saved one: the inverse of {@link savedModel}.
 *
 * @throws FormatError as {@link optionsOf}
 */
export function fittedOf(saved: SavedModel): FittedModel {
  const { classes, features, weights, bias, standardization, conditioning, temperature } = saved;
  const { l2, l1 } = resolveOptions(optionsOf(saved, {}));
  return {
    ...{ classes, features, temperature, l2, l1 },
    parameters: { weights, bias },
    standardization: standardization ?? undefined,
    conditioning,
  };
}

/** Reads a saved model. @throws FormatError no model, or a response that is not ok */
export async function loadModel(source: ModelSource): Promise<SavedModel> {
  const { readModel } = await loaded(import("../formats/read-model.ts"), "reading models");
  return readModel(typeof source === "string" ? source : await bytesOf(source));
}

/**
 * Returns the options of a saved model, `given` ones instead of those saved. A file may hold options that say what a
 * model is, and no other: it decides neither where the model runs nor what is fetched or executed.
 *
 * @throws FormatError an option that no file of this library holds, or a value out of range
 */
export function optionsOf(saved: SavedModel, given: SoftmaxRegressionOptions): SoftmaxRegressionOptions {
  const wanted = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  const { solver = saved.options.solver } = wanted;
  const held = { ...optionsFromFile(saved.options), ...(solver !== undefined && { solver }) };
  // If another solver is given, saved options that it does not use are dropped.
  return { ...effectiveOptions(held as SoftmaxRegressionOptions), ...wanted };
}

function optionsFromFile(saved: SavedModel["options"]): SoftmaxRegressionOptions {
  for (const name of Object.keys(saved)) {
    if (Object.hasOwn(IS_SAVED, name) && IS_SAVED[name as keyof ResolvedOptions]) continue;
    const problem = "no option that a file may hold; it takes those that say what a model is";
    throw new FormatError(`model.options.${name.slice(0, 40)}`, problem);
  }
  const { classWeight } = saved;
  const options: SoftmaxRegressionOptions = {
    ...saved,
    ...(classWeight !== undefined && {
      classWeight: classWeightFromFile(classWeight, "model.options.classWeight"),
    }),
  };
  try {
    checkOptions.estimator(options);
    resolveOptions(effectiveOptions(options));
  } catch (cause) {
    if (!(cause instanceof OptionError)) throw cause;
    throw new FormatError(`model.options.${cause.argument}`, cause.message, { cause });
  }
  return options;
}

/** Returns the options that differ from the defaults, without functions: a schedule has to be given again. */
function savedOptions(options: ResolvedOptions, classes: readonly Label[]): Record<string, JsonValue> {
  const defaults = resolveOptions({}) as Record<string, unknown>;
  const saved: Record<string, JsonValue> = {};
  for (const [name, value] of Object.entries(options)) {
    const isSaved = IS_SAVED[name as keyof ResolvedOptions];
    if (!isSaved || typeof value === "function" || value === defaults[name]) continue;
    saved[name] = name === "classWeight" ? savedWeights(options, classes) : JSON.parse(JSON.stringify(value));
  }
  return saved;
}

function savedWeights({ classWeight }: ResolvedOptions, classes: readonly Label[]): JsonValue {
  if (typeof classWeight !== "object") return classWeight ?? null;
  return isList(classWeight) ? Array.from(classWeight) : classWeightPairs(classWeight, classes);
}

/** Returns the bytes of a source. @throws FormatError no bytes, or a response that is not ok */
export async function bytesOf(source: Exclude<ModelSource, string>): Promise<Uint8Array> {
  // By tag and not by instanceof: they may come from another realm, such as a frame.
  const tag = Object.prototype.toString.call(source).slice("[object ".length, -1);
  if (ArrayBuffer.isView(source)) return new Uint8Array(source.buffer, source.byteOffset, source.byteLength);
  if (tag === "ArrayBuffer") return new Uint8Array(source as ArrayBuffer);
  if (tag === "Response" && !(source as Response).ok)
    throw new FormatError("model", `expected a model, the server answered ${(source as Response).status}`);
  if (tag === "Response" || tag === "Blob" || tag === "File")
    return new Uint8Array(await (source as Blob | Response).arrayBuffer());
  throw new FormatError("model", `expected text, bytes, a Blob or a Response, got ${describe(source)}`);
}
