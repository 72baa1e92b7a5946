/** Means and standard deviations of columns: by their definition, and if rounding matters. */
import { expect, test } from "vitest";
import { type MatrixData, scaleOf } from "../../src/data/matrix.ts";
import { createRandom } from "../../src/data/random.ts";
import { fitStandardization } from "../../src/data/standardization.ts";
import { expectClose } from "../support/expect-close.ts";
import { randomProblem } from "../support/problems.ts";

const CLOSE = { absolute: 1e-15, relative: 1e-13 };

function fitColumns(data: MatrixData, cols: number, weights?: ArrayLike<number>, scale = 1) {
  return fitStandardization({ data, rows: data.length / cols, cols, scale }, weights);
}

test("the mean and the population's standard deviation of each column", async () => {
  const { mean, scale } = await fitColumns(Float32Array.of(1, -4, 2, 0, 3, 4, 6, 0), 2);
  expectClose(mean, [3, 0], CLOSE);
  expectClose(scale, [Math.sqrt((4 + 1 + 0 + 9) / 4), Math.sqrt(8)], CLOSE);
});

test("a row of weight 3 is three rows, and one of weight 0 none, the first one too", async () => {
  const weighted = await fitColumns(Float64Array.of(500, 1, 7, 900, 2), 1, [0, 1, 3, 0, 1]);
  const repeated = await fitColumns(Float64Array.of(1, 7, 7, 7, 2), 1);
  expectClose(weighted.mean, repeated.mean, CLOSE);
  expectClose(weighted.scale, repeated.scale, CLOSE);
});

test("the scale of the weights does not matter", async () => {
  const x = Float64Array.of(1, 7, 2, 9);
  const [small, large] = [
    await fitColumns(x, 1, [0.25, 1, 0.5, 2]),
    await fitColumns(x, 1, [1e30, 4e30, 2e30, 8e30]),
  ];
  expectClose(small.mean, large.mean, CLOSE);
  expectClose(small.scale, large.scale, CLOSE);
});

test("values are data × scale", async () => {
  const bytes = Uint8Array.of(0, 255, 51, 102);
  const fromBytes = await fitColumns(bytes, 1, undefined, 1 / 255);
  const fromFractions = await fitColumns(
    Float64Array.from(bytes, (value) => value / 255),
    1,
  );
  expectClose(fromBytes.mean, fromFractions.mean, CLOSE);
  expectClose(fromBytes.scale, fromFractions.scale, CLOSE);
  expectClose(fromBytes.mean, [0.4], CLOSE);
});

test.each([
  ["0.1 in float64", new Float64Array(300_000).fill(0.1)],
  ["0.1 in float32", new Float32Array(300_000).fill(0.1)],
  ["1e8 + 0.1", new Float64Array(300_000).fill(1e8 + 0.1)],
  ["the largest float32", new Float32Array(1000).fill(3.4e38)],
  ["-1e-30", new Float32Array(1000).fill(-1e-30)],
  ["0", new Float32Array(1000)],
  ["the byte 77", new Uint8Array(300_000).fill(77)],
  ["a single row", Float32Array.of(0.3)],
])("a constant column has its value for a mean and scale 1: %s", async (_what, data) => {
  const weights = Float32Array.from(data, (_, i) => 0.1 + (i % 7) / 3);
  for (const result of [await fitColumns(data, 1), await fitColumns(data, 1, weights)]) {
    expect(Array.from(result.mean)).toEqual([data[0]]);
    expect(Array.from(result.scale)).toEqual([1]);
  }
});

test("a column is constant if only rows of weight 0 differ, and if neighbouring floats alternate", async () => {
  expect(Array.from((await fitColumns(Float64Array.of(9, 0.1, 0.1, 8), 1, [0, 2, 3, 0])).scale)).toEqual([1]);
  const neighbours = Float64Array.from({ length: 1000 }, (_, i) => 1 + (i % 2) * Number.EPSILON);
  expect(Array.from((await fitColumns(neighbours, 1)).scale)).toEqual([1]);
});

test("a column that varies by rounding alone is constant, in the precision of its numbers", async () => {
  // Shares of 100 %, whose sum is a column too: rounding makes the sum differ from row to row.
  const { uniform } = createRandom(3);
  const totals = (round: (value: number) => number) => {
    const shares = Array.from({ length: 60 }, () => uniform());
    const all = shares.reduce((sum, share) => sum + share, 0);
    return shares.reduce((sum, share) => round(sum + round((100 * share) / all)), 0);
  };
  const double = Float64Array.from({ length: 500 }, () => totals((value) => value));
  const single = Float32Array.from({ length: 500 }, () => totals(Math.fround));
  expect(new Set(double).size).toBeGreaterThan(1);
  expect(new Set(single).size).toBeGreaterThan(1);
  expect(Array.from((await fitColumns(double, 1)).scale)).toEqual([1]);
  expect(Array.from((await fitColumns(single, 1)).scale)).toEqual([1]);
  expect(Array.from((await fitColumns(Float64Array.from(single), 1)).scale)).toEqual([1]);
});

test("a float32 column of a few neighbouring numbers with real variation is not constant", async () => {
  const column = Float32Array.from({ length: 1000 }, (_, i) => 1.7e9 + 512 * ((i % 2) * 2 - 1));
  expectClose((await fitColumns(column, 1)).scale, [512], { absolute: 0, relative: 1e-6 });
});

test("the bound on rounding grows with the number of rows, as in scikit-learn", async () => {
  const column = (rows: number) => Float64Array.from({ length: rows }, (_, i) => 1 + 1e-12 * (i % 2));
  expectClose((await fitColumns(column(1000), 1)).scale, [5e-13], { absolute: 0, relative: 1e-3 });
  expect(Array.from((await fitColumns(column(10_000), 1)).scale)).toEqual([1]);
});

test("a column that varies little is not constant", async () => {
  const small = await fitColumns(
    Float32Array.from({ length: 10_000 }, (_, i) => 1e8 + 128 * (i % 2)),
    1,
  );
  expectClose(small.mean, [1e8 + 64], CLOSE);
  expectClose(small.scale, [64], CLOSE);
  const one = await fitColumns(
    Float32Array.from({ length: 100_000 }, (_, i) => (i === 5 ? 1e-20 : 0)),
    1,
  );
  expectClose(one.scale, [1e-20 * Math.sqrt(1e-5)], { absolute: 0, relative: 1e-4 });
});

for (const storage of ["f32", "f64", "u8"] as const) {
  test(`standardised columns have mean 0 and variance 1: ${storage}`, async () => {
    const [rows, cols] = [501, 6];
    const { x } = randomProblem({ rows, features: cols, classes: 2, storage }).source;
    const { uniform } = createRandom(4);
    const weights = Float32Array.from({ length: rows }, (_, i) => (i % 5 === 0 ? 0 : uniform()));
    const { mean, scale } = await fitStandardization(x, weights);
    const unit = scaleOf(x);
    const [sums, squares] = [new Float64Array(cols), new Float64Array(cols)];
    const total = weights.reduce((sum, s) => sum + s, 0);
    x.data.map((value, at) => {
      const [s, j] = [weights[Math.floor(at / cols)] / total, at % cols];
      const z = (value * unit - mean[j]) / scale[j];
      sums[j] += s * z;
      squares[j] += s * z * z;
      return value;
    });
    expectClose(sums, new Float64Array(cols), { absolute: 1e-12, relative: 0 });
    expectClose(squares, new Float64Array(cols).fill(1), { absolute: 0, relative: 1e-12 });
  });
}

test("leaves the rows unchanged, and gives the same bits again", async () => {
  const { x } = randomProblem({ rows: 90, features: 7, classes: 2 }).source;
  const before = x.data.slice();
  const once = await fitStandardization(x, undefined);
  expect(await fitStandardization(x, undefined)).toEqual(once);
  expect(x.data).toEqual(before);
});

test("rejects with the reason of an aborted signal, also in the middle", async () => {
  const x = { data: new Uint8Array(40_000_000), rows: 400_000, cols: 100 };
  const reason = new Error("enough");
  await expect(fitStandardization(x, undefined, AbortSignal.abort(reason))).rejects.toBe(reason);
  const controller = new AbortController();
  const running = fitStandardization(x, undefined, controller.signal);
  setTimeout(() => controller.abort(reason), 1);
  await expect(running).rejects.toBe(reason);
});
