/** Features in any units, as they come. */
import { describe, expect, test } from "vitest";
import { objective } from "../../src/backends/reference/index.ts";
import { createRandom } from "../../src/data/random.ts";
import type { Matrix, SoftmaxRegression, SoftmaxRegressionOptions } from "../../src/index.ts";
import { DEVICES } from "../support/backends.ts";
import { modelsOn } from "../support/models-on.ts";
import type { Rows } from "../support/noisy-rows.ts";

/** Columns of the means and deviations given; the first three matter to the label. */
function scaledRows(columns: readonly (readonly [mean: number, deviation: number])[]): Rows {
  const random = createRandom(7);
  const y = Array.from({ length: 300 }, (_, i) => i % 3);
  const data = Float32Array.from({ length: 300 * columns.length }, (_, at) => {
    const [mean, deviation] = columns[at % columns.length];
    return (
      mean +
      deviation * (random.normal() + (at % columns.length === y[Math.floor(at / columns.length)] ? 1 : 0))
    );
  });
  return { x: { data, rows: 300, cols: columns.length }, y };
}

/** Two features: one far from 0 that tells two classes apart, and noise. */
function offsetRows(mean: number, deviation: number) {
  const random = createRandom(12);
  const y = Array.from({ length: 300 }, (_, i) => i % 2);
  const data = Float64Array.from({ length: 600 }, (_, at) =>
    at % 2 === 0 ? mean + deviation * (random.normal() + 3 * y[at >> 1]) : random.normal(),
  );
  return { x: { data, rows: 300, cols: 2 }, y };
}

/** Ordinary values, and `cell` in one row of class 1. */
function sentinelRows(cell: number) {
  const random = createRandom(8);
  const y = Array.from({ length: 600 }, (_, i) => i % 2);
  const x = y.map((label) => [random.normal() + 1.5 * label, random.normal() + 0.5 * label]);
  x[17][0] = cell;
  return { x, y };
}

/** Shares of rows that are right by each way to ask. */
async function countsOf(model: SoftmaxRegression, x: Matrix, y: readonly number[]) {
  const share = (isRight: (label: number, i: number) => boolean) => y.filter(isRight).length / y.length;
  const labels = await model.predict(x);
  const { data } = await model.predictProba(x);
  return {
    reported: (await model.report(x, y)).accuracy,
    predicted: share((label, i) => labels[i] === label),
    likeliest: share((label, i) => data[2 * i + label] > 0.5),
  };
}

describe.each(DEVICES)("%s", ({ device }) => {
  const { modelWith, withModel } = modelsOn({ device, tuning: "off" });

  describe("L-BFGS on badly scaled features as they come goes to the optimum of the reference", () => {
    const CASES: Record<string, readonly (readonly [number, number])[]> = {
      "288 ± 10, 2000 ± 8, 40000 ± 15000": [
        [288, 10],
        [2000, 8],
        [40_000, 15_000],
      ],
      "5000 ± 10": [
        [5000, 10],
        [5000, 10],
        [5000, 10],
      ],
      "deviations from 1e-4 to 1e6": [
        [0, 1e-4],
        [0, 1],
        [0, 1e6],
        [0, 1e-2],
        [0, 100],
        [0, 1e4],
      ],
    };
    for (const [what, columns] of Object.entries(CASES))
      test.skipIf(device === "reference")(what, async () => {
        const rows = scaledRows(columns);
        const source = {
          x: rows.x,
          targets: { kind: "labels", labels: Uint32Array.from(rows.y) },
        } as const;
        const reached = (on: SoftmaxRegressionOptions) =>
          withModel({ l2: 1e-4, ...on }, async (model) => {
            await model.fit(rows.x, rows.y);
            const { weights, bias } = JSON.parse(await model.toJsonText());
            const parameters = {
              weights: Float64Array.from(weights.flat()),
              bias: Float64Array.from(bias),
            };
            return objective(source, parameters, 1e-4);
          });
        const best = await reached({ device: "reference", tolerance: 1e-10, maxIterations: 20_000 });
        const found = await reached({});
        expect(found).toBeLessThan((1 + 1e-5) * best);
        expect(found).toBeGreaterThan((1 - 1e-9) * best);
      });
  });

  describe("a model is applied to rows as it was fitted to them", () => {
    for (const [what, mean, deviation] of [
      ["1e4 ± 0.1", 1e4, 0.1],
      ["Unix seconds ± 1 minute", 1.7e9, 60],
      ["Unix milliseconds ± 1 hour", 1.7e12, 3.6e6],
    ] as const)
      test(what, async () => {
        const { x, y } = offsetRows(mean, deviation);
        const model = modelWith({ l2: 0 });
        const { iterations } = await model.fit(x, y, { validation: [x, y] });
        const { loss, accuracy, validation } = iterations[iterations.length - 1];
        expect(accuracy).toBeGreaterThan(0.9);
        expect(validation?.loss).toBeCloseTo(loss, 6);
        const applied = { ...(await model.evaluate(x, y)), ...(await countsOf(model, x, y)) };
        expect(applied.loss).toBeCloseTo(loss, 6);
        for (const count of [applied.accuracy, applied.reported, applied.predicted, applied.likeliest])
          expect(count).toBeCloseTo(accuracy, 10);
        // A single row is applied like many.
        const { data } = await model.predictProba(x);
        const row = { data: x.data.slice(0, x.cols), rows: 1, cols: x.cols };
        expect((await model.predictProba(row)).data[0]).toBeCloseTo(data[0], 6);
        expect((await model.calibrate(x, y)).lossBefore).toBeCloseTo(loss, 6);
      });
  });

  describe("columns that say little, or nothing", () => {
    test("one cell of any size leaves the other rows what they are", async () => {
      const fitted = (cell: number) => {
        const { x, y } = sentinelRows(cell);
        return withModel({ l2: 0 }, async (model) => {
          const { iterations } = await model.fit(x, y);
          return iterations[iterations.length - 1];
        });
      };
      const plain = await fitted(2);
      for (const cell of [1e7, 2147483647, 1e12]) {
        const { objective, accuracy } = await fitted(cell);
        expect(objective).toBeCloseTo(plain.objective, 2);
        expect(accuracy).toBeCloseTo(plain.accuracy, 2);
      }
    });

    test("one that is constant but for rounding is not scaled up", async () => {
      const random = createRandom(2);
      const y = Array.from({ length: 500 }, (_, i) => i % 2);
      const x = y.map((label) => [random.normal() + label, 100 + 1e-14 * random.normal()]);
      const others = x.map(([first]) => [first, 100.01]);
      const model = modelWith({ standardize: true });
      await model.fit(x, y);
      expect(model.standardization?.scale[1]).toBe(1);
      const { loss } = await model.evaluate(x, y);
      expect((await model.evaluate(others, y)).loss).toBeCloseTo(loss, 6);
    });

    test("a constant one is used as a bias if there is none, in any unit", async () => {
      const random = createRandom(5);
      const y = Array.from({ length: 240 }, (_, i) => (i % 8 < 5 ? 0 : i % 8 < 7 ? 1 : 2));
      const features = y.map((k) => [
        random.normal() + (k === 1 ? 1 : 0),
        3 + random.normal() - (k === 2 ? 1 : 0),
      ]);
      const reached = (constant: number) =>
        withModel({ bias: false, l2: 0 }, async (model) => {
          const { iterations } = await model.fit(
            features.map((row) => [...row, constant]),
            y,
          );
          return iterations[iterations.length - 1].objective;
        });
      const expected = await reached(1);
      for (const constant of [1e-6, 1e-3, 1e3, 1e6]) expect(await reached(constant)).toBeCloseTo(expected, 5);
    });
  });

  test("bytes and halves far from 0 go to the optimum as floats do, with L1 too", async () => {
    const random = createRandom(21);
    const y = Array.from({ length: 400 }, (_, i) => i % 2);
    const data = Uint8Array.from({ length: 400 * 8 }, (_, at) =>
      Math.round(200 + 3 * random.normal() + (at % 8 === y[at >> 3] ? 4 : 0)),
    );
    for (const l1 of [0, 1e-3]) {
      const reached = (values: Uint8Array | Float64Array) =>
        withModel({ l1, l2: 1e-6 }, async (model) => {
          const x = { data: values, rows: 400, cols: 8 };
          const { iterations, stopReason } = await model.fit(x, y, { validation: [x, y] });
          const last = iterations[iterations.length - 1];
          expect((await model.evaluate(x, y)).loss).toBeCloseTo(last.loss, 4);
          expect(last.validation?.loss).toBeCloseTo(last.loss, 4);
          return { ...last, stopReason };
        });
      const [bytes, floats] = [await reached(data), await reached(Float64Array.from(data))];
      expect(Math.abs(bytes.objective / floats.objective - 1)).toBeLessThan(1e-5);
      expect(bytes.passes).toBeLessThan(3 * floats.passes);
    }
  });

  test("nearly separable rows take about as many passes as in float64", async () => {
    const passesOn = (on: SoftmaxRegressionOptions, seed: number) => {
      const random = createRandom(seed);
      const y = Array.from({ length: 135 }, (_, i) => i % 2);
      const data = Float32Array.from(
        { length: 135 * 4 },
        (_, at) => random.normal() + (at % 2 === y[Math.floor(at / 4)] ? 4 : 0),
      );
      return withModel({ l2: 1.5e-5, tolerance: 1e-8, ...on }, async (model) => {
        const { iterations } = await model.fit({ data, rows: 135, cols: 4 }, y);
        return iterations[iterations.length - 1].passes;
      });
    };
    for (const seed of [1, 2, 3, 4, 5])
      expect(await passesOn({}, seed)).toBeLessThan(3 * (await passesOn({ device: "reference" }, seed)));
  });
});
