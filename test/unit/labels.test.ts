/** Labels and soft labels: the classes in them, the targets they mean, and what is refused. */
import { describe, expect, test } from "vitest";
import {
  learnClasses as classesOf,
  encodeTargets,
  type Label,
  type Labels,
  type LabelsLike,
  MAX_CLASSES,
} from "../../src/data/labels.ts";
import type { Matrix, MatrixData } from "../../src/data/matrix.ts";

/** An error of this library: its class, the argument it is about, and what it says. */
function refusal(name: string, argument: string, words: string) {
  return expect.objectContaining({ name, argument, message: expect.stringContaining(words) });
}

/** The classes of `y` and the targets it means in them. */
function learnClasses(y: LabelsLike, rows: number, argument: string) {
  const classes = classesOf(y, rows, argument);
  return { classes, targets: encodeTargets(y, classes, rows, argument) };
}

function learn(y: Labels) {
  const { classes, targets } = learnClasses(y, y.length, "y");
  return { classes, labels: targets.kind === "labels" ? targets.labels : targets };
}

function soft(data: MatrixData, cols: number): Matrix {
  return { data, rows: data.length / cols, cols };
}

function counting(length: number): number[] {
  return Array.from({ length }, (_, i) => i);
}

describe("classes", () => {
  test("of numbers are ordered by value", () => {
    expect(learn([10, 9, 2, 100, 2])).toEqual({
      classes: [2, 9, 10, 100],
      labels: Uint32Array.of(2, 1, 0, 3, 0),
    });
  });

  test("of strings are ordered by code unit", () => {
    expect(learn(["b", "a", "B", "ä", "10", "9", "", "a"])).toEqual({
      classes: ["", "10", "9", "B", "a", "b", "ä"],
      labels: Uint32Array.of(5, 4, 3, 6, 1, 2, 0, 4),
    });
    // U+1F600 is the larger code point; its first code unit, 0xD83D, is the smaller.
    expect(learn(["\uFF61", "\u{1F600}"]).classes).toEqual(["\u{1F600}", "\uFF61"]);
  });

  test("need not be consecutive, and may be large", () => {
    expect(learn([2 ** 40, 0, 7])).toEqual({ classes: [0, 7, 2 ** 40], labels: Uint32Array.of(2, 0, 1) });
  });

  test("0 and −0 are one class", () => {
    expect(learn([-0, 1, 0])).toEqual({ classes: [0, 1], labels: Uint32Array.of(0, 1, 0) });
  });

  for (const type of [
    Uint8Array,
    Uint8ClampedArray,
    Uint16Array,
    Uint32Array,
    Int8Array,
    Int16Array,
    Int32Array,
    Float32Array,
    Float64Array,
  ] as const) {
    test(`of ${type.name} are its numbers`, () => {
      expect(learn(type.of(100, 3, 20, 3))).toEqual({
        classes: [3, 20, 100],
        labels: Uint32Array.of(2, 0, 1, 0),
      });
    });
  }

  test("leave y as it was", () => {
    const y = Object.freeze([3, 1, 2]);
    learn(y);
    expect(y).toEqual([3, 1, 2]);
  });

  test(`may be ${MAX_CLASSES}, no more`, () => {
    expect(learn(counting(MAX_CLASSES)).classes).toHaveLength(MAX_CLASSES);
    expect(() => learn(counting(MAX_CLASSES + 1))).toThrow(
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
    ["booleans", [true, false], "row 0 is true"],
    ["undefined", [undefined, undefined], "row 0 is undefined"],
    ["objects", [{}, {}], "row 0 is an object (Object)"],
    ["bigints", [1n, 2n], "row 0 is 1"],
    ["one class of numbers", [3, 3, 3], "at least two classes, got 1"],
    ["one class of strings", ["a"], "at least two classes, got 1"],
  ])("%s", (_what, y, words) => {
    expect(() => learnClasses(y as Labels, y.length, "y")).toThrow(refusal("DataError", "y", words));
  });

  test("bigints in a typed array", () => {
    const y = BigInt64Array.of(0n, 1n) as unknown as Labels;
    expect(() => learnClasses(y, 2, "y")).toThrow(refusal("DataError", "y", "row 0 is 0"));
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
    for (const call of [
      () => learnClasses(y as LabelsLike, 2, "y"),
      () => encodeTargets(y as LabelsLike, [0, 1], 2, "validation[1]"),
    ]) {
      expect(call).toThrow(
        expect.objectContaining({ name: "DataError", message: expect.stringContaining(`got ${words}`) }),
      );
    }
  });

  test.each<[string, Labels]>([
    ["none", []],
    ["no bytes", new Uint8Array(0)],
    ["too few", [0, 1]],
    ["too many", [0, 1, 0, 1]],
    ["too few strings", ["a"]],
  ])("%s for 3 rows", (_what, y) => {
    const error = refusal("ShapeError", "y", `a label for each of 3 rows, got ${y.length}`);
    expect(() => learnClasses(y, 3, "y")).toThrow(error);
    expect(() => encodeTargets(y, [0, 1], 3, "y")).toThrow(error);
  });
});

describe("known classes", () => {
  test("fix the positions, whichever of them are there", () => {
    const targets = encodeTargets(["c", "a", "c"], ["a", "b", "c"], 3, "y");
    expect(targets).toEqual({ kind: "labels", labels: Uint32Array.of(2, 0, 2) });
    expect(encodeTargets(Uint8Array.of(7), [3, 7], 1, "y")).toEqual({
      kind: "labels",
      labels: Uint32Array.of(1),
    });
  });

  test.each<[string, Labels, Label[], string]>([
    ["number", [3, 7, 5], [3, 7], "row 2 has the label 5, which is none of the 2 classes"],
    ["string", ["a", "c"], ["a", "b"], 'row 1 has the label "c", which is none of the 2 classes'],
    ["number where classes are strings", [0, 1], ["0", "1"], "row 0 has the label 0"],
    ["string where classes are numbers", ["0", "1"], [0, 1], 'row 0 has the label "0"'],
  ])("refuse another %s", (_what, y, classes, words) => {
    const call = () => encodeTargets(y, classes, y.length, "validation[1]");
    expect(call).toThrow(refusal("DataError", "validation[1]", words));
  });

  test("do not excuse labels that are none", () => {
    expect(() => encodeTargets([0, -1], [0, 1], 2, "y")).toThrow(refusal("DataError", "y", "row 1 is -1"));
    expect(() => encodeTargets([0, "a"] as Labels, [0, 1], 2, "y")).toThrow(
      refusal("DataError", "y", "mixed types"),
    );
  });
});

describe("soft labels", () => {
  test("whose bytes were rounded are divided by their sum, in a copy", () => {
    const y = { data: new Uint8Array(10).fill(26), rows: 1, cols: 10, scale: 1 / 255 };
    const { targets } = learnClasses(y, 1, "y");
    if (targets.kind !== "distributions") throw new Error("expected distributions");
    expect([...targets.distributions.data]).toEqual(new Array(10).fill(Math.fround(0.1)));
    expect(y.data[0]).toBe(26);
  });

  test("of bytes of 0 are refused, however many classes they may be off by", () => {
    const y = { data: new Uint8Array(1000), rows: 1, cols: 1000, scale: 1 / 255 };
    expect(() => learnClasses(y, 1, "y")).toThrow(refusal("DataError", "y", "row 0 sums to 0"));
  });

  test("of percents in bytes are rounded too", () => {
    const { targets } = learnClasses({ ...soft(Uint8Array.of(33, 33, 33), 3), scale: 1 / 100 }, 1, "y");
    expect(targets.kind === "distributions" && targets.distributions.data[0]).toBeCloseTo(1 / 3, 7);
  });

  test("of floats may be off by a thousandth, not by a hundredth", () => {
    const { targets } = learnClasses([[0.3335, 0.3335, 0.3335]], 1, "y");
    expect(targets.kind === "distributions" && targets.distributions.data[0]).toBeCloseTo(1 / 3, 7);
    expect(() => learnClasses([[0.33, 0.33, 0.33]], 1, "y")).toThrow("row 0 sums to 0.99");
  });

  test.each<[string, Matrix]>([
    ["float32", soft(Float32Array.of(0.25, 0.75, 1, 0), 2)],
    ["doubles", soft(Float64Array.of(0.1, 0.2, 0.7, 0, 0, 1), 3)],
    ["bytes of 1/255", { ...soft(Uint8Array.of(255, 0, 128, 127), 2), scale: 1 / 255 }],
    ["clamped bytes of 1/255", { ...soft(Uint8ClampedArray.of(51, 204), 2), scale: 1 / 255 }],
    ["bytes of 1", soft(Uint8Array.of(1, 0, 0, 1), 2)],
    ["float32 with a scale", { ...soft(Float32Array.of(3, 1), 2), scale: 0.25 }],
    ["whole numbers", soft(Int32Array.of(0, 1, 1, 0), 2)],
  ])("of %s are kept as they are, the columns being the classes", (_what, y) => {
    const { classes, targets } = learnClasses(y, y.rows, "y");
    expect(classes).toEqual(counting(y.cols));
    expect(targets.kind === "distributions" && targets.distributions).toBe(y);
    const encoded = encodeTargets(y, Array.from({ length: y.cols }, String), y.rows, "y");
    expect(encoded.kind === "distributions" && encoded.distributions).toBe(y);
  });

  test("may be an array of rows", () => {
    const rows = [
      [0.5, 0.5, 0],
      [0, 0, 1],
    ];
    const expected = {
      kind: "distributions",
      distributions: { data: Float64Array.of(0.5, 0.5, 0, 0, 0, 1), rows: 2, cols: 3 },
    };
    expect(learnClasses(rows, 2, "y")).toEqual({ classes: [0, 1, 2], targets: expected });
    expect(encodeTargets(rows, ["a", "b", "c"], 2, "y")).toEqual(expected);
  });

  test.each<[string, Matrix, string]>([
    ["negative", soft(Float32Array.of(1, 0, 1.5, -0.5), 2), "row 1 column 1 is -0.5"],
    ["negative by a hair", soft(Float64Array.of(1 + 1e-9, -1e-9), 2), "row 0 column 1 is -1e-9"],
    ["NaN", soft(Float32Array.of(1, 0, Number.NaN, 1), 2), "row 1 column 0 is NaN"],
    ["infinite", soft(Float32Array.of(Infinity, 0), 2), "row 0 sums to Infinity"],
    ["less than 1 in sum", soft(Float32Array.of(1, 0, 0.5, 0.25), 2), "row 1 sums to 0.75"],
    ["more than 1 in sum", soft(Float32Array.of(0.75, 0.5), 2), "row 0 sums to 1.25"],
    ["all 0", soft(Float32Array.of(0, 0), 2), "row 0 sums to 0"],
    [
      "bytes of 1/255 that are 1 in sum",
      { ...soft(Uint8Array.of(1, 0), 2), scale: 1 / 255 },
      "row 0 sums to 0.0039",
    ],
    ["bytes of 1 that are 255 in sum", soft(Uint8Array.of(255, 0), 2), "row 0 sums to 255"],
    ["bytes of 1 that are 0 in sum", soft(new Uint8Array(2), 2), "row 0 sums to 0"],
    [
      "bytes of 1/4 that are not 1 in sum",
      { ...soft(Uint8Array.of(3, 0), 2), scale: 0.25 },
      "row 0 sums to 0.75",
    ],
    ["whole numbers that are 255 in sum", soft(Uint16Array.of(255, 0), 2), "row 0 sums to 255"],
  ])("are refused: %s", (_what, y, words) => {
    expect(() => learnClasses(y, y.rows, "y")).toThrow(refusal("DataError", "y", words));
    expect(() => encodeTargets(y, [0, 1], y.rows, "validation[1]")).toThrow(
      refusal("DataError", "validation[1]", words),
    );
  });

  test("are refused for too few or too many rows", () => {
    const y = soft(Float32Array.of(1, 0, 0, 1), 2);
    for (const rows of [1, 3]) {
      const error = refusal("ShapeError", "y", `soft labels for each of ${rows} rows, got 2`);
      expect(() => learnClasses(y, rows, "y")).toThrow(error);
      expect(() => encodeTargets(y, [0, 1], rows, "y")).toThrow(error);
    }
  });

  test("are refused without a column for each known class", () => {
    const y = soft(Float32Array.of(0.5, 0.25, 0.25), 3);
    for (const classes of [
      ["a", "b"],
      ["a", "b", "c", "d"],
    ]) {
      const words = `a column for each of ${classes.length} classes, got 3`;
      expect(() => encodeTargets(y, classes, 1, "y")).toThrow(refusal("ShapeError", "y", words));
    }
  });

  test("are refused with one column, or too many", () => {
    const one = soft(Float32Array.of(1, 1), 1);
    expect(() => learnClasses(one, 2, "y")).toThrow(refusal("DataError", "y", "at least two classes, got 1"));
    const wide = soft(new Float32Array(MAX_CLASSES + 1), MAX_CLASSES + 1);
    expect(() => learnClasses(wide, 1, "y")).toThrow(refusal("LimitError", "y", `at most ${MAX_CLASSES}`));
  });

  test("are refused where they are no matrix", () => {
    const short = { data: Float32Array.of(1, 0, 1), rows: 2, cols: 2 };
    expect(() => learnClasses(short, 2, "y")).toThrow(
      refusal("ShapeError", "y.data", "2 × 2 = 4 elements, got 3"),
    );
    expect(() => learnClasses([[1, 0], [1]], 2, "y")).toThrow(refusal("ShapeError", "y", "row 1 has 1"));
    const mixed = [[1, 0], 1] as unknown as number[][];
    expect(() => learnClasses(mixed, 2, "y")).toThrow(refusal("DataError", "y", "row 1 is 1"));
  });
});
