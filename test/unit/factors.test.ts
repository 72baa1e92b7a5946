/** Cholesky factors in WebAssembly, against products in plain float64 arithmetic. */
import { describe, expect, test } from "vitest";
import { secondMoments } from "../../src/backends/reference/operations.ts";
import { Factors } from "../../src/backends/wasm/factors.ts";
import { createRandom } from "../../src/data/random.ts";
import { disposeLater } from "../support/dispose-later.ts";
import { expectClose } from "../support/expect-close.ts";

const random = createRandom(5);
const normals = (length: number) => Float32Array.from({ length }, () => random.normal());

/** Second moments `[n,n]` of m rows. */
const momentsOf = (n: number, m: number): Float32Array => {
  const x = { data: normals(n * m), rows: m, cols: n };
  const weights = x.data.subarray(0, m).map(() => random.uniform() / m);
  return Float32Array.from(secondMoments(x, [...weights.keys()], weights, false));
};

/** M x, with the diagonal. */
function product(moments: Float32Array, diagonal: Float64Array, x: Float64Array): Float64Array {
  const n = x.length;
  return x.map((value, i) =>
    moments.subarray(i * n, (i + 1) * n).reduce((sum, moment, j) => sum + moment * x[j], diagonal[i] * value),
  );
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
    const given = [momentsOf(n, m), momentsOf(n, m), momentsOf(n, 1)];
    const diagonal = Float64Array.from({ length: n }, (_, i) => 0.01 * (1 + (i % 3)));
    for (const index of [2, 0, 1]) expect(await factors.make(index, given[index], diagonal)).toBe(true);
    for (const [index, moments] of given.entries()) {
      const v = Float64Array.from(normals(n));
      const x = v.slice();
      factors.solve(index, x);
      expectClose(product(moments, diagonal, x), v, { absolute: 2e-4, relative: 2e-4 });
    }
  });

  test("moments of 0 leave the diagonal alone, also in the place of another factor", async () => {
    const factors = disposeLater(await Factors.create(3, 1));
    const diagonal = Float64Array.of(1, 2, 4);
    await factors.make(0, momentsOf(3, 9), diagonal);
    expect(await factors.make(0, new Float32Array(9), diagonal)).toBe(true);
    const v = Float64Array.of(1, 1, 1);
    factors.solve(0, v);
    expectClose(v, [1, 1 / 2, 1 / 4], { absolute: 1e-6, relative: 0 });
  });

  test("columns that are equal still have a factor; numbers that overflow have none", async () => {
    const factors = disposeLater(await Factors.create(2, 1));
    const diagonal = Float64Array.of(1e-9, 1e-9);
    expect(await factors.make(0, Float32Array.of(10, 10, 10, 10), diagonal)).toBe(true);
    const v = Float64Array.of(1, 1);
    factors.solve(0, v);
    expect(v.every(Number.isFinite)).toBe(true);
    for (const [below, last] of [
      [1e30, Infinity],
      [Number.NaN, Number.NaN],
      [Infinity, Infinity],
    ])
      expect(await factors.make(0, Float32Array.of(1, 0, below, last), diagonal)).toBe(false);
  });
});
