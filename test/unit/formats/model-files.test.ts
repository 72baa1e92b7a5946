/** Saved models, written to JSON and to safetensors: they read back bit for bit, and unsound ones are not written. */
import { safetensors as jax } from "@jax-js/loaders";
import { describe, expect, test } from "vitest";
import { FormatError } from "../../../src/errors.ts";
import { checkModel } from "../../../src/formats/check-model.ts";
import { modelFromJson, modelToJson } from "../../../src/formats/model-json.ts";
import { modelFromSafetensors, modelToSafetensors } from "../../../src/formats/model-safetensors.ts";
import { readModel } from "../../../src/formats/read-model.ts";
import type { SavedModel } from "../../../src/formats/saved-model.ts";
import {
  expectFormatError,
  expectSameModel,
  fullModel,
  models,
  plainModel,
  truncations,
  utf8,
} from "./support.ts";

describe.each(models)("%s", (_, model) => {
  test("through JSON, as text and as bytes", async () => {
    const text = await modelToJson(model);
    expectSameModel(await modelFromJson(text), model);
    expectSameModel(await readModel(text), model);
    expectSameModel(await readModel(utf8(text)), model);
    expect(JSON.parse(text)).toMatchObject({ format: "softmax-webgpu", version: 1 });
  });

  test("through safetensors", async () => {
    const bytes = await modelToSafetensors(model);
    const before = bytes.slice();
    expectSameModel(await modelFromSafetensors(bytes), model);
    expectSameModel(await readModel(bytes), model);
    expect(bytes).toEqual(before);
  });

  test("cut at every byte", async () => {
    for (const part of truncations(utf8(await modelToJson(model)))) {
      await expectFormatError(() => readModel(part), /^model/, /JSON|UTF-8/);
    }
    for (const part of truncations(await modelToSafetensors(model))) {
      await expect(readModel(part)).rejects.toThrow(FormatError);
      await expectFormatError(() => modelFromSafetensors(part), /^model/, /truncated|UTF-8/);
    }
  });
});

test("a model shares no memory with the file it was read from", async () => {
  const bytes = await modelToSafetensors(fullModel);
  const model = await modelFromSafetensors(bytes);
  bytes.fill(1);
  expectSameModel(model, fullModel);
});

test("another project's reader finds the tensors", async () => {
  const { tensors, metadata } = jax.parse(await modelToSafetensors(fullModel));
  expect(tensors.weights).toEqual({ dtype: "F64", shape: [3, 2], data: fullModel.weights });
  expect(tensors.scale).toEqual({ dtype: "F64", shape: [2], data: fullModel.standardization?.scale });
  expect(tensors["progress.velocity"].data).toEqual(fullModel.progress?.tensors.velocity);
  expect(JSON.parse(metadata?.classes ?? "")).toEqual(fullModel.classes);
  const plain = jax.parse(await modelToSafetensors(plainModel));
  const weights = Float32Array.from(plainModel.weights);
  expect(plain.tensors.weights).toEqual({ dtype: "F32", shape: [2, 3], data: weights });
  expect(plain.metadata).toMatchObject({ format: "softmax-webgpu", version: "1" });
});

/** Unsound models: a description, the change, the field, and the reason. */
const unsound: readonly (readonly [string, object, string, RegExp])[] = [
  ["NaN in the weights", { weights: Float64Array.of(0, 0, 0, 0, NaN, 0) }, "weights", /number 4 is NaN/],
  ["infinite weights", { weights: new Float64Array(6).fill(-Infinity) }, "weights", /number 0 is -Infinity/],
  ["too few weights", { weights: new Float64Array(5) }, "weights", /expected 6 numbers, got 5/],
  ["weights of another type", { weights: new Float32Array(6) }, "weights", /expected a Float64Array/],
  ["an infinite bias", { bias: Float64Array.of(0, Infinity) }, "bias", /number 1 is Infinity/],
  ["one bias too many", { bias: new Float64Array(3) }, "bias", /expected 2 numbers, got 3/],
  ["no features", { features: 0, weights: new Float64Array() }, "features", /at least 1, got 0/],
  ["half a feature", { features: 1.5, weights: new Float64Array(3) }, "features", /got 1.5/],
  ["no classes", { classes: [] }, "classes", /got 0/],
  ["one class", { classes: [1] }, "classes", /expected 2 to 65536 classes, got 1/],
  ["classes of mixed types", { classes: [1, "2"] }, "classes", /expected one type, got 1 and "2"/],
  ["a class twice", { classes: ["a", "a"] }, "classes", /ascending classes, got "a" before "a"/],
  ["descending classes", { classes: [10, 9] }, "classes", /got 10 before 9/],
  ["classes in another order of strings", { classes: ["\uffff", "\u{1f600}"] }, "classes", /ascending/],
  ["a negative class", { classes: [-1, 1] }, "classes", /non-negative integers, strings or booleans, got -1/],
  ["a fraction as class", { classes: [0.5, 1] }, "classes", /got 0.5/],
  ["null as class", { classes: [null, 1] }, "classes", /got null/],
  ["temperature 0", { temperature: 0 }, "temperature", /expected a number above 0, got 0/],
  ["temperature −0", { temperature: -0 }, "temperature", /above 0/],
  ["infinite temperature", { temperature: Infinity }, "temperature", /got Infinity/],
  ["options that are a list", { options: [] }, "options", /expected an object/],
  ["options that JSON cannot hold", { options: { a: [NaN] } }, "options.a[0]", /got NaN/],
  ["an unsafe option", { options: { constructor: 1 } }, "options", /cannot be a key/],
];

const vector = (...values: number[]) => Float64Array.of(...values);
const zeros = vector(0, 0, 0);
const unsoundParts: typeof unsound = [
  ["a scale of 0", { standardization: { mean: zeros, scale: vector(1, 0, 1) } }, "scale", /above 0/],
  ["a scale below 0", { standardization: { mean: zeros, scale: vector(1, 1, -1) } }, "scale", /-1$/],
  [
    "a mean too few",
    { standardization: { mean: vector(0, 0), scale: vector(1, 1, 1) } },
    "mean",
    /3 numbers/,
  ],
  ["a NaN mean", { standardization: { mean: vector(0, NaN, 0), scale: vector(1, 1, 1) } }, "mean", /NaN/],
];

const badModels = [
  ...unsound.map(([what, change, field, reason]) => [what, change, `model.${field}`, reason] as const),
  ...unsoundParts.map(
    ([what, change, field, reason]) => [what, change, `model.standardization.${field}`, reason] as const,
  ),
];

describe("an unsound model is not written", () => {
  test.each(badModels)("%s", async (_, change, field, reason) => {
    const model = { ...plainModel, ...change } as SavedModel;
    await expectFormatError(() => checkModel(model), field, reason);
    await expectFormatError(() => modelToJson(model), field, reason);
    await expectFormatError(() => modelToSafetensors(model), field, reason);
  });

  test("unsound progress", async () => {
    const refuse = (progress: unknown, field: string, reason: RegExp) =>
      expectFormatError(() => checkModel({ ...plainModel, progress } as SavedModel), field, reason);
    await refuse([], "model.progress", /expected state and tensors/);
    await refuse({ state: undefined, tensors: {} }, "model.progress.state", /undefined/);
    await refuse({ state: 1, tensors: null }, "model.progress.tensors", /expected an object/);
    await refuse({ state: 1, tensors: { a: vector(NaN) } }, "model.progress.tensors.a", /number 0 is NaN/);
    const unsafe = { state: 1, tensors: { constructor: vector(1) } };
    await refuse(unsafe, "model.progress.tensors", /cannot be a key/);
  });

  test("nothing at all", async () => {
    const check = () => checkModel(null as unknown as SavedModel);
    await expectFormatError(check, "model", /expected a saved model/);
  });

  test("more text than a header may hold", async () => {
    const options = { note: "x".repeat(2 ** 24) };
    const write = () => modelToSafetensors({ ...plainModel, options });
    await expectFormatError(write, "model.header", /at most 16777216 are read/);
  });

  test("more numbers than JSON text may hold", async () => {
    const features = 2 ** 23 + 1;
    const model = { ...plainModel, features, weights: new Float64Array(2 * features) };
    await expectFormatError(() => modelToJson(model), "model", /use safetensors/);
  });
});
