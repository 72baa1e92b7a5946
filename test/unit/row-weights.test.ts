/** Row weights from sample weights, class weights and rows to ignore, and which of these are refused. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Label } from "../../src/data/labels.ts";
import { type ClassWeight, type RowWeightsSource, rowWeights } from "../../src/data/row-weights.ts";
import { NO_TARGETS, type Targets } from "../../src/data/targets.ts";
import { DataError, OptionError, ShapeError, type SoftmaxError } from "../../src/errors.ts";
import { expectClose } from "../support/expect-close.ts";
import { sum } from "../support/sum.ts";

const CLASSES = ["cat", "dog", "eel"] as const;
const FLOAT32 = { absolute: 0, relative: 1e-6 };

function labels(...positions: number[]): Targets {
  return { kind: "labels", labels: Uint32Array.from(positions) };
}

function distributions(...rows: number[][]): Targets {
  const data = Float64Array.from(rows.flat());
  return { kind: "distributions", distributions: { data, rows: rows.length, cols: rows[0].length } };
}

async function weightsOf(source: Partial<RowWeightsSource>): Promise<number[] | undefined> {
  const weights = await rowWeights({ targets: labels(0, 1, 2), classes: CLASSES, ...source });
  return weights && Array.from(weights.values, (s) => s * weights.unit);
}

/** Expects a call to reject with an error of a class, about an argument, with a message. */
async function expectError(
  source: Partial<RowWeightsSource>,
  type: new (argument: string, message: string) => SoftmaxError,
  argument: string,
  words: RegExp,
): Promise<void> {
  let thrown: unknown;
  try {
    await weightsOf(source);
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(type);
  expect((thrown as SoftmaxError).argument).toBe(argument);
  expect((thrown as SoftmaxError).message).toMatch(words);
}

describe("sample weights", () => {
  test("nothing given: no weights, which means 1 each", async () => {
    expect(await weightsOf({})).toBeUndefined();
  });

  test.each([
    ["an array", [0.5, 0, 2]],
    ["float64", Float64Array.of(0.5, 0, 2)],
  ])("are taken as they are, from %s", async (_what, sampleWeight) => {
    expect(await weightsOf({ sampleWeight })).toEqual([0.5, 0, 2]);
  });

  test("bytes are whole numbers, not fractions", async () => {
    expect(await weightsOf({ sampleWeight: Uint8Array.of(255, 1, 0) })).toEqual([255, 1, 0]);
  });

  test("the caller's array stays as it is", async () => {
    const sampleWeight = Float32Array.of(1, 2, 3);
    await rowWeights({ targets: labels(0, 1, 2), classes: CLASSES, sampleWeight, classWeight: [2, 2, 2] });
    expect(sampleWeight).toEqual(Float32Array.of(1, 2, 3));
  });

  test("ignored rows have weight 0, whatever theirs is", async () => {
    const ignored = Uint8Array.of(0, 1, 0);
    expect(await weightsOf({ ignored })).toEqual([1, 0, 1]);
    expect(await weightsOf({ ignored, sampleWeight: [3, 4, 5] })).toEqual([3, 0, 5]);
    expect(await weightsOf({ ignored, classWeight: [2, 3, 4] })).toEqual([2, 0, 4]);
  });
});

describe("weights of any size", () => {
  test.each([1, 2, 1e-46, 1e-310, 1e-300, 1e30, 2e38, 1e300])(
    "times %s: the same values but for rounding, and a mean from 1 up to 2",
    async (factor) => {
      const given = [0.5, 0, 2, 1.25].map((s) => s * factor);
      const targets = labels(0, 1, 2, 0);
      const weights = await rowWeights({ targets, classes: CLASSES, sampleWeight: given });
      const mean = sum(weights?.values ?? []) / 4;
      expect(mean).toBeGreaterThanOrEqual(1);
      expect(mean).toBeLessThan(2);
      const values = [...(weights?.values ?? [])];
      const shares = values.map((s) => s / mean);
      expectClose(shares, [8 / 15, 0, 32 / 15, 20 / 15], FLOAT32);
      const products = values.map((s) => s * (weights?.unit ?? 0));
      expectClose(products, given, FLOAT32);
    },
  );

  test("products of weights beyond float64 do not overflow", async () => {
    const classWeight = [1e150, 1e-150, 1];
    const sampleWeight = [1e-150, 1e150, 1];
    const source = { targets: labels(0, 1, 2), classes: CLASSES, sampleWeight, classWeight };
    const weights = await rowWeights(source);
    expectClose(weights?.values ?? [], [1, 1, 1], FLOAT32);
  });

  test("a weight too small beside the others for float32 still counts its row", async () => {
    const sampleWeight = [1, 1e-60, 0];
    const weights = await rowWeights({ targets: labels(0, 1, 2), classes: CLASSES, sampleWeight });
    expect(weights?.values[1]).toBe(2 ** -126);
    expect(weights?.values[2]).toBe(0);
  });
});

describe("class weights by number", () => {
  test.each<[string, ClassWeight]>([
    ["an array", [2, 1, 0.5]],
    ["a typed array", Float32Array.of(2, 1, 0.5)],
    ["a Map", new Map(Object.entries({ eel: 0.5, cat: 2 }))],
    ["an object", { eel: 0.5, cat: 2 }],
  ])("multiply the sample weights: %s; absent labels have 1", async (_what, classWeight) => {
    expect(await weightsOf({ classWeight })).toEqual([2, 1, 0.5]);
    expect(await weightsOf({ classWeight, targets: labels(2, 2, 0), sampleWeight: [4, 8, 3] })).toEqual([
      2, 4, 6,
    ]);
  });

  test("number labels are keys of an object and of a Map", async () => {
    const classes = [3, 7, 10];
    expect(await weightsOf({ classes, classWeight: { 7: 5 } })).toEqual([1, 5, 1]);
    expect(await weightsOf({ classes, classWeight: new Map([[10, 5]]) })).toEqual([1, 1, 5]);
  });

  test("of distributions are the mean Σ q_k w_k", async () => {
    const targets = distributions([0.5, 0.25, 0.25], [0, 0, 1]);
    expect(await weightsOf({ targets, classWeight: [2, 4, 8], sampleWeight: [1, 3] })).toEqual([4, 24]);
    const bytes = { data: Uint8Array.of(51, 204), rows: 1, cols: 2, scale: 1 / 255 };
    const ofBytes: Targets = { kind: "distributions", distributions: bytes };
    const weights = await weightsOf({ targets: ofBytes, classes: [0, 1], classWeight: [1, 6] });
    expectClose(weights ?? [], [5], FLOAT32);
  });

  test("may be 0 for some classes", async () => {
    expect(await weightsOf({ classWeight: [0, 1, 0] })).toEqual([0, 1, 0]);
  });
});

describe("balanced", () => {
  test("is N / (K n_k), as in scikit-learn's own example: 1.5 and 0.75", async () => {
    const targets = labels(1, 1, 1, 1, 0, 0);
    expect(await weightsOf({ targets, classes: [0, 1], classWeight: "balanced" })).toEqual([
      0.75, 0.75, 0.75, 0.75, 1.5, 1.5,
    ]);
  });

  test("counts a row of weight 2 as two rows, and ignored rows not at all", async () => {
    const repeated = (await weightsOf({ targets: labels(0, 1, 1, 1, 2, 2), classWeight: "balanced" })) ?? [];
    const weighted = await weightsOf({
      targets: labels(0, 1, 1, 2, 0),
      sampleWeight: [1, 2, 1, 2, 100],
      ignored: Uint8Array.of(0, 0, 0, 0, 1),
      classWeight: "balanced",
    });
    expectClose(weighted ?? [], [repeated[0], 2 * repeated[1], repeated[1], 2 * repeated[4], 0], FLOAT32);
  });

  test("gives classes the same total and keeps that of all rows, for any labels and weights", async () => {
    const row = fc.record({ label: fc.nat(2), weight: fc.double({ min: 0.01, max: 100, noNaN: true }) });
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 30 }), async (some) => {
        const rows = [...some, ...[0, 1, 2].map((label) => ({ label, weight: 1 }))];
        const targets = labels(...rows.map(({ label }) => label));
        const sampleWeight = rows.map(({ weight }) => weight);
        const weights = (await weightsOf({ targets, sampleWeight, classWeight: "balanced" })) ?? [];
        const totals = [0, 0, 0];
        for (const [i, { label }] of rows.entries()) totals[label] += weights[i];
        const total = sampleWeight.reduce((sum, s) => sum + s, 0);
        expectClose(totals, [total / 3, total / 3, total / 3], { absolute: 0, relative: 1e-5 });
      }),
    );
  });

  test("counts the probabilities of soft labels", async () => {
    const targets = distributions([0.5, 0.5], [1, 0], [0.25, 0.75]);
    const sampleWeight = [2, 1, 4];
    const weights = await weightsOf({ targets, classes: [0, 1], sampleWeight, classWeight: "balanced" });
    // n = (1 + 1 + 1, 1 + 0 + 3), Σ s = 7
    const [a, b] = [7 / (2 * 3), 7 / (2 * 4)];
    expectClose(weights ?? [], [a + b, a, a + 3 * b], FLOAT32);
  });

  test("refuses a class of weight 0 by name", async () => {
    const words = /"balanced" needs a row of weight above 0 in each class, and "dog" has none/;
    await expectError({ targets: labels(0, 2, 2), classWeight: "balanced" }, DataError, "classWeight", words);
    await expectError({ sampleWeight: [1, 0, 1], classWeight: "balanced" }, DataError, "classWeight", words);
    const ignored = Uint8Array.of(0, 1, 0);
    await expectError({ ignored, classWeight: "balanced" }, DataError, "classWeight", words);
  });
});

describe("refuses", () => {
  test.each([NaN, Infinity, -1, "1", undefined])("the sample weight %s, with its row", async (weight) => {
    const sampleWeight = [1, weight, 1] as number[];
    await expectError({ sampleWeight }, DataError, "sampleWeight", /finite weights ≥ 0, row 1 has/);
    const ignored = Uint8Array.of(0, 1, 0);
    await expectError({ sampleWeight, ignored }, DataError, "sampleWeight", /row 1 has/);
  });

  test.each([[[1, 2]], [[1, 2, 3, 4]], [[]], [{} as number[]]])("sample weights %j", async (sampleWeight) => {
    await expectError({ sampleWeight }, ShapeError, "sampleWeight", /each of 3 rows, got/);
  });

  test.each<[string, ClassWeight]>([
    ["in an array", [1, NaN, 1]],
    ["in an object", { dog: -1 }],
    ["in a Map", new Map([["dog", Infinity]])],
    ["that is no number", { dog: "2" } as unknown as ClassWeight],
  ])("a class weight that is none, %s", async (_what, classWeight) => {
    await expectError({ classWeight }, OptionError, "classWeight", /finite numbers ≥ 0, "dog" has/);
  });

  test.each<[string, readonly Label[], ClassWeight]>([
    ["another name", CLASSES, { cow: 1 }],
    ["a number in a Map if labels are strings", ["1", "2", "3"], new Map([[1, 2]])],
    ["a string in a Map if labels are numbers", [1, 2, 3], new Map([["1", 2]])],
    ["another spelling of a number", [1, 2, 3], { "01": 2 }],
  ])("a weight for a label that is no class: %s", async (_what, classes, classWeight) => {
    await expectError({ classes, classWeight }, OptionError, "classWeight", /is none of the 3 classes/);
  });

  test("an array of class weights of another length", async () => {
    await expectError({ classWeight: [1, 2] }, ShapeError, "classWeight", /each of 3 classes, got 2/);
  });

  test("weights that are all 0, with the argument that made them so", async () => {
    const words = /all rows have weight 0/;
    await expectError({ sampleWeight: [0, 0, 0] }, DataError, "sampleWeight", words);
    await expectError({ ignored: Uint8Array.of(1, 1, 1) }, DataError, "y", words);
    await expectError({ classWeight: [0, 0, 0] }, DataError, "classWeight", words);
    await expectError({ sampleWeight: [0, 1, 0], classWeight: { dog: 0 } }, DataError, "classWeight", words);
  });

  test("rows without targets", async () => {
    await expectError({ targets: NO_TARGETS, sampleWeight: [1] }, DataError, "y", /labels/);
  });

  test("by the caller's names", async () => {
    const names = { y: "validation[1]", sampleWeight: "validation[2]" };
    await expectError({ sampleWeight: [1], names }, ShapeError, "validation[2]", /rows/);
    await expectError({ ignored: Uint8Array.of(1, 1, 1), names }, DataError, "validation[1]", /weight 0/);
  });
});
