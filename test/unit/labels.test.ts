/** Labels: the classes in them, and what is refused. */
import { describe, expect, test } from "vitest";
import { type Label, type Labels, type LabelsLike, MAX_CLASSES, openLabels } from "../../src/data/labels.ts";
import { encodeTargets, learnClasses } from "../support/labels.ts";
import { BYTE_TYPES, NUMBER_TYPES } from "../support/matrices.ts";
import { refusal } from "../support/refusal.ts";

async function learn(y: Labels) {
  const { classes, targets } = await learnClasses(y, y.length, "y");
  return { classes, labels: targets.kind === "labels" ? targets.labels : targets };
}

function learnt(classes: readonly Label[], ...labels: number[]) {
  return { classes, labels: Uint32Array.from(labels) };
}

function counting(length: number): number[] {
  return Array.from({ length }, (_, i) => i);
}

describe("classes", () => {
  test("of numbers are ordered by value", async () => {
    expect(await learn([10, 9, 2, 100, 2])).toEqual(learnt([2, 9, 10, 100], 2, 1, 0, 3, 0));
  });

  test("of strings are ordered by code unit", async () => {
    expect(await learn(["b", "a", "B", "ä", "10", "9", "", "a"])).toEqual(
      learnt(["", "10", "9", "B", "a", "b", "ä"], 5, 4, 3, 6, 1, 2, 0, 4),
    );
    // U+1F600 is the larger code point; its first code unit, 0xD83D, is the smaller.
    expect((await learn(["\uFF61", "\u{1F600}"])).classes).toEqual(["\u{1F600}", "\uFF61"]);
  });

  test("need not be consecutive, and may be large", async () => {
    expect(await learn([2 ** 40, 0, 7])).toEqual(learnt([0, 7, 2 ** 40], 2, 0, 1));
  });

  test("of booleans are false, then true", async () => {
    expect(await learn([true, false, true])).toEqual(learnt([false, true], 1, 0, 1));
  });

  test("0 and −0 are one class", async () => {
    expect(await learn([-0, 1, 0])).toEqual(learnt([0, 1], 0, 1, 0));
  });

  for (const type of [...BYTE_TYPES, ...NUMBER_TYPES]) {
    test(`of ${type.name} are its numbers`, async () => {
      expect(await learn(type.of(100, 3, 20, 3))).toEqual(learnt([3, 20, 100], 2, 0, 1, 0));
    });
  }

  test.each([BigInt64Array, BigUint64Array])("of %o are its numbers", async (type) => {
    expect(await learn(type.of(7n, 0n, 2n ** 53n - 1n, 7n))).toEqual(learnt([0, 7, 2 ** 53 - 1], 1, 0, 2, 1));
  });

  const HALVES = Uint16Array.of(0x4700, 0x4200, 0x4700);
  test.each<[string, LabelsLike, Label[]]>([
    ["rows of one number", [[7], [3], [7]], [3, 7]],
    ["rows of one string", [["b"], ["a"], ["b"]], ["a", "b"]],
    ["rows of one boolean", [[true], [false], [true]], [false, true]],
    ["typed rows", [Uint8Array.of(7), Uint8Array.of(3), Uint8Array.of(7)], [3, 7]],
    ["a Matrix", { data: Float32Array.of(7, 3, 7), rows: 3, cols: 1 }, [3, 7]],
    ["a Matrix with a scale", { data: Uint8Array.of(14, 6, 14), rows: 3, cols: 1, scale: 0.5 }, [3, 7]],
    ["a tensor [N,1]", { data: Int32Array.of(7, 3, 7), shape: [3, 1] }, [3, 7]],
    ["a tensor [N]", { data: Int32Array.of(7, 3, 7), dims: [3] }, [3, 7]],
    ["a tensor of 64-bit integers", { data: BigInt64Array.of(7n, 3n, 7n), dims: [3, 1] }, [3, 7]],
    ["a tensor of strings", { data: ["b", "a", "b"], dims: [3], type: "string" } as LabelsLike, ["a", "b"]],
    ["a tensor of halves as bits", { data: HALVES, dims: [3], type: "float16" } as LabelsLike, [3, 7]],
  ])("of one column are its labels: %s", async (_what, y, expected) => {
    const { classes, targets } = await learnClasses(y, 3, "y");
    expect(classes).toEqual(expected);
    expect(targets).toEqual({ kind: "labels", labels: Uint32Array.of(1, 0, 1) });
  });

  test("leave y unchanged", async () => {
    const y = Object.freeze([3, 1, 2]);
    await learn(y);
    expect(y).toEqual([3, 1, 2]);
  });

  test(`may be ${MAX_CLASSES}, no more`, async () => {
    expect((await learn(counting(MAX_CLASSES))).classes).toHaveLength(MAX_CLASSES);
    await expect(learn(counting(MAX_CLASSES + 1))).rejects.toEqual(
      refusal("LimitError", "y", `${MAX_CLASSES + 1} classes given, at most ${MAX_CLASSES}`),
    );
  });
});

describe("labels are refused:", () => {
  test.each<[string, unknown[] | Labels, string]>([
    ["negative", [0, 1, -1], "row 2 is -1"],
    ["negative in a typed array", Int8Array.of(-3, 1), "row 0 is -3"],
    ["fractional", [0, 1.5], "row 1 is 1.5"],
    ["fractional in a typed array", Float32Array.of(0, 1, 0.5), "row 2 is 0.5"],
    ["NaN", [0, Number.NaN, 1], "row 1 is NaN"],
    ["infinite", [0, Infinity], "row 1 is Infinity"],
    ["a string among numbers", [0, 1, "1"], 'mixed types: row 0 is 0, row 2 is "1"'],
    ["a number among strings", ["a", "b", 0], 'mixed types: row 0 is "a", row 2 is 0'],
    ["null among numbers", [0, null], "row 1 is null"],
    ["a hole among numbers", Object.assign(new Array(2), { 0: 1 }), "row 1 is undefined"],
    ["an array among numbers", [0, [1]], "row 1 is an array of 1"],
    ["a boolean among numbers", [0, true], "mixed types: row 0 is 0, row 1 is true"],
    ["a number among booleans", [true, 0], "mixed types: row 0 is true, row 1 is 0"],
    ["symbols", [Symbol("a"), Symbol("b")], "row 0 is Symbol(a)"],
    ["undefined", [undefined, undefined], "row 0 is undefined"],
    ["objects", [{}, {}], "row 0 is an object (Object)"],
    ["negative bigints", BigInt64Array.of(0n, -1n), "row 1 is -1"],
    ["bigints beyond ±2⁵³", BigUint64Array.of(0n, 2n ** 53n), "row 1 is 9007199254740992; use strings"],
    ["one class of booleans", [true, true], "at least two classes, got 1"],
    ["one class of numbers", [3, 3, 3], "at least two classes, got 1"],
    ["one class of strings", ["a"], "at least two classes, got 1"],
  ])("%s", async (_what, y, words) => {
    await expect(learnClasses(y as Labels, y.length, "y")).rejects.toEqual(refusal("DataError", "y", words));
  });

  test.each<[string, unknown, string]>([
    ["null", null, "null"],
    ["undefined", undefined, "undefined"],
    ["a number", 3, "3"],
    ["a string", "ab", '"ab"'],
    ["an object", { 0: 0, 1: 1, length: 2 }, "an object (Object)"],
    ["a set", new Set([0, 1]), "an object (Set)"],
    ["a DataView", new DataView(new ArrayBuffer(2)), "an object (DataView)"],
  ])("%s for y", (_what, y, words) => {
    expect(() => openLabels(y as LabelsLike, "y")).toThrow(refusal("DataError", "y", `got ${words}`));
  });

  test.each<[string, Labels]>([
    ["none", []],
    ["no bytes", new Uint8Array(0)],
    ["too few", [0, 1]],
    ["too many", [0, 1, 0, 1]],
    ["too few strings", ["a"]],
  ])("%s for 3 rows", async (_what, y) => {
    const error = refusal("ShapeError", "y", `a label for each of 3 rows, got ${y.length}`);
    await expect(learnClasses(y, 3, "y")).rejects.toEqual(error);
    await expect(encodeTargets(y, [0, 1], 3, "y")).rejects.toEqual(error);
  });
});

describe("labels of one column are refused:", () => {
  test.each<[string, unknown, string, string, string]>([
    ["a longer row", [[0], [1, 0]], "ShapeError", "y", "row 0 has 1 columns and row 1 has 2"],
    ["no row", [[0], 1], "DataError", "y", "row 1 is 1"],
    ["a fraction", [[0], [0.5]], "DataError", "y", "row 1 is 0.5"],
    ["too little data", { data: [0], shape: [2, 1] }, "ShapeError", "y.data", "2 × 1 = 2 elements, got 1"],
    ["no data", { data: null, shape: [2] }, "DataError", "y.data", "an array of labels, got null"],
    ["a scale that is none", { data: [0, 1], shape: [2], scale: 0 }, "DataError", "y.scale", "got 0"],
  ])("%s", async (_what, y, name, argument, words) => {
    await expect(learnClasses(y as LabelsLike, 2, "y")).rejects.toEqual(refusal(name, argument, words));
  });

  test.each<[string, unknown, string]>([
    ["a set", new Set([0, 1]), "got an object (Set); write Array.from(y)"],
    ["a promise", Promise.resolve([0, 1]), "got an object (Promise); await it first"],
    ["a column of Arrow", { length: 2, toArray: () => [0, 1] }, "write y.toArray()"],
    ["text", "0,1", "text must be parsed first"],
    [
      "a tensor that is a function to read",
      { data: () => [0, 1], shape: [2] },
      "write { data: await x.data()",
    ],
  ])("%s, naming what to write instead", (_what, y, words) => {
    expect(() => openLabels(y as LabelsLike, "y")).toThrow(words);
  });
});
