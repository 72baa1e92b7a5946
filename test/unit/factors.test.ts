/** Cholesky factors in WebAssembly, against second moments in plain float64 arithmetic. */
import { describe, expect, test } from "vitest";
import { Factors } from "../../src/backends/wasm/factors.ts";
import type { WeightedRows } from "../../src/backends/wasm/second-moments.ts";
import { createRandom } from "../../src/data/random.ts";
import { disposeLater } from "../support/dispose-later.ts";
import { expectClose } from "../support/expect-close.ts";

const random = createRandom(5);
const normals = (length: number) => Float32Array.from({ length }, () => random.normal());

const rowsOf = (n: number, m: number): WeightedRows => ({
  rows: normals(n * m),
  weights: Float32Array.from({ length: m }, () => random.uniform() / m),
});

/** M x, with the diagonal. */
function product({ rows, weights }: WeightedRows, diagonal: Float64Array, x: Float64Array): Float64Array {
  const n = x.length;
  const result = x.map((value, i) => diagonal[i] * value);
  for (const [i, weight] of weights.entries()) {
    const row = rows.subarray(i * n, (i + 1) * n);
    const along = row.reduce((sum, value, j) => sum + value * x[j], 0);
    for (let j = 0; j < n; j++) result[j] += weight * along * row[j];
  }
  return result;
}

describe("factors", () => {
  test.each([
    [1, 1],
    [2, 5],
    [3, 64],
    [4, 33],
    [5, 2],
    [15, 40],
    [16, 32],
    [17, 31],
    [33, 100],
    [64, 65],
    [67, 500],
  ])("of %s columns from %s rows solve M x = v", async (n, m) => {
    const factors = disposeLater(await Factors.create(n, 3));
    const given = [rowsOf(n, m), rowsOf(n, m), rowsOf(n, 1)];
    const diagonal = Float64Array.from({ length: n }, (_, i) => 0.01 * (1 + (i % 3)));
    for (const index of [2, 0, 1]) expect(await factors.make(index, given[index], diagonal)).toBe(true);
    for (const [index, rows] of given.entries()) {
      const v = Float64Array.from(normals(n));
      const x = v.slice();
      factors.solve(index, x);
      expectClose(product(rows, diagonal, x), v, { absolute: 2e-4, relative: 2e-4 });
    }
  });

  test("rows of zeros leave the diagonal alone, also in the place of another factor", async () => {
    const factors = disposeLater(await Factors.create(3, 1));
    const diagonal = Float64Array.of(1, 2, 4);
    await factors.make(0, rowsOf(3, 9), diagonal);
    const nothing = { rows: new Float32Array(6), weights: Float32Array.of(1, 0) };
    expect(await factors.make(0, nothing, diagonal)).toBe(true);
    const v = Float64Array.of(1, 1, 1);
    factors.solve(0, v);
    expectClose(v, [1, 1 / 2, 1 / 4], { absolute: 1e-6, relative: 0 });
  });

  test("columns that are equal still have a factor; rows that overflow have none", async () => {
    const factors = disposeLater(await Factors.create(2, 1));
    const diagonal = Float64Array.of(1e-9, 1e-9);
    const weights = Float32Array.of(1, 1);
    expect(await factors.make(0, { rows: Float32Array.of(1, 1, 3, 3), weights }, diagonal)).toBe(true);
    const v = Float64Array.of(1, 1);
    factors.solve(0, v);
    expect(v.every(Number.isFinite)).toBe(true);
    for (const value of [1e30, Number.NaN, Infinity])
      expect(await factors.make(0, { rows: Float32Array.of(1, value, 1, 1), weights }, diagonal)).toBe(false);
  });
});
