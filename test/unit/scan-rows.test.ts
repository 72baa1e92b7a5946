/** The scan of all values of a matrix: what it refuses, and the longest row that it finds. */
import { describe, expect, test } from "vitest";
import type { Matrix, MatrixData } from "../../src/data/matrix.ts";
import { scanRows } from "../../src/data/row-reader.ts";
import { expectClose } from "../support/expect-close.ts";
import { BYTE_TYPES, matrixOf, NUMBER_TYPES } from "../support/matrices.ts";
import { refusal } from "../support/refusal.ts";

/** Number of rows of one column that are scanned between two pauses. */
const PIECE = Math.floor(2 ** 20 / (1 + 8));
const MAX_FLOAT32 = 3.4028234663852886e38;

describe("the scan refuses", () => {
  const positions = [
    [0, 0],
    [0, 3],
    [1, 2],
    [2, 0],
    [2, 3],
  ] as const;

  for (const bad of [Number.NaN, Infinity, -Infinity, 1e39, -1e39, MAX_FLOAT32 * (1 + 2 ** -52)]) {
    test(`${bad}, with its row and column`, async () => {
      for (const [row, column] of positions) {
        const data = new Float64Array(12).fill(0.5);
        data[row * 4 + column] = bad;
        const words = `row ${row} column ${column} is ${bad}`;
        await expect(scanRows(matrixOf(data, 4), "x")).rejects.toEqual(refusal("DataError", "x", words));
      }
    });
  }

  test("NaN and infinity in float32", async () => {
    for (const bad of [Number.NaN, Infinity, -Infinity]) {
      const scan = scanRows(matrixOf(Float32Array.of(1, 2, 3, bad), 2), "validation[0]");
      await expect(scan).rejects.toEqual(refusal("DataError", "validation[0]", `row 1 column 1 is ${bad}`));
    }
  });

  test("data × scale beyond float32, even if the data are not", async () => {
    const data = Float32Array.of(1, 2, 3, 1e30);
    const scan = scanRows({ ...matrixOf(data, 2), scale: 1e9 }, "x");
    const words = `row 1 column 1 is ${data[3]} × 1000000000`;
    await expect(scan).rejects.toEqual(refusal("DataError", "x", words));
  });

  test("the first of several in the order of rows", async () => {
    const data = Float64Array.of(0, 0, 0, 0, 0, 1e39, Number.NaN, 0, 0);
    const scan = scanRows(matrixOf(data, 3), "x");
    await expect(scan).rejects.toEqual(refusal("DataError", "x", "row 1 column 2 is 1e+39"));
  });

  const rowsOfThree = Math.floor(2 ** 20 / (3 + 8));
  const longRow = 2 ** 20 + 5;
  test.each([
    ["last of the first piece", 1, PIECE + 3, PIECE - 1, 0],
    ["first of the second piece", 1, PIECE + 3, PIECE, 0],
    ["last of all", 1, PIECE + 3, PIECE + 2, 0],
    ["last of the first piece", 3, rowsOfThree + 2, rowsOfThree - 1, 2],
    ["first of the second piece", 3, rowsOfThree + 2, rowsOfThree, 0],
    ["last of all", 3, rowsOfThree + 2, rowsOfThree + 1, 2],
    ["first of a row longer than a piece", longRow, 2, 0, 0],
    ["last of a row longer than a piece", longRow, 2, 0, longRow - 1],
    ["first of the next such row", longRow, 2, 1, 0],
    ["last of the next such row", longRow, 2, 1, longRow - 1],
  ])("NaN as the %s (%i columns)", async (_where, cols, rows, row, column) => {
    const data = new Float32Array(rows * cols);
    data[row * cols + column] = Number.NaN;
    const words = `row ${row} column ${column} is NaN`;
    await expect(scanRows({ data, rows, cols }, "x")).rejects.toEqual(refusal("DataError", "x", words));
  });
});

describe("the scan accepts", () => {
  test("data beyond float32 whose values are not", async () => {
    const scan = scanRows({ ...matrixOf(Float64Array.of(3e60, -4e60), 2), scale: 1e-30 }, "x");
    expectClose([(await scan).maxSquaredNorm], [25e60], { absolute: 0, relative: 1e-15 });
  });

  test.each<[string, MatrixData]>([
    ["the largest float32", Float32Array.of(MAX_FLOAT32, -MAX_FLOAT32, 0, MAX_FLOAT32)],
    ["the largest float32 as doubles", Float64Array.of(MAX_FLOAT32, -MAX_FLOAT32, 0, 1)],
    ["the smallest float32", Float32Array.of(2 ** -149, -(2 ** -149), 0, -0)],
    ["the smallest doubles", Float64Array.of(5e-324, -5e-324, 0, -0)],
    ["values whose squares are beyond float32", Float32Array.of(2e19, 3e19, -4e19, 1e38)],
    ["the ends of int32", Int32Array.of(2 ** 31 - 1, -(2 ** 31), 0, 1)],
    ["the end of uint32", Uint32Array.of(2 ** 32 - 1, 2 ** 32 - 1, 0, 1)],
  ])("%s", async (_what, data) => {
    const longest = Math.max(data[0] ** 2 + data[1] ** 2, data[2] ** 2 + data[3] ** 2);
    await expect(scanRows(matrixOf(data, 2), "x")).resolves.toEqual({ maxSquaredNorm: longest });
  });
});

describe("the longest row", () => {
  test.each<[string, number[], number]>([
    ["first", [-6, 8, 3, 4, 0, 1], 100],
    ["in the middle", [3, 4, -6, 8, 0, 1], 100],
    ["last", [0, 1, 3, 4, -6, 8], 100],
    ["of zeros", [0, 0, 0, 0], 0],
  ])("%s", async (_where, values, expected) => {
    for (const type of NUMBER_TYPES.filter((candidate) => !candidate.name.startsWith("Uint"))) {
      const scan = await scanRows(matrixOf(type.from(values), 2), "x");
      expect(scan.maxSquaredNorm).toBe(expected);
    }
  });

  test("of a matrix with a scale is that of data × scale", async () => {
    for (const type of BYTE_TYPES) {
      const scanOf = (x: Matrix) => scanRows({ ...x, scale: 1 / 255 }, "x");
      const white = await scanOf(matrixOf(type.of(255, 0, 255, 255), 2));
      const gray = await scanOf(matrixOf(type.of(51, 102, 0, 102), 2));
      expectClose([white.maxSquaredNorm, gray.maxSquaredNorm], [2, 0.2], { absolute: 0, relative: 1e-15 });
    }
    const halved = await scanRows({ ...matrixOf(Float32Array.of(6, -8, 3, 4), 2), scale: 0.5 }, "x");
    expect(halved.maxSquaredNorm).toBe(25);
  });

  test("is found in any piece", async () => {
    for (const row of [0, PIECE - 1, PIECE, PIECE + 2]) {
      const data = new Float32Array(PIECE + 3).fill(1);
      data[row] = -3;
      await expect(scanRows(matrixOf(data, 1), "x")).resolves.toEqual({ maxSquaredNorm: 9 });
    }
  });
});

describe("an abort", () => {
  test("before the scan rejects with the signal's reason", async () => {
    const reason = new Error("enough");
    const scan = scanRows(matrixOf(Float32Array.of(Number.NaN), 1), "x", AbortSignal.abort(reason));
    await expect(scan).rejects.toBe(reason);
  });

  test("in the middle of the scan stops it before the last piece", async () => {
    const data = new Float32Array(3 * PIECE);
    data[data.length - 1] = Number.NaN;
    const controller = new AbortController();
    const reason = new Error("enough");
    const scan = scanRows(matrixOf(data, 1), "x", controller.signal);
    controller.abort(reason);
    await expect(scan).rejects.toBe(reason);
  });

  test("that never comes changes nothing", async () => {
    const { signal } = new AbortController();
    await expect(scanRows(matrixOf(Float32Array.of(3, 4), 2), "x", signal)).resolves.toEqual({
      maxSquaredNorm: 25,
    });
  });
});
