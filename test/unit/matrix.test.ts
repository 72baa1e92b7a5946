/** Matrices: which forms are accepted, and which are refused with which message. */
import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { openMatrix, toMatrix } from "../../src/data/given-matrix.ts";
import {
  describe as describeValue,
  isByteData,
  MAX_ELEMENTS,
  type Matrix,
  type MatrixLike,
  rowsOf,
  scaleOf,
} from "../../src/data/matrix.ts";
import { scanRows } from "../../src/data/row-reader.ts";
import { BYTE_TYPES, matrixOf, NUMBER_TYPES } from "../support/matrices.ts";
import { refusal } from "../support/refusal.ts";

describe("a Matrix", () => {
  for (const type of [...BYTE_TYPES, ...NUMBER_TYPES]) {
    test(`of ${type.name} is used without a copy`, async () => {
      const matrix = matrixOf(type.of(1, 2, 3, 4, 5, 6), 3);
      expect(await toMatrix(matrix, "x")).toBe(matrix);
    });
  }

  test("of unsigned bytes is distinguished from all others", () => {
    for (const type of BYTE_TYPES) expect(isByteData(new type(1))).toBe(true);
    for (const type of NUMBER_TYPES) expect(isByteData(new type(1))).toBe(false);
  });

  test("has the scale 1 in every element type, unless it gives another", () => {
    for (const type of [...BYTE_TYPES, ...NUMBER_TYPES]) {
      const matrix = matrixOf(type.of(1, 2), 1);
      expect(scaleOf(matrix)).toBe(1);
      expect(scaleOf({ ...matrix, scale: 0.25 })).toBe(0.25);
      expect(scaleOf(rowsOf({ ...matrix, scale: 0.25 }, 1, 1))).toBe(0.25);
    }
  });

  test.each([1e-37, 1 / 255, 1, 3e38])("is accepted with the scale %s", async (scale) => {
    const matrix = { ...matrixOf(Uint8Array.of(1, 2), 1), scale };
    expect(await toMatrix(matrix, "x")).toBe(matrix);
  });

  test.each([0, -0, -1, 1e-39, 4e38, Number.NaN, Infinity, -Infinity, "1", null, 1n])(
    "is refused with the scale %s",
    async (scale) => {
      const matrix = { ...matrixOf(Uint8Array.of(1, 2), 1), scale } as Matrix;
      const words = `a number above 0 that float32 holds (1.2e-38 to 3.4e38), got ${describeValue(scale)}`;
      await expect(toMatrix(matrix, "x")).rejects.toEqual(refusal("DataError", "x.scale", words));
    },
  );

  test("may be a view into a larger buffer", async () => {
    const whole = Float32Array.of(Number.NaN, 99, 3, 4, 1, 2, 99, Number.NaN);
    const view = new Float32Array(whole.buffer, 8, 4);
    const matrix = await toMatrix({ data: view, rows: 2, cols: 2 }, "x");
    expect(matrix.data).toBe(view);
    await expect(scanRows(matrix, "x")).resolves.toEqual({ maxSquaredNorm: 25 });
  });

  test.each([0, -1, 1.5, Number.NaN, Infinity, -Infinity, "2", null, undefined])(
    "is refused with %s rows or columns",
    async (size) => {
      const data = Float32Array.of(1, 2);
      const bad = size as number;
      const words = `an integer of at least 1, got ${typeof size === "string" ? JSON.stringify(size) : size}`;
      await expect(toMatrix({ data, rows: bad, cols: 2 }, "x")).rejects.toEqual(
        refusal("ShapeError", "x.rows", words),
      );
      await expect(toMatrix({ data, rows: 2, cols: bad }, "x")).rejects.toEqual(
        refusal("ShapeError", "x.cols", words),
      );
    },
  );

  test.each([0, 1, 5, 7, 12])("of 2 × 3 is refused with %i elements", async (length) => {
    const matrix = { data: new Float32Array(length), rows: 2, cols: 3 };
    const words = `expected 2 × 3 = 6 elements, got ${length}`;
    await expect(toMatrix(matrix, "x")).rejects.toEqual(refusal("ShapeError", "x.data", words));
  });

  test.each<[string, unknown, string]>([
    ["a BigInt64Array", new BigInt64Array(6), "an object (BigInt64Array)"],
    ["a BigUint64Array", new BigUint64Array(6), "an object (BigUint64Array)"],
    ["a DataView", new DataView(new ArrayBuffer(6)), "an object (DataView)"],
    ["an ArrayBuffer", new ArrayBuffer(6), "an object (ArrayBuffer)"],
    ["an array", [1, 2, 3, 4, 5, 6], "an array of 6"],
    ["a string", "123456", '"123456"'],
    ["null", null, "null"],
    ["undefined", undefined, "undefined"],
  ])("is refused with %s for data", async (_what, data, words) => {
    const matrix = { data, rows: 2, cols: 3 } as Matrix;
    await expect(toMatrix(matrix, "x")).rejects.toEqual(refusal("DataError", "x.data", words));
  });

  test.each([
    [65_536, 65_536],
    [2 ** 32, 1],
    [1, 2 ** 32],
    [2 ** 40, 2 ** 40],
  ])("of %i × %i is more than 32-bit indices reach, whatever its data", async (rows, cols) => {
    const matrix = { data: new Float32Array(1), rows, cols };
    const error = refusal("LimitError", "x", `at most ${MAX_ELEMENTS}`);
    await expect(toMatrix(matrix, "x")).rejects.toEqual(error);
  });

  test("with one element less is refused for its data alone", async () => {
    const matrix = { data: new Float32Array(1), rows: MAX_ELEMENTS, cols: 1 };
    await expect(toMatrix(matrix, "x")).rejects.toEqual(refusal("ShapeError", "x.data", "got 1"));
  });

  test.each<[string, unknown, string]>([
    ["null", null, "null"],
    ["undefined", undefined, "undefined"],
    ["a number", 3, "3"],
    ["a string", "rows", '"rows"'],
    ["a function", () => 1, "a function"],
    ["an object without cols", { data: Float32Array.of(1), rows: 1 }, "an object (Object)"],
    ["an object without data", { rows: 1, cols: 1 }, "an object (Object)"],
    ["an object without a class", Object.create(null), "an object (no class)"],
  ])("is not %s", (_what, value, words) => {
    const call = () => openMatrix(value as MatrixLike, "validation[0]");
    expect(call).toThrow(refusal("DataError", "validation[0]", `got ${words}`));
  });
});

test("arrays of another realm are recognised by their class", async () => {
  const foreign = runInNewContext("[new Uint8Array([255]), new Float32Array([2]), new BigInt64Array(1)]");
  for (const [i, isByte] of [true, false].entries()) {
    const matrix = { data: foreign[i], rows: 1, cols: 1 };
    expect(await toMatrix(matrix, "x")).toBe(matrix);
    expect(isByteData(matrix.data)).toBe(isByte);
  }
  const integers = toMatrix({ data: foreign[2], rows: 1, cols: 1 }, "x");
  await expect(integers).rejects.toThrow("x.data: expected a typed array");
});

describe("an array of rows", () => {
  test("of 2³² elements is refused before it is copied", async () => {
    const rows = new Array(2 ** 17).fill(new Array(2 ** 17).fill(0));
    await expect(toMatrix(rows, "x")).rejects.toThrow("131072 × 131072 elements given");
  });

  test("is copied into a Float64Array, row after row", async () => {
    const rows = [
      [0.1, 2, -3],
      [4, 5e-324, 1e300],
    ];
    const matrix = await toMatrix(rows, "x");
    rows[0][0] = 99;
    expect(matrix).toEqual({ data: Float64Array.of(0.1, 2, -3, 4, 5e-324, 1e300), rows: 2, cols: 3 });
  });

  test("of one number is a matrix", async () => {
    expect(await toMatrix([[7]], "x")).toEqual({ data: Float64Array.of(7), rows: 1, cols: 1 });
  });

  test.each<[string, unknown[], string, string]>([
    ["no rows", [], "ShapeError", "at least one row"],
    ["no columns", [[], []], "ShapeError", "at least one column"],
    ["a shorter row", [[1, 2], [3, 4], [5]], "ShapeError", "row 0 has 2 columns and row 2 has 1"],
    ["a longer row", [[1], [2, 3]], "ShapeError", "row 0 has 1 columns and row 1 has 2"],
    ["numbers for rows", [1, 2, 3], "DataError", "row 0 is 1"],
    ["a number among the rows", [[1], 2], "DataError", "row 1 is 2"],
    [
      "a typed array of integers beyond numbers",
      [[1], BigInt64Array.of(2n)],
      "DataError",
      "row 1 is an object",
    ],
    ["null for a row", [[1], null], "DataError", "row 1 is null"],
    ["a missing first row", new Array(2), "DataError", "row 0 is undefined"],
    ["a missing last row", Object.assign(new Array(2), { 0: [1] }), "DataError", "row 1 is undefined"],
    ["a string", [2, "4"].map((cell) => [1, cell]), "DataError", 'row 1 column 1 is "4"'],
    ["a hole", [[1, 2], new Array(2)], "DataError", "row 1 column 0 is undefined"],
    ["undefined", [[1, undefined]], "DataError", "row 0 column 1 is undefined"],
    ["null", [[1], [null]], "DataError", "row 1 column 0 is null"],
    ["a boolean", [[true]], "DataError", "row 0 column 0 is true"],
    ["a bigint", [[1n]], "DataError", "row 0 column 0 is 1"],
    ["an array", [[[1]]], "DataError", "row 0 column 0 is an array of 1"],
  ])("is refused with %s", async (_what, rows, name, words) => {
    await expect(toMatrix(rows as number[][], "y")).rejects.toEqual(refusal(name, "y", words));
  });
});
