/** Sparse rows as callers give them: what is taken, and what is refused, with the argument and the remedy. */
import { describe, expect, test } from "vitest";
import { openSparse } from "../../src/data/given-sparse.ts";
import type { SparseRows } from "../../src/data/sparse-matrix.ts";
import { scanSparse } from "../../src/data/sparse-sums.ts";
import { DataError, LimitError, ShapeError, SoftmaxRegression, sparseRows } from "../../src/index.ts";

/** [[0, 2, 0], [0, 0, 0], [1, 0, 3]] */
const GOOD: SparseRows = {
  indptr: Uint32Array.of(0, 1, 1, 3),
  indices: Uint32Array.of(1, 0, 2),
  data: Float64Array.of(2, 1, 3),
  rows: 3,
  cols: 3,
};

const open = async (changes: object) => {
  const x = await openSparse({ ...GOOD, ...changes } as SparseRows, "x").convert();
  await scanSparse(x, "x");
  return x;
};

describe("rows in compressed form", () => {
  test("are taken as they are, without a copy; Int32Array is read as Uint32Array", async () => {
    const x = await open({});
    expect(x.data).toBe(GOOD.data);
    expect(x.indices).toBe(GOOD.indices);
    const signed = await open({ indices: Int32Array.of(1, 0, 2), indptr: Int32Array.of(0, 1, 1, 3) });
    expect([...signed.indices]).toEqual([1, 0, 2]);
  });

  test("may have no values, empty rows, stored zeros and negative zeros", async () => {
    expect((await open({ data: undefined })).data).toBeUndefined();
    await open({ data: Float32Array.of(0, -0, 1) });
    await open({
      indptr: Uint32Array.of(0, 0, 0, 0),
      indices: new Uint32Array(0),
      data: new Float64Array(0),
    });
  });

  test.each<[string, object, new (...args: never[]) => Error, string]>([
    ["indptr too short", { indptr: Uint32Array.of(0, 1, 3) }, ShapeError, "x.indptr"],
    ["indptr that does not begin at 0", { indptr: Uint32Array.of(1, 1, 1, 3) }, DataError, "x.indptr"],
    ["indptr that falls", { indptr: Uint32Array.of(0, 2, 1, 3) }, DataError, "row 1 goes from 2 to 1"],
    ["a negative indptr", { indptr: Int32Array.of(0, -1, 1, 3) }, DataError, "x.indptr"],
    ["indptr beyond the values", { indptr: Uint32Array.of(0, 1, 9, 3) }, DataError, "x.indptr"],
    ["more indices than indptr says", { indptr: Uint32Array.of(0, 1, 1, 2) }, ShapeError, "x.indices"],
    [
      "a column out of range",
      { indices: Uint32Array.of(1, 0, 3) },
      DataError,
      "columns below 3, row 2 has 3",
    ],
    ["a negative column", { indices: Int32Array.of(-1, 0, 2) }, DataError, "columns below 3, row 0"],
    ["unsorted columns", { indices: Uint32Array.of(1, 2, 0) }, DataError, "sort_indices"],
    ["a repeated column", { indices: Uint32Array.of(1, 2, 2) }, DataError, "row 2 repeats 2"],
    ["too few values", { data: Float32Array.of(1, 2) }, ShapeError, "x.data"],
    ["NaN", { data: Float64Array.of(2, Number.NaN, 3) }, DataError, "row 2 column 0 is NaN"],
    ["a value beyond float32", { data: Float64Array.of(2, 1, 1e39) }, DataError, "row 2 column 2"],
    ["plain arrays", { indices: [1, 0, 2] }, DataError, "Uint32Array.from(x.indices, Number)"],
    ["64-bit indices", { indptr: BigInt64Array.of(0n, 1n, 1n, 3n) }, DataError, "Uint32Array.from"],
    ["values of another type", { data: Uint8Array.of(1, 2, 3) }, DataError, "Float32Array.from(x.data)"],
    ["no rows", { rows: 0, indptr: Uint32Array.of(0) }, ShapeError, "x.rows"],
    ["too many columns", { cols: 2 ** 20 + 1 }, LimitError, "hash the features"],
  ])("%s is refused", async (_, changes, type, words) => {
    const attempt = (async () => open(changes))();
    await expect(attempt).rejects.toThrow(type);
    await expect(attempt).rejects.toThrow(words);
  });

  test("a refusal leaves the model as it was", async () => {
    const model = new SoftmaxRegression({ device: "reference" });
    await model.fit(GOOD, [0, 1, 0]);
    const before = model.weights;
    await expect(model.fit({ ...GOOD, indices: Uint32Array.of(1, 2, 2) }, [0, 1, 0])).rejects.toThrow(
      DataError,
    );
    await expect(model.predict({ ...GOOD, cols: 4 })).rejects.toThrow(ShapeError);
    expect(model.weights).toEqual(before);
    model.dispose();
  });
});

describe("sparseRows", () => {
  test("takes objects, maps and pairs, in any order of columns", () => {
    const x = sparseRows([{ 2: 3, 0: 1 }, new Map([[1, 2]]), [], [[4, 0.5]]]);
    expect([...x.indptr]).toEqual([0, 2, 3, 3, 4]);
    expect([...x.indices]).toEqual([0, 2, 1, 4]);
    expect([...(x.data ?? [])]).toEqual([1, 3, 2, 0.5]);
    expect([x.rows, x.cols]).toEqual([4, 5]);
    expect(sparseRows([{}], 7).cols).toBe(7);
  });

  test.each<[string, Iterable<unknown>, number | undefined, string]>([
    ["no rows", [], undefined, "at least one row"],
    ["only empty rows", [{}, []], undefined, "give the number of columns"],
    ["a column that is no integer", [{ a: 1 }], undefined, "columns that are integers"],
    ["a negative column", [[[-1, 1]]], undefined, "columns that are integers"],
    ["a column out of range", [{ 3: 1 }], 3, "below 3"],
    [
      "a column that comes twice",
      [
        [
          [1, 1],
          [1, 2],
        ],
      ],
      undefined,
      "repeats 1",
    ],
    ["a value that is no number", [{ 1: "2" }], undefined, 'column 1 is "2"'],
    ["rows of numbers", [[1, 2]], undefined, "pairs of column and value"],
    ["text", ["ab"], undefined, "expected an object"],
    ["a prototype", [JSON.parse('{"__proto__": 1}')], undefined, "columns that are integers"],
  ])("%s is refused", (_, rows, cols, words) => {
    expect(() => sparseRows(rows as Iterable<Record<number, number>>, cols)).toThrow(words);
  });
});
