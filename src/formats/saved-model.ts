/**
 * A saved model, the form between the estimator and the file formats: its fields in a JSON file, and the plain object
 * that `JSON.stringify(model)` writes. Without parser and checks, which a page that saves nothing does not load.
 */
import type { Label } from "../data/labels.ts";
import type { Standardization } from "../data/standardization.ts";
import { FormatError } from "../errors.ts";
import type { JsonValue } from "./json.ts";

/** A fitted model: probabilities = softmax((W x̂ + b) / temperature), with x̂ the standardised x. */
export interface SavedModel {
  /** D, at least 1. */
  readonly features: number;
  /** `[K]`, ascending, all of one type: non-negative integers, strings or booleans. */
  readonly classes: readonly Label[];
  /** W `[K,D]`, row after row; often exact in float32. */
  readonly weights: Float64Array;
  /** b `[K]`. */
  readonly bias: Float64Array;
  /** Standardisation of x, `[D]` each; null if x̂ = x. */
  readonly standardization: Standardization | null;
  /**
   * Centring and scaling of rows on the device in training, `[D]` each. Weights and bias are for rows as given;
   * applying the model with the same centring and scaling loses less precision in float32. Absent: none.
   */
  readonly conditioning?: Standardization | undefined;
  /** Divisor of the scores, above 0; 1 if the model is not calibrated. */
  readonly temperature: number;
  /** Options of the estimator. The formats do not interpret them. */
  readonly options: Readonly<Record<string, JsonValue>>;
  /** State of an interrupted fit, to resume from; null if there is none. */
  readonly progress: SavedProgress | null;
}

/** State of an interrupted fit. The formats do not interpret it. */
export interface SavedProgress {
  readonly state: JsonValue;
  /** Arrays by name. Numbers may be infinite: a mean of squares may overflow while the parameters do not. */
  readonly tensors: Readonly<Record<string, Float64Array>>;
}

/** Value of the entry `format` in every file. */
export const FORMAT = "softmax-webgpu";

/** Version of the files that are written, and the newest version that is read. */
export const VERSION = 1;

/** Largest count of numbers in a text: engines limit strings to 2²⁹ characters, and a number takes up to 26. */
const MAX_NUMBERS = 2 ** 24;

/** Returns the fields of a file, in order. */
export function fieldsOf(model: SavedModel) {
  const { features, classes, weights, bias, standardization, conditioning, temperature, options, progress } =
    model;
  return {
    format: FORMAT,
    version: VERSION,
    features,
    classes,
    weights: classes.map((_, k) => weights.subarray(k * features, (k + 1) * features)),
    bias,
    standardization: standardization && { mean: standardization.mean, scale: standardization.scale },
    ...(conditioning && { conditioning: { mean: conditioning.mean, scale: conditioning.scale } }),
    temperature,
    options,
    progress: progress && { state: progress.state, tensors: progress.tensors },
  };
}

/** Converts a model to an object that `JSON.stringify` writes as a file that modelFromJson reads. */
export function modelToPlainJson(model: SavedModel): object {
  checkSize(model);
  return plainOf(fieldsOf(model)) as object;
}

/** Returns a copy of the value with plain arrays instead of typed ones. */
function plainOf(value: unknown): unknown {
  if (ArrayBuffer.isView(value)) return Array.from(value as Float64Array);
  if (Array.isArray(value)) return value.map(plainOf);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, plainOf(item)]));
}

/** @throws FormatError a model of more than 2²⁴ numbers */
export function checkSize({ weights, bias, features, progress }: SavedModel): void {
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
