/** Models of scikit-learn: probabilities equal those of the estimator, with two classes too. */
import { describe, expect, test } from "vitest";
import { checkModel } from "../../../src/formats/check-model.ts";
import type { SavedModel } from "../../../src/formats/saved-model.ts";
import { fromSklearn, fromSklearnJson } from "../../../src/formats/sklearn.ts";
import { expectClose } from "../../support/expect-close.ts";
import { expectFormatError, float64s, npyFile, npyHeader, truncations, uint64, utf8 } from "./support.ts";

const coef = [
  [0.5, -0, 5e-324],
  [1.25, 2, -3],
  [-1, 0.1, 7],
];
const intercept = [0.1, -0.2, 0.3];
const expected: SavedModel = {
  features: 3,
  classes: [2, 3, 5],
  weights: Float64Array.from(coef.flat()),
  bias: Float64Array.from(intercept),
  standardization: null,
  temperature: 1,
  options: {},
  progress: null,
};
const npy = (descr: string, shape: readonly number[], body: Uint8Array, fortran = false) =>
  npyFile(npyHeader(descr, shape, fortran), body);
const integers = (...values: number[]) =>
  npy("<i8", [values.length], Uint8Array.from(values.flatMap((value) => [...uint64(value)])));

describe("three classes", () => {
  test("from lists", async () => {
    expect(await fromSklearn({ coef, intercept, classes: [2, 3, 5] })).toEqual(expected);
  });

  test("from JSON", async () => {
    const text = `{"coef_": [[0.5, -0.0, 5e-324], [1.25, 2, -3], [-1, 0.1, 7]],
      "intercept_": [0.1, -0.2, 0.3], "classes_": [2, 3, 5]}`;
    expect(await fromSklearnJson(text)).toEqual(expected);
    for (const part of truncations(utf8(text))) {
      await expectFormatError(
        () => fromSklearnJson(new TextDecoder().decode(part)),
        /^sklearn/,
        /not valid JSON/,
      );
    }
  });

  test("from NPY files, in either order", async () => {
    const parts = { intercept: npy("<f8", [3], float64s(...intercept)), classes: integers(2, 3, 5) };
    const byRows = npy("<f8", [3, 3], float64s(...coef.flat()));
    const byColumns = [0, 1, 2].flatMap((j) => coef.map((row) => row[j]));
    expect(await fromSklearn({ coef: byRows, ...parts })).toEqual(expected);
    expect(await fromSklearn({ coef: npy("<f8", [3, 3], float64s(...byColumns), true), ...parts })).toEqual(
      expected,
    );
  });

  test("intercepts and classes as one row or one column of them", async () => {
    const column = (values: readonly number[]) => values.map((value) => [value]);
    for (const shape of [
      [3, 1],
      [1, 3],
    ]) {
      const files = {
        intercept: npy("<f8", shape, float64s(...intercept)),
        classes: npy("<f8", shape, float64s(2, 3, 5)),
      };
      expect(await fromSklearn({ coef, ...files })).toEqual(expected);
    }
    expect(await fromSklearn({ coef, intercept: column(intercept), classes: column([2, 3, 5]) })).toEqual(
      expected,
    );
    expect(await fromSklearn({ coef, intercept: [intercept], classes: [[2, 3, 5]] })).toEqual(expected);
  });

  test("boolean labels in NPY are 0 and 1", async () => {
    const classes = npy("|b1", [2], Uint8Array.of(0, 1));
    expect((await fromSklearn({ coef: [[1]], classes })).classes).toEqual([0, 1]);
  });

  test("coefficients in float16", async () => {
    const halves = npy("<f2", [1, 2], new Uint8Array(Uint16Array.of(0x3c00, 0xc000).buffer));
    const { weights } = await fromSklearn({ coef: halves, classes: [0, 1] });
    expect(weights).toEqual(Float64Array.of(-0.5, 1, 0.5, -1));
  });

  test("fitted without an intercept", async () => {
    const zero = { ...expected, bias: new Float64Array(3) };
    for (const none of [undefined, 0, [0], [0, 0, 0], npy("<f8", [], float64s(0))]) {
      const given = none === undefined ? {} : { intercept: none };
      expect(await fromSklearn({ coef, classes: [2, 3, 5], ...given })).toEqual(zero);
    }
    expect((await fromSklearnJson('{"coef_": [[1], [2], [3]], "classes_": ["a", "b", "c"]}')).bias).toEqual(
      zero.bias,
    );
  });

  test("classes that NumPy sorts differently keep their rows", async () => {
    const classes = ["\uff5e", "\u{1f600}"];
    const rows = await fromSklearn({ coef: [[1], [2]], intercept: [3, 4], classes });
    expect(rows).toMatchObject({
      classes: classes.toReversed(),
      weights: { 0: 2, 1: 1 },
      bias: { 0: 4, 1: 3 },
    });
    const binary = await fromSklearn({ coef: [[2]], intercept: [4], classes });
    expect(binary).toMatchObject({ weights: { 0: 1, 1: -1 }, bias: { 0: 2, 1: -2 } });
  });
});

const model = await fromSklearn({ coef: [[0.3, -1.7, 1e-3]], intercept: [0.25], classes: ["no", "yes"] });

describe("two classes in one row", () => {
  test("are rows −w/2 and w/2", async () => {
    expect(model).toMatchObject({ features: 3, classes: ["no", "yes"] });
    expect(model.weights).toEqual(Float64Array.of(-0.15, 0.85, -5e-4, 0.15, -0.85, 5e-4));
    expect(model.bias).toEqual(Float64Array.of(-0.125, 0.125));
  });

  test("have the probabilities of scikit-learn's sigmoid", async () => {
    for (const x of [
      [0, 0, 0],
      [1, 2, 3],
      [-50, 10, 1e4],
      [1e3, -1e3, 0],
    ]) {
      const z = 0.3 * x[0] - 1.7 * x[1] + 1e-3 * x[2] + 0.25;
      const [no, yes] = [0, 1].map((k) =>
        x.reduce((sum, value, j) => sum + model.weights[3 * k + j] * value, model.bias[k]),
      );
      const probability = 1 / (1 + Math.exp(no - yes));
      expectClose([probability], [1 / (1 + Math.exp(-z))], { absolute: 1e-300, relative: 1e-12 });
    }
  });

  test("without an intercept", async () => {
    expect((await fromSklearn({ coef: [[2]], classes: [0, 1] })).bias).toEqual(Float64Array.of(-0, 0));
  });

  test("a hundred thousand features and more", async () => {
    const features = 300_000;
    const { weights } = await fromSklearn({ coef: [new Array(features).fill(1)], classes: [0, 1] });
    expect(weights).toHaveLength(2 * features);
  });
});

describe("refused", () => {
  const classes = [2, 3, 5];
  const ones = (...shape: number[]) =>
    npy("<f8", shape, float64s(...new Array(shape.reduce((a, b) => a * b, 1)).fill(1)));
  const strings = npy("<U1", [3], new Uint8Array([97, 0, 0, 0, 98, 0, 0, 0, 99, 0, 0, 0]));

  test.each([
    ["a row too few", { coef: coef.slice(1) }, "coef", /a row for each of 3 classes, got 2/],
    ["one row of three classes", { coef: [[1]] }, "coef", /a row for each of 3 classes, got 1/],
    ["ragged rows", { coef: [[1, 2], [1], [1, 2]] }, "coef", /row 1 has 1/],
    ["no rows", { coef: [] }, "coef", /at least one row/],
    ["no features", { coef: [[], [], []] }, "model.features", /got 0/],
    ["no matrix", { coef: [1, 2, 3] }, "coef", /expected an array, got 1/],
    ["coef of rank 1", { coef: ones(3) }, "coef.shape", /rank 2, got rank 1/],
    ["coef of strings", { coef: strings }, "coef.descr", /expected numbers, got strings/],
    ["a damaged file", { coef: new Uint8Array(3) }, "coef", /expected an NPY file/],
    ["NaN", { coef: [[1], [NaN], [3]] }, "model.weights", /number 1 is NaN/],
    ["too few intercepts", { intercept: [1, 2] }, "intercept", /each of 3 rows of coef, got 2/],
    ["a single intercept", { intercept: 1 }, "intercept", /each of 3 rows of coef, got 1/],
    ["text as intercept", { intercept: ["1", "2", "3"] }, "intercept", /expected a number/],
    [
      "intercepts of two rows",
      { intercept: ones(2, 2) },
      "intercept.shape",
      /rank 1, or one row or column, got \[2, 2\]/,
    ],
    ["intercepts of rank 3", { intercept: ones(1, 1, 3) }, "intercept.shape", /got \[1, 1, 3\]/],
    [
      "lists of two rows",
      { intercept: [0, 1].map(() => [1, 2]) },
      "intercept",
      /expected a number, got an array of 2/,
    ],
    [
      "classes of rank 0",
      { classes: ones() },
      "classes.shape",
      /expected rank 1, or one row or column, got \[\]/,
    ],
    ["classes of rank 2", { classes: ones(2, 2) }, "classes.shape", /got \[2, 2\]/],
    ["negative classes", { coef: [[1]], classes: [-1, 1] }, "model.classes", /non-negative integers/],
    ["a class twice", { classes: [1, 1, 2] }, "model.classes", /ascending/],
    ["mixed classes", { classes: [1, "2", 3] }, "model.classes", /one type/],
    ["true for a number", { coef: [[1]], classes: [0, true] }, "model.classes", /one type, got 0 and true/],
    ["one class", { coef: [[1]], classes: [1] }, "model.classes", /got 1/],
  ])("%s", async (_, parts, argument, reason) => {
    await expectFormatError(
      () => fromSklearn({ coef, classes, ...parts } as Parameters<typeof fromSklearn>[0]),
      argument,
      reason,
    );
  });

  test.each([
    ["no coefficients", '{"classes_": [0, 1]}', "sklearn.coef_", /missing/],
    ["no classes", '{"coef_": [[1]]}', "sklearn.classes_", /missing/],
    [
      "what may change the meaning",
      '{"coef_": [[1]], "classes_": [0, 1], "multi_class": "ovr"}',
      "sklearn.multi_class",
      /unknown/,
    ],
    ["a key twice", '{"coef_": [[1]], "coef_": [[2]], "classes_": [0, 1]}', "sklearn.coef_", /occurs twice/],
    ["no object", "[[1]]", "sklearn", /expected an object/],
    ["null", '{"coef_": null, "classes_": [0, 1]}', "coef", /expected an array, got null/],
    [
      "an intercept of null",
      '{"coef_": [[1]], "intercept_": null, "classes_": [0, 1]}',
      "intercept",
      /got null/,
    ],
    [
      "classes that cannot be compared",
      '{"coef_": [[1], [2]], "classes_": [{"valueOf": 1, "toString": 1}, {}]}',
      "classes",
      /numbers, strings or booleans/,
    ],
  ])("%s", async (_, text, argument, reason) =>
    expectFormatError(() => fromSklearnJson(text), argument, reason),
  );
});

test("every accepted model is sound", async () => {
  expect(await checkModel(await fromSklearn({ coef, intercept, classes: [2, 3, 5] }))).toEqual(expected);
});
