/** Class weights in files: stored as pairs of label and weight, so that labels of any type read back unchanged. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type ClassWeight, classWeightPairs, explicitClassWeights } from "../../../src/data/class-weight.ts";
import type { Label } from "../../../src/data/labels.ts";
import { modelToJson } from "../../../src/formats/model-json.ts";
import { modelToSafetensors } from "../../../src/formats/model-safetensors.ts";
import { readModel } from "../../../src/formats/read-model.ts";
import type { SavedModel } from "../../../src/formats/saved-model.ts";
import { fittedOf, optionsOf, savedModel } from "../../../src/model/save.ts";
import { DEFAULTS } from "../../../src/options.ts";
import { expectFormatError, plainModel } from "./support.ts";

function modelOf(classes: readonly Label[], options: object = {}): SavedModel {
  const weights = new Float64Array(3 * classes.length);
  return { ...plainModel, classes, weights, bias: new Float64Array(classes.length), options } as SavedModel;
}

/** Returns the class weights of a model of these classes after a round trip through a file. */
async function throughFiles(classWeight: ClassWeight, classes: readonly Label[]) {
  const saved = savedModel(fittedOf(modelOf(classes)), { ...DEFAULTS, classWeight }, null);
  const [json, safetensors] = [await modelToJson(saved), await modelToSafetensors(saved)];
  const read = optionsOf(await readModel(json), {}).classWeight;
  expect(optionsOf(await readModel(safetensors), {}).classWeight).toEqual(read);
  return read;
}

describe("through a file, weights by label become pairs of a label and its weight", () => {
  const names = ["__proto__", "constructor", "hasOwnProperty", "prototype", "toString", "valueOf"];
  const weights = names.map((_, k) => k / 2);
  const pairs = new Map(names.map((name, k) => [name, weights[k]]));

  const byNumber = (weights: Record<number, number>) =>
    new Map(Object.entries(weights).map(([label, weight]) => [Number(label), weight]));

  test.each<readonly [what: string, given: ClassWeight, classes: readonly Label[], read: ClassWeight]>([
    ["names of JavaScript in an object", Object.fromEntries(pairs), names, pairs],
    ["names of JavaScript in a Map", pairs, names, pairs],
    ["numbers in a Map", new Map([[7, 2]]), [3, 7], new Map([[7, 2]])],
    ["numbers in an object", { 7: 2, 10: 0 }, [3, 7, 10], byNumber({ 7: 2, 10: 0 })],
    ["text that looks like numbers", { "7": 2 }, ["3", "7"], new Map([["7", 2]])],
    ["a class that was taken out", { 7: 2, 9: 3 }, [3, 7], byNumber({ 7: 2, 9: 3 })],
    ["one that never was a number", { "07": 2 }, [3, 7], new Map([["07", 2]])],
    ["none", {}, [3, 7], new Map()],
  ])("%s", async (_, given, classes, read) => {
    expect(await throughFiles(given, classes)).toEqual(read);
  });

  test("by position they stay a list, and balanced stays balanced", async () => {
    expect(await throughFiles([1, 0.5], [3, 7])).toEqual([1, 0.5]);
    expect(await throughFiles(Float32Array.of(1, 0.5), [3, 7])).toEqual([1, 0.5]);
    expect(await throughFiles("balanced", [3, 7])).toBe("balanced");
  });

  test("the row weights are the same after a file, whatever the labels are", async () => {
    const size = { minLength: 2, maxLength: 6 };
    const text = fc.oneof(fc.string(), fc.constantFrom(...names, "0", "1e3"));
    const labels = fc.oneof(fc.uniqueArray(fc.nat(), size), fc.uniqueArray(text, size));
    const some = fc.array(fc.nat({ max: 9 }), { minLength: 6, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(labels, some, fc.boolean(), async (unsorted: Label[], numbers, isMap) => {
        const classes = unsorted.toSorted((a, b) => (a < b ? -1 : 1));
        const entries = classes.slice(1).map((label, k): [Label, number] => [label, numbers[k]]);
        const given = isMap ? new Map(entries) : Object.fromEntries(entries);
        const read = (await throughFiles(given, classes)) as ReadonlyMap<Label, number>;
        expect(explicitClassWeights(read, classes)).toEqual(explicitClassWeights(given, classes));
      }),
    );
  });
});

test("older files, which hold an object, are read", () => {
  const options = optionsOf(modelOf(["a", "b"], { classWeight: { b: 2 } }), {});
  expect(options.classWeight).toEqual({ b: 2 });
  const numbers = optionsOf(modelOf([0, 1], { classWeight: { 1: 2 } }), {}).classWeight as { 1: number };
  expect(explicitClassWeights(numbers, [0, 1])).toEqual(Float64Array.of(1, 2));
});

test("labels of any type that JSON has are kept", () => {
  const classes = [false, true] as unknown as readonly Label[];
  expect(classWeightPairs({ true: 2, false: 1 }, classes)).toEqual([
    [true, 2],
    [false, 1],
  ]);
  const classWeight = [true, "true", 1].map((label, i): [unknown, number] => [label, i + 2]);
  const read = optionsOf(modelOf([0, 1], { classWeight }), {}).classWeight;
  expect(read).toEqual(new Map(classWeight));
});

test.each([
  ["a negative weight", [["a", -1]], /finite numbers ≥ 0, got -1/],
  ["a weight as text", [["a", "1"]], /got "1"/],
  ["no weight", [["a"]], /pairs of a label and its weight/],
  ["one part too many", [["a", 1, 2]], /pairs of a label and its weight/],
  ["a label that is a list", [[["a"], 1]], /pairs of a label and its weight/],
  ["a label that is null", [[null, 1]], /pairs of a label and its weight/],
  ["a label twice", [1, 2].map((weight) => ["a", weight]), /"a" occurs twice/],
  ["pairs and numbers", [["a", 1], 2], /finite numbers ≥ 0, got an array/],
  ["a negative weight by position", [1, -1], /got -1/],
  ["a negative weight in an object", { a: -1 }, /got -1/],
  ["an object in an object", { a: {} }, /finite numbers ≥ 0/],
  ["another word", "heavy", /expected "balanced", weights or pairs, got "heavy"/],
  ["null", null, /got null/],
  ["true", true, /got true/],
])("%s is refused", async (_, classWeight, reason) => {
  const model = modelOf(["a", "b"], { classWeight });
  await expectFormatError(() => optionsOf(model, {}), "model.options.classWeight", reason);
});

test("a weight that no fit would take is not written", async () => {
  const options = { ...DEFAULTS, classWeight: new Map([["a", Number.NaN]]) };
  const saved = savedModel(fittedOf(modelOf(["a", "b"])), options, null);
  await expectFormatError(() => modelToJson(saved), "model.options.classWeight[0][1]", /got NaN/);
});
