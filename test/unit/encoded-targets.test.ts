/** Targets of labels and of soft labels for known classes, and what is refused. */
import { describe, expect, test } from "vitest";
import { type Label, type Labels, MAX_CLASSES } from "../../src/data/labels.ts";
import type { Matrix, MatrixData } from "../../src/data/matrix.ts";
import { encodeTargets, learnClasses } from "../support/labels.ts";
import { refusal } from "../support/refusal.ts";

function soft(data: MatrixData, cols: number): Matrix {
  return { data, rows: data.length / cols, cols };
}

function counting(length: number): number[] {
  return Array.from({ length }, (_, i) => i);
}

describe("known classes", () => {
  test("determine the positions, even if some do not occur", async () => {
    const targets = await encodeTargets(["c", "a", "c"], ["a", "b", "c"], 3, "y");
    expect(targets).toEqual({ kind: "labels", labels: Uint32Array.of(2, 0, 2) });
    expect(await encodeTargets(Uint8Array.of(7), [3, 7], 1, "y")).toEqual({
      kind: "labels",
      labels: Uint32Array.of(1),
    });
  });

  test.each<[string, Labels, Label[], string]>([
    ["number", [3, 7, 5], [3, 7], "row 2 has the label 5, which is none of the 2 classes"],
    ["string", ["a", "c"], ["a", "b"], 'row 1 has the label "c", which is none of the 2 classes'],
    ["number if classes are strings", [0, 1], ["0", "1"], "row 0 has the label 0"],
    ["string if classes are numbers", ["0", "1"], [0, 1], 'row 0 has the label "0"'],
    ["boolean if classes are numbers", [false, true], [0, 1], "row 0 has the label false"],
  ])("refuse another %s", async (_what, y, classes, words) => {
    const encoded = encodeTargets(y, classes, y.length, "validation[1]");
    await expect(encoded).rejects.toEqual(refusal("DataError", "validation[1]", words));
  });

  test("do not make invalid labels acceptable", async () => {
    await expect(encodeTargets([0, -1], [0, 1], 2, "y")).rejects.toEqual(
      refusal("DataError", "y", "row 1 is -1"),
    );
    await expect(encodeTargets([0, "a"] as Labels, [0, 1], 2, "y")).rejects.toEqual(
      refusal("DataError", "y", "mixed types"),
    );
  });
});

describe("soft labels", () => {
  test("whose bytes were rounded are divided by their sum, in a copy", async () => {
    const y = { data: new Uint8Array(10).fill(26), rows: 1, cols: 10, scale: 1 / 255 };
    const { targets } = await learnClasses(y, 1, "y");
    if (targets.kind !== "distributions") throw new Error("expected distributions");
    expect([...targets.distributions.data]).toEqual(new Array(10).fill(Math.fround(0.1)));
    expect(y.data[0]).toBe(26);
  });

  test("of bytes of 0 are refused, however many classes there are", async () => {
    const y = { data: new Uint8Array(1000), rows: 1, cols: 1000, scale: 1 / 255 };
    await expect(learnClasses(y, 1, "y")).rejects.toEqual(refusal("DataError", "y", "row 0 sums to 0"));
  });

  test("of percents in bytes are rounded too", async () => {
    const { targets } = await learnClasses({ ...soft(Uint8Array.of(33, 33, 33), 3), scale: 1 / 100 }, 1, "y");
    expect(targets.kind === "distributions" && targets.distributions.data[0]).toBeCloseTo(1 / 3, 7);
  });

  test("of floats may be off by a thousandth, not by a hundredth", async () => {
    const { targets } = await learnClasses([[0.3335, 0.3335, 0.3335]], 1, "y");
    expect(targets.kind === "distributions" && targets.distributions.data[0]).toBeCloseTo(1 / 3, 7);
    await expect(learnClasses([[0.33, 0.33, 0.33]], 1, "y")).rejects.toThrow("row 0 sums to 0.99");
  });

  test.each<[string, Matrix]>([
    ["float32", soft(Float32Array.of(0.25, 0.75, 1, 0), 2)],
    ["doubles", soft(Float64Array.of(0.1, 0.2, 0.7, 0, 0, 1), 3)],
    ["bytes of 1/255", { ...soft(Uint8Array.of(255, 0, 128, 127), 2), scale: 1 / 255 }],
    ["clamped bytes of 1/255", { ...soft(Uint8ClampedArray.of(51, 204), 2), scale: 1 / 255 }],
    ["bytes of 1", soft(Uint8Array.of(1, 0, 0, 1), 2)],
    ["float32 with a scale", { ...soft(Float32Array.of(3, 1), 2), scale: 0.25 }],
    ["whole numbers", soft(Int32Array.of(0, 1, 1, 0), 2)],
  ])("of %s are used unchanged, with the columns as classes", async (_what, y) => {
    const { classes, targets } = await learnClasses(y, y.rows, "y");
    expect(classes).toEqual(counting(y.cols));
    expect(targets.kind === "distributions" && targets.distributions).toBe(y);
    const encoded = await encodeTargets(y, Array.from({ length: y.cols }, String), y.rows, "y");
    expect(encoded.kind === "distributions" && encoded.distributions).toBe(y);
  });

  test("may be an array of rows", async () => {
    const rows = [
      [0.5, 0.5, 0],
      [0, 0, 1],
    ];
    const expected = {
      kind: "distributions",
      distributions: { data: Float64Array.of(0.5, 0.5, 0, 0, 0, 1), rows: 2, cols: 3 },
    };
    expect(await learnClasses(rows, 2, "y")).toEqual({ classes: [0, 1, 2], targets: expected });
    expect(await encodeTargets(rows, ["a", "b", "c"], 2, "y")).toEqual(expected);
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
  ])("are refused: %s", async (_what, y, words) => {
    await expect(learnClasses(y, y.rows, "y")).rejects.toEqual(refusal("DataError", "y", words));
    await expect(encodeTargets(y, [0, 1], y.rows, "validation[1]")).rejects.toEqual(
      refusal("DataError", "validation[1]", words),
    );
  });

  test("are refused for too few or too many rows", async () => {
    const y = soft(Float32Array.of(1, 0, 0, 1), 2);
    for (const rows of [1, 3]) {
      const error = refusal("ShapeError", "y", `soft labels for each of ${rows} rows, got 2`);
      await expect(learnClasses(y, rows, "y")).rejects.toEqual(error);
      await expect(encodeTargets(y, [0, 1], rows, "y")).rejects.toEqual(error);
    }
  });

  test("are refused without a column for each known class", async () => {
    const y = soft(Float32Array.of(0.5, 0.25, 0.25), 3);
    for (const classes of [
      ["a", "b"],
      ["a", "b", "c", "d"],
    ]) {
      const words = `a column for each of ${classes.length} classes, got 3`;
      await expect(encodeTargets(y, classes, 1, "y")).rejects.toEqual(refusal("ShapeError", "y", words));
    }
  });

  test("are refused with too many columns", async () => {
    const wide = soft(new Float32Array(MAX_CLASSES + 1), MAX_CLASSES + 1);
    await expect(learnClasses(wide, 1, "y")).rejects.toEqual(
      refusal("LimitError", "y", `at most ${MAX_CLASSES}`),
    );
  });

  test("are refused if they are no matrix", async () => {
    const short = { data: Float32Array.of(1, 0, 1), rows: 2, cols: 2 };
    await expect(learnClasses(short, 2, "y")).rejects.toEqual(
      refusal("ShapeError", "y.data", "2 × 2 = 4 elements, got 3"),
    );
    await expect(learnClasses([[1, 0], [1]], 2, "y")).rejects.toEqual(
      refusal("ShapeError", "y", "row 1 has 1"),
    );
    const mixed = [[1, 0], 1] as unknown as number[][];
    await expect(learnClasses(mixed, 2, "y")).rejects.toEqual(refusal("DataError", "y", "row 1 is 1"));
  });
});
