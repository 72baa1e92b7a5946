/** The metric of second moments in WebAssembly, against the formula in float64, and coordinate descent with it. */
import { describe, expect, test } from "vitest";
import { secondMoments } from "../../src/backends/reference/operations.ts";
import { ClassMetric } from "../../src/backends/wasm/class-metric.ts";
import { createRandom } from "../../src/data/random.ts";
import { disposeLater } from "../support/dispose-later.ts";
import { expectClose } from "../support/expect-close.ts";
import { sum } from "../support/sum.ts";

const random = createRandom(7);
const normals = (length: number) => Float64Array.from({ length }, () => random.normal());

const CASES = [
  { features: 3, classes: 3, bias: true, count: 3 },
  { features: 5, classes: 4, bias: false, count: 4 },
  { features: 4, classes: 2, bias: true, count: 1 },
  { features: 17, classes: 5, bias: true, count: 1 },
];

/** Makes a metric, and B₀ as a dense matrix in float64. */
async function metricOf({ count, ...shape }: (typeof CASES)[number]) {
  const { features, classes, bias } = shape;
  const n = features + (bias ? 1 : 0);
  const metric = disposeLater(await ClassMetric.create(shape, { count, mostMoves: 1e6, mostRank: 4 }));
  const samples = Array.from({ length: count }, (_, index) => {
    const m = 40 + index;
    const x = { data: normals(m * n), rows: m, cols: n };
    const weights = Array.from({ length: m }, () => random.uniform() / m);
    return Float32Array.from(secondMoments(x, [...weights.keys()], weights, false));
  });
  for (const [index, sample] of samples.entries()) await metric.set(index, sample);
  const ridge = Float64Array.from({ length: n }, (_, j) => 0.1 + 0.01 * j);
  expect(metric.complete(ridge)).toBe(true);
  const indices = Array.from({ length: classes * n }, (_, i) =>
    i < classes * features ? [Math.floor(i / features), i % features] : [i - classes * features, features],
  );
  const dense = indices.map(([k, i]) =>
    indices.map(([l, j]) => {
      const centred = (a: number, b: number) => (a === b ? 1 : 0) - 1 / classes;
      const common = Array.from(
        { length: classes },
        (_, c) => centred(k, c) * centred(c, l) * samples[count > 1 ? c : 0][i * n + j],
      );
      return sum(common) + (k === l && i === j ? ridge[j] : 0);
    }),
  );
  return { metric, dense, shape };
}

const times = (dense: readonly (readonly number[])[], v: ArrayLike<number>) =>
  Float64Array.from(dense, (row) => sum(row.map((value, j) => value * v[j])));

describe.each(CASES)("$classes classes, $features features, bias $bias, $count matrices", (shape) => {
  test("product and diagonal are those of the formula", async () => {
    const { metric, dense } = await metricOf(shape);
    const v = normals(dense.length);
    expectClose(await metric.product(v), times(dense, v), { absolute: 1e-5, relative: 1e-5 });
    expectClose(
      await metric.diagonal(),
      dense.map((row, i) => row[i]),
      { absolute: 1e-6, relative: 1e-5 },
    );
  });

  test("descents lead to the minimum of the model, with its zeros", async () => {
    const { metric, dense } = await metricOf(shape);
    const { features, classes } = shape;
    const length = dense.length;
    const b = normals(length);
    const thresholds = new Float64Array(features).fill(0.3);
    const curvatures = await metric.diagonal();
    let x: Float64Array = new Float64Array(length);
    for (let round = 0; round < 60; round++) {
      const gradient = times(dense, x).map((value, i) => value - b[i]);
      const model = {
        x,
        gradient,
        scale: 1,
        active: null,
        curvatures,
        v: new Float64Array(0),
        u: new Float64Array(0),
        rank: 0,
        thresholds,
      };
      const { z, moves } = await metric.minimise(model);
      expect(moves).toBeGreaterThanOrEqual(0);
      x = z;
    }
    const gradient = times(dense, x).map((value, i) => value - b[i]);
    for (let i = 0; i < length; i++) {
      const threshold = i < classes * features ? 0.3 : 0;
      const pull =
        x[i] === 0
          ? Math.max(0, Math.abs(gradient[i]) - threshold)
          : Math.abs(gradient[i] + threshold * Math.sign(x[i]));
      expect(pull).toBeLessThan(2e-5);
    }
    const held = x.filter((value) => value === 0).length;
    expect(held).toBeGreaterThan(0);
    expect(held).toBeLessThan(length);
  });

  test("V Uᵀ is taken from B", async () => {
    const { metric, dense } = await metricOf(shape);
    const length = dense.length;
    // B = B₀ − v vᵀ with a v that leaves it positive.
    const v = times(dense, normals(length));
    const size = sum(v.map((value, i) => (value * value) / dense[i][i]));
    for (let i = 0; i < length; i++) v[i] *= 0.3 / Math.sqrt(size);
    const b = normals(length);
    const less = dense.map((row, i) => row.map((value, j) => value - v[i] * v[j]));
    const curvatures = Float64Array.from(less, (row, i) => row[i]);
    let x: Float64Array = new Float64Array(length);
    for (let round = 0; round < 60; round++) {
      const gradient = times(less, x).map((value, i) => value - b[i]);
      const thresholds = new Float64Array(shape.features);
      x = (
        await metric.minimise({
          x,
          gradient,
          scale: 1,
          active: null,
          curvatures,
          v,
          u: v,
          rank: 1,
          thresholds,
        })
      ).z;
    }
    expectClose(times(less, x), b, { absolute: 1e-4, relative: 1e-4 });
  });
});

test("what a descent was given before does not stay: fewer pairs, and other metrics in the same memory", async () => {
  const { metric, dense } = await metricOf(CASES[0]);
  const length = dense.length;
  const curvatures = await metric.diagonal();
  const modelOf = (rank: number) => ({
    ...{ x: normals(length), gradient: normals(length), scale: 1, active: null, curvatures, rank },
    ...{
      v: normals(length * rank).map((value) => value / 9),
      u: normals(length * rank).map((value) => value / 9),
    },
    thresholds: new Float64Array(CASES[0].features).fill(0.1),
  });
  const models = [4, 1, 0].map(modelOf);
  const alone = [];
  for (const model of [...models].reverse()) alone.unshift(await metric.minimise(model));
  const other = await metricOf(CASES[1]);
  for (const at of [0, 1, 2]) {
    const busy = other.metric.minimise({
      ...{
        x: normals(other.dense.length),
        gradient: normals(other.dense.length),
        scale: 1,
        active: null,
        rank: 0,
      },
      ...{ curvatures: await other.metric.diagonal(), v: new Float64Array(0), u: new Float64Array(0) },
      thresholds: new Float64Array(CASES[1].features),
    });
    expect(await metric.minimise(models[at])).toEqual(alone[at]);
    await busy;
  }
});

test("moments that overflow make no metric", async () => {
  const shape = { features: 2, classes: 2, bias: false };
  for (const moments of [
    [Infinity, 0, 1e30, 1],
    [1, 0, Number.NaN, Number.NaN],
  ]) {
    const metric = disposeLater(await ClassMetric.create(shape, { count: 1, mostMoves: 1e6, mostRank: 0 }));
    await metric.set(0, Float32Array.from(moments));
    expect(metric.complete(Float64Array.of(1, 1))).toBe(false);
  }
});
