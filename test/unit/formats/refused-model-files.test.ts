/** Files that hold no model of this library: each is refused with the field at fault. */
import { describe, expect, test } from "vitest";
import { modelFromJson, modelToJson } from "../../../src/formats/model-json.ts";
import { modelFromSafetensors } from "../../../src/formats/model-safetensors.ts";
import { readModel } from "../../../src/formats/read-model.ts";
import {
  type Bytes,
  expectFormatError,
  expectSameModel,
  float64s,
  fullModel,
  join,
  plainModel,
  safetensorsFile,
  utf8,
} from "./support.ts";

const valid = JSON.parse(await modelToJson(fullModel));

describe("JSON that is no model", () => {
  const read = (change: object) => modelFromJson(JSON.stringify({ ...valid, ...change }));

  test.each(Object.keys(valid))("without %s", async (field) => {
    const reason = field === "format" || field === "version" ? /got undefined/ : /missing/;
    await expectFormatError(() => read({ [field]: undefined }), `model.${field}`, reason);
  });

  test.each([
    ["another format", { format: "keras" }, "format", /expected "softmax-webgpu", got "keras"/],
    ["a newer version", { version: 2, addition: 1 }, "version", /written by a newer version.* version 2/],
    ["version 0", { version: 0 }, "version", /at least 1, got 0/],
    ["a version as text", { version: "1" }, "version", /got "1"/],
    ["an unknown field", { extra: 1 }, "extra", /an unknown field/],
    [
      "an unknown field within",
      { standardization: { mean: [], scale: [], std: [] } },
      "standardization.std",
      /unk/,
    ],
    ["a part that is missing", { standardization: { mean: [0, 0] } }, "standardization.scale", /missing/],
    ["no matrix", { weights: [1, 2] }, "weights", /expected an array, got 1/],
    ["ragged rows", { weights: [[1, 2], [1], [1, 2]] }, "weights", /row 0 has 2 numbers and row 1 has 1/],
    ["no rows", { weights: [] }, "weights", /at least one row/],
    ["a row too few", { weights: [1, 3].map((w) => [w, w + 1]) }, "weights", /expected 6 numbers, got 4/],
    ["other features", { features: 3 }, "weights", /expected rows of 3 numbers, got 2/],
    ["features as text", { features: "2" }, "features", /expected a number, got "2"/],
    ["text among numbers", { bias: [1, "2", 3] }, "bias", /expected a number, got "2"/],
    ["null among numbers", { weights: [2, null, 2].map((w) => [1, w]) }, "weights", /got null/],
    ["classes that are no list", { classes: { 0: 1 } }, "classes", /expected an array/],
    ["classes that are lists", { classes: [["a"], ["b"]] }, "classes", /got an array of 1/],
    ["no temperature", { temperature: null }, "temperature", /expected a number, got null/],
    ["options that are a list", { options: [1] }, "options", /expected an object/],
    ["progress without tensors", { progress: { state: 1 } }, "progress.tensors", /missing/],
    [
      "tensors that are none",
      { progress: { state: 1, tensors: { v: 1 } } },
      "progress.tensors.v",
      /an array/,
    ],
  ])("%s", async (_, change, field, reason) =>
    expectFormatError(() => read(change), `model.${field}`, reason),
  );

  test.each([
    ["unsound: a scale of 0", /"scale": \[5e-324/, '"scale": [0', "standardization.scale", /above 0/],
    ["unsound: temperature", /"temperature": 1.7/, '"temperature": -1.7', "temperature", /above 0/],
    ["unsound: one class twice", /naïve café/, "", "classes", /ascending/],
    ["infinite weights", /3\.14\d+/, "1e999", "weights", /too large for float64/],
    ["a field twice", /"bias"/, '"weights"', "weights", /occurs twice/],
    ["an option twice", /"empty"/, '"list"', "options.nested.list", /occurs twice/],
    ["an unsafe key", /"velocity"/, '"__proto__"', "progress.tensors", /cannot be a key/],
  ])("%s", async (_, from, to, field, reason) => {
    const text = await modelToJson(fullModel);
    expect(text).toMatch(from);
    await expectFormatError(() => modelFromJson(text.replace(from, to)), `model.${field}`, reason);
  });

  test("text after it, bytes that are not UTF-8, a mark before it", async () => {
    const text = await modelToJson(plainModel);
    await expectFormatError(() => readModel(`${text}x`), "model", /expected the end/);
    await expectFormatError(() => readModel(join(utf8(text), [0xff])), "model", /UTF-8/);
    const marked = join([0xef, 0xbb, 0xbf], utf8(text));
    await expectFormatError(() => readModel(marked), "model", /expected a value/);
  });

  test("a value", async () => {
    for (const text of ["1", "[]", "null", '"model"']) {
      await expectFormatError(() => modelFromJson(text), "model", /expected an object/);
    }
  });
});

describe("safetensors that are no model", () => {
  const body = float64s(1, 2, 3, 4, 0, 0);
  const weights = { dtype: "F64", shape: [2, 2], data_offsets: [0, 32] };
  const bias = { dtype: "F64", shape: [2], data_offsets: [32, 48] };
  const format = { format: "softmax-webgpu", version: "1" };
  const metadata = { ...format, classes: "[0,1]", temperature: "1", options: "{}" };
  const more = { ...bias, data_offsets: [48, 64] };
  const file = (entries: object, changes: object = {}, bytes: Bytes = body) =>
    safetensorsFile({ __metadata__: { ...metadata, ...changes }, weights, bias, ...entries }, bytes);

  test("but a sound one written by hand is read", async () => {
    const read = await modelFromSafetensors(file({}));
    const parameters = { weights: Float64Array.of(1, 2, 3, 4), bias: new Float64Array(2) };
    expectSameModel(read, { ...plainModel, features: 2, classes: [0, 1], ...parameters });
  });

  test.each([
    ["no metadata", { __metadata__: undefined }, {}, "format", /got undefined/],
    ["another format", {}, { format: "pt" }, "format", /got "pt"/],
    ["a newer version", {}, { version: "10", addition: "1" }, "version", /newer version.* version 10/],
    ["a version that is none", {}, { version: "1.0" }, "version", /got "1.0"/],
    ["no version", {}, { version: undefined }, "version", /got undefined/],
    ["no classes", {}, { classes: undefined }, "classes", /missing/],
    ["unknown metadata", {}, { extra: "1" }, "extra", /an unknown field/],
    ["classes that are not JSON", {}, { classes: "[0,1" }, "classes", /not valid JSON/],
    ["classes that are no list", {}, { classes: "{}" }, "classes", /expected an array/],
    ["classes not ascending", {}, { classes: "[1,0]" }, "classes", /ascending/],
    ["a class too many", {}, { classes: "[0,1,2]" }, "weights", /a row for each of 3 classes, got 2/],
    ["a temperature of 0", {}, { temperature: "0" }, "temperature", /above 0/],
    ["a temperature as text", {}, { temperature: '"1"' }, "temperature", /expected a number/],
    ["options with a key twice", {}, { options: '{"a":{"b":1,"b":1}}' }, "options.a.b", /occurs twice/],
    ["weights that are missing", { weights: undefined, w: weights }, {}, "weights", /missing/],
    ["weights of rank 1", { weights: { ...weights, shape: [4] } }, {}, "weights", /rank 2, got rank 1/],
    ["weights as integers", { weights: { ...weights, dtype: "I64" } }, {}, "weights", /F32 or F64, got I64/],
    ["bias of rank 2", { bias: { ...bias, shape: [2, 1] } }, {}, "bias", /rank 1, got rank 2/],
    ["an unknown tensor", { c: more }, {}, "c", /an unknown tensor/],
    ["mean alone", { mean: more }, {}, "scale", /missing/],
    ["progress alone", { "progress.v": more }, {}, "progress.v", /an unknown tensor/],
    ["unknown in progress", { v: more }, { state: "1" }, "v", /an unknown tensor/],
  ])("%s", async (_, entries, changes, field, reason) => {
    const bytes = join(body, JSON.stringify(entries).includes("48,64") ? float64s(1, 1) : []);
    const read = () => modelFromSafetensors(file(entries, changes, bytes));
    await expectFormatError(read, `model.${field}`, reason);
  });

  test("numbers that are not finite, a scale of 0", async () => {
    const last = { ...bias, data_offsets: [64, 80] };
    const read = (entries: object, ...numbers: number[]) =>
      modelFromSafetensors(file(entries, {}, float64s(...numbers)));
    await expectFormatError(() => read({}, 1, 2, NaN, 4, 0, 0), "model.weights", /number 2 is NaN/);
    await expectFormatError(() => read({}, 1, 2, 3, 4, 0, Infinity), "model.bias", /number 1 is Infinity/);
    const scaled = () => read({ mean: more, scale: last }, 1, 2, 3, 4, 0, 0, 0, 0, 1, 0);
    await expectFormatError(scaled, "model.standardization.scale", /1 is 0/);
  });

  test("an unsafe name in progress", async () => {
    const entries = { "progress.__proto__": more };
    const bytes = file(entries, { state: "1" }, join(body, float64s(1, 1)));
    await expectFormatError(() => modelFromSafetensors(bytes), "model.progress.tensors", /cannot be a key/);
  });
});

test("anything but text or bytes is refused", async () => {
  for (const source of [undefined, null, 1, {}, new ArrayBuffer(8), new Float32Array(4)]) {
    await expectFormatError(() => readModel(source as unknown as string), "model", /expected a Uint8Array/);
  }
});
