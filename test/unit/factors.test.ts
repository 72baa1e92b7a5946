/** Cholesky factors in WebAssembly, against second moments in plain float64 arithmetic. */
import { describe, expect, test } from "vitest";
import { Factors, type Regularisation } from "../../src/backends/wasm/factors.ts";
import type { WeightedRows } from "../../src/backends/wasm/second-moments.ts";
import { createRandom } from "../../src/data/random.ts";
import { disposeLater } from "../support/dispose-later.ts";
import { expectClose } from "../support/expect-close.ts";

const random = createRandom(5);
const normals = (length: number) => Float32Array.from({ length }, () => random.normal());

type Moments = WeightedRows & Regularisation;

function problem(n: number, m: number): Moments {
  const weights = Float32Array.from({ length: m }, () => random.uniform() / m);
  const diagonal = Float64Array.from({ length: n }, (_, i) => 0.01 * (i % 3));
  return { rows: normals(n * m), weights, diagonal, shrinkage: 0.01 };
}

/** M x, with what was added to the diagonal. */
function product({ rows, weights, diagonal }: Moments, share: number, x: Float64Array): Float64Array {
  const n = x.length;
  const result = x.map((value, i) => (share + diagonal[i]) * value);
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
    const given = [problem(n, m), problem(n, m), problem(n, 1)];
    const shares: number[] = [];
    for (const index of [2, 0, 1]) shares[index] = await factors.make(index, given[index], given[index]);
    for (const [index, moments] of given.entries()) {
      const v = Float64Array.from(normals(n));
      const x = v.slice();
      factors.solve(index, x);
      expectClose(product(moments, shares[index], x), v, { absolute: 2e-4, relative: 2e-4 });
    }
  });

  test("rows of zeros have the diagonal that is added, and a factor is made anew from nothing", async () => {
    const factors = disposeLater(await Factors.create(3, 1));
    const given = problem(3, 9);
    await factors.make(0, given, given);
    const nothing = {
      rows: new Float32Array(6),
      weights: Float32Array.of(1, 0),
      diagonal: [0, 1, 3],
      shrinkage: 0.5,
    };
    expect(await factors.make(0, nothing, nothing)).toBe(1);
    const v = Float64Array.of(1, 1, 1);
    factors.solve(0, v);
    expectClose(v, [1, 1 / 2, 1 / 4], { absolute: 1e-6, relative: 0 });
  });

  test("columns that are equal still have a factor; rows that overflow have none", async () => {
    const factors = disposeLater(await Factors.create(2, 1));
    const equal = {
      rows: Float32Array.of(1, 1, 3, 3),
      weights: Float32Array.of(1, 1),
      diagonal: [0, 0],
      shrinkage: 1e-9,
    };
    expect(await factors.make(0, equal, equal)).toBeGreaterThan(0);
    const v = Float64Array.of(1, 1);
    factors.solve(0, v);
    expect(v.every(Number.isFinite)).toBe(true);
    for (const value of [1e30, Number.NaN, Infinity])
      expect(await factors.make(0, { ...equal, rows: Float32Array.of(1, value, 1, 1) }, equal)).toBeNaN();
  });
});
