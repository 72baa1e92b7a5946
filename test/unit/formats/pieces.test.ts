/**
 * Large files are read and written in pieces: between two pieces the event loop turns, so that the page stays
 * responsive and an abort is noticed. The mocked clock makes a pause due at every look.
 */
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { packProgress, unpackProgress } from "../../../src/fit/progress-file.ts";
import { parseJson } from "../../../src/formats/json.ts";
import { checkJson, formatJson } from "../../../src/formats/json-write.ts";
import { modelFromJson, modelToJson } from "../../../src/formats/model-json.ts";
import { modelFromSafetensors, modelToSafetensors } from "../../../src/formats/model-safetensors.ts";
import { readNpy } from "../../../src/formats/npy.ts";
import { toOnnx } from "../../../src/formats/onnx.ts";
import type { SavedModel } from "../../../src/formats/saved-model.ts";
import { fromSklearn, fromSklearnJson } from "../../../src/formats/sklearn.ts";
import { expectSameModel, npyFile, npyHeader, plainModel } from "./support.ts";

let now = 1e9;
beforeEach(() => {
  vi.spyOn(performance, "now").mockImplementation(() => (now += 1000));
});
afterEach(() => vi.restoreAllMocks());

/** Returns how often the event loop turned during `work`. */
async function turnsOf(work: () => Promise<unknown>): Promise<number> {
  let turns = 0;
  let isDone = false;
  const count = () => {
    turns++;
    if (!isDone) setImmediate(count);
  };
  setImmediate(count);
  await work();
  isDone = true;
  return turns;
}

/** Number of turns that proves pieces: many more than the steps of reading and writing. */
const MANY = 20;

const FEATURES = 60_000;
const values = Float64Array.from({ length: 2 * FEATURES }, (_, i) => (i % 7 ? i / 7 : -0));
const scale = new Float64Array(FEATURES).fill(2);
const model: SavedModel = {
  ...plainModel,
  features: FEATURES,
  weights: values,
  standardization: { mean: values.subarray(0, FEATURES).slice(), scale },
};
const parameters = { weights: values, bias: new Float64Array(2) };
const optimiser = { parameters, velocity: parameters };
const state = { solver: "partial", state: { optimiser, steps: 1, rate: 0.1 } } as const;
const rows = [0, 1].map((k) => Array.from(values.subarray(k * FEATURES, (k + 1) * FEATURES)));
const [coef, classes] = [rows, ["a", "b"]];
const text = JSON.stringify({ coef_: coef, classes_: classes });
const npy = npyFile(npyHeader("<f8", [2, FEATURES], true), new Uint8Array(values.buffer));

const WORK: Record<string, () => Promise<unknown>> = {
  "JSON: numbers": () => parseJson(JSON.stringify(rows), "file"),
  "JSON: many rows": () => parseJson(`[${"[1],".repeat(400_000)}[1]]`, "file"),
  "JSON: many names": () => parseJson(`[${'"a",'.repeat(10_000)}"a"]`, "file"),
  "JSON: many objects": () => parseJson(`[${'{"a":{}},'.repeat(1000)}{}]`, "file"),
  "JSON, written": () => formatJson(values),
  "JSON of many objects, written": () => formatJson(new Array(1000).fill({ a: 1 })),
  "JSON of many objects, checked": () => checkJson(new Array(1000).fill({ a: 1 }), "file"),
  "a model to JSON": () => modelToJson(model),
  "a model to safetensors": () => modelToSafetensors(model),
  "a model to ONNX": () => toOnnx(model),
  "a model of scikit-learn, from lists": () => fromSklearn({ coef, classes }),
  "a model of scikit-learn, from JSON": () => fromSklearnJson(text),
  NPY: () => readNpy(npy),
  "the state of an interrupted fit": async () => unpackProgress(await packProgress(state), 2 * FEATURES, 2),
};

test.each(Object.entries(WORK))("the event loop turns: %s", async (_, work) => {
  expect(await turnsOf(work)).toBeGreaterThan(MANY);
});

describe("a model, written and read in pieces", () => {
  test("as JSON", async () => {
    const file = await modelToJson(model);
    const read = async () => expectSameModel(await modelFromJson(file), model);
    expect(await turnsOf(read)).toBeGreaterThan(MANY);
  });

  test("as safetensors", async () => {
    const file = await modelToSafetensors(model);
    const read = async () => expectSameModel(await modelFromSafetensors(file), model);
    expect(await turnsOf(read)).toBeGreaterThan(MANY);
  });
});
