/** Row weights from sample weights, class weights and rows to ignore; the errors for those that are none. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Label } from "../../src/data/labels.ts";
import { type ClassWeight, type RowWeightsSource, rowWeights } from "../../src/data/row-weights.ts";
import { NO_TARGETS, type Targets } from "../../src/data/targets.ts";
import { DataError, OptionError, ShapeError, type SoftmaxError } from "../../src/errors.ts";
import { expectClose } from "../support/expect-close.ts";

const CLASSES = ["cat", "dog", "eel"] as const;
const FLOAT32 = { absolute: 0, relative: 1e-6 };

function labels(...positions: number[]): Targets {
  return { kind: "labels", labels: Uint32Array.from(positions) };
}

function distributions(...rows: number[][]): Targets {
  const data = Float64Array.from(rows.flat());
  return { kind: "distributions", distributions: { data, rows: rows.length, cols: rows[0].length } };
}

function weightsOf(source: Partial<RowWeightsSource>): number[] | undefined {
  const weights = rowWeights({ targets: labels(0, 1, 2), classes: CLASSES, ...source });
  return weights && Array.from(weights);
}

/** The error of a call, to be of a class and about an argument, with words. */
function expectError(
  source: Partial<RowWeightsSource>,
  type: new (argument: string, message: string) => SoftmaxError,
  argument: string,
  words: RegExp,
): void {
  let thrown: unknown;
  try {
    weightsOf(source);
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(type);
  expect((thrown as SoftmaxError).argument).toBe(argument);
  expect((thrown as SoftmaxError).message).toMatch(words);
}

describe("sample weights", () => {
  test("nothing given: no weights, which means 1 each", () => {
    expect(weightsOf({})).toBeUndefined();
  });

  test.each([
    ["an array", [0.5, 0, 2]],
    ["float64", Float64Array.of(0.5, 0, 2)],
  ])("are taken as they are, from %s", (_what, sampleWeight) => {
    expect(weightsOf({ sampleWeight })).toEqual([0.5, 0, 2]);
  });

  test("bytes stand for their numbers, not for fractions", () => {
    expect(weightsOf({ sampleWeight: Uint8Array.of(255, 1, 0) })).toEqual([255, 1, 0]);
  });

  test("the caller's array stays as it is", () => {
    const sampleWeight = Float32Array.of(1, 2, 3);
    rowWeights({ targets: labels(0, 1, 2), classes: CLASSES, sampleWeight, classWeight: [2, 2, 2] });
    expect(sampleWeight).toEqual(Float32Array.of(1, 2, 3));
  });

  test("ignored rows have weight 0, whatever theirs is", () => {
    const ignored = Uint8Array.of(0, 1, 0);
    expect(weightsOf({ ignored })).toEqual([1, 0, 1]);
    expect(weightsOf({ ignored, sampleWeight: [3, 4, 5] })).toEqual([3, 0, 5]);
    expect(weightsOf({ ignored, classWeight: [2, 3, 4] })).toEqual([2, 0, 4]);
  });
});

describe("class weights by number", () => {
  test.each<[string, ClassWeight]>([
    ["an array", [2, 1, 0.5]],
    ["a typed array", Float32Array.of(2, 1, 0.5)],
    [
      "a Map",
      new Map([
        ["eel", 0.5],
        ["cat", 2],
      ]),
    ],
    ["an object", { eel: 0.5, cat: 2 }],
  ])("multiply the sample weights: %s; absent labels have 1", (_what, classWeight) => {
    expect(weightsOf({ classWeight })).toEqual([2, 1, 0.5]);
    expect(weightsOf({ classWeight, targets: labels(2, 2, 0), sampleWeight: [4, 8, 3] })).toEqual([2, 4, 6]);
  });

  test("number labels are keys of an object and of a Map", () => {
    const classes = [3, 7, 10];
    expect(weightsOf({ classes, classWeight: { 7: 5 } })).toEqual([1, 5, 1]);
    expect(weightsOf({ classes, classWeight: new Map([[10, 5]]) })).toEqual([1, 1, 5]);
  });

  test("of distributions are the mean Σ q_k w_k", () => {
    const targets = distributions([0.5, 0.25, 0.25], [0, 0, 1]);
    expect(weightsOf({ targets, classWeight: [2, 4, 8], sampleWeight: [1, 3] })).toEqual([4, 24]);
    const bytes: Targets = {
      kind: "distributions",
      distributions: { data: Uint8Array.of(51, 204), rows: 1, cols: 2, scale: 1 / 255 },
    };
    expectClose(weightsOf({ targets: bytes, classes: [0, 1], classWeight: [1, 6] }) ?? [], [5], FLOAT32);
  });

  test("may be 0 for some classes", () => {
    expect(weightsOf({ classWeight: [0, 1, 0] })).toEqual([0, 1, 0]);
  });
});

describe("balanced", () => {
  test("is N / (K n_k), as in scikit-learn's own example: 1.5 and 0.75", () => {
    const targets = labels(1, 1, 1, 1, 0, 0);
    expect(weightsOf({ targets, classes: [0, 1], classWeight: "balanced" })).toEqual([
      0.75, 0.75, 0.75, 0.75, 1.5, 1.5,
    ]);
  });

  test("takes a row of weight 2 for two rows, and none of what is ignored", () => {
    const repeated = weightsOf({ targets: labels(0, 1, 1, 1, 2, 2), classWeight: "balanced" }) ?? [];
    const weighted = weightsOf({
      targets: labels(0, 1, 1, 2, 0),
      sampleWeight: [1, 2, 1, 2, 100],
      ignored: Uint8Array.of(0, 0, 0, 0, 1),
      classWeight: "balanced",
    });
    expectClose(weighted ?? [], [repeated[0], 2 * repeated[1], repeated[1], 2 * repeated[4], 0], FLOAT32);
  });

  test("gives classes the same total and keeps that of all rows, for any labels and weights", () => {
    const row = fc.record({ label: fc.nat(2), weight: fc.double({ min: 0.01, max: 100, noNaN: true }) });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 30 }), (some) => {
        const rows = [...some, ...[0, 1, 2].map((label) => ({ label, weight: 1 }))];
        const targets = labels(...rows.map(({ label }) => label));
        const sampleWeight = rows.map(({ weight }) => weight);
        const weights = weightsOf({ targets, sampleWeight, classWeight: "balanced" }) ?? [];
        const totals = [0, 0, 0];
        for (const [i, { label }] of rows.entries()) totals[label] += weights[i];
        const total = sampleWeight.reduce((sum, s) => sum + s, 0);
        expectClose(totals, [total / 3, total / 3, total / 3], { absolute: 0, relative: 1e-5 });
      }),
    );
  });

  test("counts the shares of distributions", () => {
    const targets = distributions([0.5, 0.5], [1, 0], [0.25, 0.75]);
    const weights = weightsOf({ targets, classes: [0, 1], sampleWeight: [2, 1, 4], classWeight: "balanced" });
    // n = (1 + 1 + 1, 1 + 0 + 3), Σ s = 7
    const [a, b] = [7 / (2 * 3), 7 / (2 * 4)];
    expectClose(weights ?? [], [a + b, a, a + 3 * b], FLOAT32);
  });

  test("refuses a class of no weight by name", () => {
    const words = /"dog" has no row that counts/;
    expectError({ targets: labels(0, 2, 2), classWeight: "balanced" }, DataError, "classWeight", words);
    expectError({ sampleWeight: [1, 0, 1], classWeight: "balanced" }, DataError, "classWeight", words);
    const ignored = Uint8Array.of(0, 1, 0);
    expectError({ ignored, classWeight: "balanced" }, DataError, "classWeight", words);
  });
});

describe("refuses", () => {
  test.each([NaN, Infinity, -1, "1", undefined])("the sample weight %s, with its row", (weight) => {
    const sampleWeight = [1, weight, 1] as number[];
    expectError({ sampleWeight }, DataError, "sampleWeight", /finite weights ≥ 0, row 1 has/);
    const ignored = Uint8Array.of(0, 1, 0);
    expectError({ sampleWeight, ignored }, DataError, "sampleWeight", /row 1 has/);
  });

  test.each([[[1, 2]], [[1, 2, 3, 4]], [[]], [{} as number[]]])("sample weights %j", (sampleWeight) => {
    expectError({ sampleWeight }, ShapeError, "sampleWeight", /each of 3 rows, got/);
  });

  test.each<[string, ClassWeight]>([
    ["in an array", [1, NaN, 1]],
    ["in an object", { dog: -1 }],
    ["in a Map", new Map([["dog", Infinity]])],
    ["that is no number", { dog: "2" } as unknown as ClassWeight],
  ])("a class weight that is none, %s", (_what, classWeight) => {
    expectError({ classWeight }, OptionError, "classWeight", /finite numbers ≥ 0, "dog" has/);
  });

  test.each<[string, readonly Label[], ClassWeight]>([
    ["another name", CLASSES, { cow: 1 }],
    ["a number in a Map where labels are strings", ["1", "2", "3"], new Map([[1, 2]])],
    ["a string in a Map where labels are numbers", [1, 2, 3], new Map([["1", 2]])],
    ["another spelling of a number", [1, 2, 3], { "01": 2 }],
  ])("a weight for a label that is no class: %s", (_what, classes, classWeight) => {
    expectError({ classes, classWeight }, OptionError, "classWeight", /is none of the 3 classes/);
  });

  test("an array of class weights of another length", () => {
    expectError({ classWeight: [1, 2] }, ShapeError, "classWeight", /each of 3 classes, got 2/);
  });

  test("weights that are all 0, naming who made them so", () => {
    const words = /all rows have weight 0/;
    expectError({ sampleWeight: [0, 0, 0] }, DataError, "sampleWeight", words);
    expectError({ ignored: Uint8Array.of(1, 1, 1) }, DataError, "y", words);
    expectError({ classWeight: [0, 0, 0] }, DataError, "classWeight", words);
    expectError({ sampleWeight: [0, 1, 0], classWeight: { dog: 0 } }, DataError, "classWeight", words);
  });

  test("weights beyond float32, of rows and of products", () => {
    expectError({ sampleWeight: [1, 1, 1e39] }, DataError, "sampleWeight", /row 2 is 1e\+39/);
    const product = { sampleWeight: [1, 1e30, 1], classWeight: [1, 1e30, 1] };
    expectError(product, DataError, "classWeight", /row 1 .* beyond float32/);
    expect(weightsOf({ sampleWeight: [1, 1e30, 1], classWeight: [1, 1e-30, 1] })).toEqual([1, 1, 1]);
  });

  test("rows without targets", () => {
    expectError({ targets: NO_TARGETS, sampleWeight: [1] }, DataError, "y", /labels/);
  });

  test("by the caller's names", () => {
    const names = { y: "validation[1]", sampleWeight: "validation[2]" };
    expectError({ sampleWeight: [1], names }, ShapeError, "validation[2]", /rows/);
    expectError({ ignored: Uint8Array.of(1, 1, 1), names }, DataError, "validation[1]", /weight 0/);
  });
});
