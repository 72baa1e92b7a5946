/** Between the estimator and the files a model is kept in. */
import { describe } from "../data/matrix.ts";
import { FormatError, OptionError } from "../errors.ts";
import type { JsonValue } from "../formats/json.ts";
import { readModel } from "../formats/read-model.ts";
import type { SavedModel, SavedProgress } from "../formats/saved-model.ts";
import { effectiveOptions, resolveOptions } from "../option-rules.ts";
import type { ResolvedOptions, SoftmaxRegressionOptions } from "../options.ts";
import type { Fitted } from "./fitted.ts";

/** Where a saved model comes from: JSON text, or bytes of JSON or safetensors. A `File` is a `Blob`. */
export type ModelSource = string | Uint8Array | ArrayBuffer | Blob | Response;

/** Options that say where and how fast a model runs, not what it is. */
const NOT_SAVED: readonly string[] = ["device", "threads", "tuning", "tuningCache", "workerUrl"];

/** All there is to save. */
export function savedModel(
  fitted: Fitted,
  options: ResolvedOptions,
  progress: SavedProgress | null,
): SavedModel {
  const { classes, features, parameters, standardization = null, temperature, l2, l1 } = fitted;
  return {
    features,
    classes,
    ...parameters,
    standardization,
    temperature,
    options: { ...savedOptions(options), l2, l1 },
    progress,
  };
}

/** The inverse: what a saved model knows. */
export function fittedOf(saved: SavedModel): Fitted {
  const { classes, features, weights, bias, standardization, temperature } = saved;
  const { l2, l1 } = resolveOptions(effectiveOptions(saved.options as SoftmaxRegressionOptions));
  return {
    ...{ classes, features, temperature, l2, l1 },
    parameters: { weights, bias },
    standardization: standardization ?? undefined,
    conditioning: undefined,
  };
}

/** Reads a saved model. @throws FormatError what is none, and a response that is not ok */
export async function loadModel(source: ModelSource): Promise<SavedModel> {
  return readModel(typeof source === "string" ? source : await bytesOf(source));
}

/**
 * The options of a saved model, `given` ones instead of those saved.
 *
 * @throws FormatError, OptionError for `given` ones
 */
export function optionsOf(saved: SavedModel, given: SoftmaxRegressionOptions): SoftmaxRegressionOptions {
  try {
    resolveOptions(effectiveOptions(saved.options as SoftmaxRegressionOptions));
  } catch (cause) {
    if (!(cause instanceof OptionError)) throw cause;
    throw new FormatError(`model.options.${cause.argument}`, cause.message, { cause });
  }
  const wanted = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
  // A solver given instead of the saved one does not look at the saved one's options.
  const solver = "solver" in wanted ? { solver: wanted.solver } : {};
  return { ...effectiveOptions({ ...saved.options, ...solver } as SoftmaxRegressionOptions), ...wanted };
}

/** Functions and what is as by default are left out: a schedule has to be given again. */
function savedOptions(options: ResolvedOptions): Record<string, JsonValue> {
  const defaults = resolveOptions({}) as Record<string, unknown>;
  const saved: Record<string, JsonValue> = {};
  for (const [name, value] of Object.entries(options)) {
    if (NOT_SAVED.includes(name) || typeof value === "function" || value === defaults[name]) continue;
    const isMap = Object.prototype.toString.call(value) === "[object Map]";
    const plain = isMap ? Object.fromEntries(value as Map<string, number>) : value;
    saved[name] = JSON.parse(
      JSON.stringify(ArrayBuffer.isView(plain) ? Array.from(plain as Float64Array) : plain),
    );
  }
  return saved;
}

async function bytesOf(source: Exclude<ModelSource, string>): Promise<Uint8Array> {
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
