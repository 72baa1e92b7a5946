/** What is in the charts of the benchmark page: sweeps, series and axes. How they look is not tested here. */
import { describe, expect, test } from "vitest";
import { logRange, logTicks, thinned } from "../../bench/page/charts/log-scale.ts";
import { rooflineSeries } from "../../bench/page/charts/roofline-series.ts";
import { drawable } from "../../bench/page/charts/series.ts";
import { findSweep, isInSweep, sweepSeries } from "../../bench/page/charts/sweep-series.ts";
import { SWEEPS } from "../../bench/page/choices.ts";
import { kernelOf, recordOf, SHAPE, shapeOf, stepOf } from "../support/bench-records.ts";

describe("sweeps", () => {
  const shapes = [shapeOf(1024, 768, 100), ...[128, 256, 1024].map((rows) => shapeOf(rows, 784, 10))];

  test("the dimension with the most values makes the sweep", () => {
    const sweep = findSweep(shapes, "rows");
    expect(sweep).toEqual({ over: "rows", like: shapeOf(128, 784, 10) });
    expect(shapes.map((shape) => sweep && isInSweep(shape, sweep))).toEqual([false, true, true, true]);
  });

  test("one value, however often, makes none", () => {
    expect(findSweep(shapes, "features")).toBeNull();
    expect(findSweep([SHAPE, SHAPE], "rows")).toBeNull();
    expect(findSweep([], "classes")).toBeNull();
  });

  test("each of the page's sweeps is found again in what it measures", () => {
    const all = SWEEPS.flatMap((option) => option.shapes);
    for (const [i, over] of (["rows", "features", "classes"] as const).entries()) {
      const sweep = findSweep(all, over);
      const values = new Set(all.filter((shape) => sweep && isInSweep(shape, sweep)).map((s) => s[over]));
      for (const shape of SWEEPS[i].shapes) expect(values).toContain(shape[over]);
    }
  });
});

describe("charts", () => {
  const names = [{ machine: "a", date: "1" }];

  test("wrong results are in no chart", () => {
    const small = shapeOf(128, 784, 10);
    const steps = [stepOf(), stepOf({ shape: small }), stepOf({ contender: "peer", error: 1 })];
    const kernels = [kernelOf(), kernelOf({ kernel: "sgd", error: Number.NaN })];
    const records = [recordOf({ steps, kernels })];
    const sweep = { over: "rows", like: SHAPE } as const;
    expect(sweepSeries(records, names, sweep).map(({ label }) => label)).toEqual([
      "softmax-webgpu 0.1.0 webgpu, f32",
    ]);
    expect(rooflineSeries(records, names).map(({ label }) => label)).toEqual(["Roof", "forward"]);
  });

  test("a chart holds rows per second, and the roof bends at the ridge", () => {
    const [series] = sweepSeries([recordOf()], names, { over: "rows", like: SHAPE });
    expect(series.points).toMatchObject([{ x: 1024, y: 2_048_000 }]);
    const [roof, forward] = rooflineSeries([recordOf()], names);
    expect(roof.points.map(({ x, y }) => [x, y])).toEqual([
      [5, 500],
      [10, 1000],
      [2000, 1000],
    ]);
    expect(forward.points).toMatchObject([{ x: 1000, y: 500 }]);
  });

  test("what a logarithmic axis cannot show is left out", () => {
    const look = { group: "", colour: 0, marker: null, dash: null } as const;
    const point = (x: number, y: number) => ({ x, y, text: "" });
    const bad = [point(0, 1), point(1, 0), point(1, Infinity), point(Number.NaN, 1)];
    const drawn = drawable([
      { ...look, label: "some", points: [...bad, point(1, 1)] },
      { ...look, label: "none", points: bad },
    ]);
    expect(drawn).toEqual([{ ...look, label: "some", points: [point(1, 1)] }]);
  });

  test("ticks are powers of the base within the range, at least two of them", () => {
    expect(logTicks(50, 20_000, 2)).toEqual([64, 128, 256, 512, 1024, 2048, 4096, 8192, 16_384]);
    expect(logTicks(0.5, 5e6, 10)).toEqual([1, 10, 100, 1000, 1e4, 1e5, 1e6]);
    for (const value of [3e-7, 1, 4.3e5, 9.99e11]) {
      for (const base of [2, 10] as const) {
        const [min, max] = logRange(value, value, base === 10 ? 10 : 4);
        expect(min).toBeLessThan(value);
        expect(max).toBeGreaterThan(value);
        expect(logTicks(min, max, base).length).toBeGreaterThanOrEqual(2);
      }
    }
    expect(thinned([1, 2, 4, 8, 16], 3)).toEqual([1, null, 4, null, 16]);
    expect(thinned([1, 2, 4], 3)).toEqual([1, 2, 4]);
  });
});
