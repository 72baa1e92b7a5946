/** The estimator with sparse rows: the optima of the same dense rows, by every solver, and all that a model does. */
import { describe, expect, test } from "vitest";
import { createRandom } from "../../src/data/random.ts";
import { DataError, OptionError } from "../../src/errors.ts";
import type { SoftmaxRegressionOptions } from "../../src/index.ts";
import { DEVICES } from "../support/backends.ts";
import { fitUntil, modelsOn } from "../support/models-on.ts";
import { denseOf, randomSparseProblem } from "../support/problems.ts";

/** Texts of three topics, as counts of words, that a model tells apart, but not all of them. */
function topics(rows: number, cols: number, seed = 1) {
  const random = createRandom(seed);
  const { source } = randomSparseProblem({ rows, features: cols, classes: 3, density: 0.08, seed });
  const { x } = source;
  const data = x.data?.map((value) => 1 + Math.floor(3 * Math.abs(value)));
  const y = Array.from({ length: rows }, (_, i) => {
    const votes = [0, 0, 0];
    for (let at = x.indptr[i]; at < x.indptr[i + 1]; at++) votes[x.indices[at] % 3] += 1 + random.uniform();
    return ["arts", "news", "sport"][votes.indexOf(Math.max(...votes))];
  });
  const sparse = { ...x, data };
  return { x: sparse, dense: denseOf(sparse), y, weights: y.map((_, i) => (i % 4) / 2) };
}

const TRAINING = topics(240, 60);
const HELD_OUT = topics(80, 60, 2);

const SETTINGS: readonly SoftmaxRegressionOptions[] = [
  { l2: 1e-3 },
  { l2: 1e-5, tolerance: 1e-7 },
  { l2: 1e-3, bias: false },
  { l2: 1e-4, l1: 3e-3 },
  { l2: 1e-3, labelSmoothing: 0.1, classWeight: "balanced" },
];

describe.each(DEVICES)("%s", ({ device }) => {
  const { modelWith, loadedWith } = modelsOn({ device, threads: device === "wasm" ? 1 : "auto" });

  test.each(SETTINGS.map((options) => [JSON.stringify(options), options] as const))(
    "%s: the optimum of the same dense rows",
    async (_, options) => {
      const { x, dense, y, weights } = TRAINING;
      const objectives: number[] = [];
      for (const rows of [x, dense]) {
        const model = modelWith(options);
        await model.fit(rows, y, { sampleWeight: weights });
        const plain = await model.evaluate(x, y, { sampleWeight: weights });
        expect((await model.evaluate(dense, y, { sampleWeight: weights })).loss).toBeCloseTo(plain.loss, 5);
        objectives.push(plain.objective);
      }
      expect(Math.abs(objectives[0] - objectives[1]) / objectives[1]).toBeLessThan(1e-5);
    },
  );

  test.each(["sgd", "adamw"] as const)("%s: the path of the same dense rows", async (solver) => {
    const { x, dense, y } = TRAINING;
    const fits = [x, dense].map(async (rows) => {
      const model = modelWith({ solver, epochs: 3, batchSize: 32 });
      await model.fit(rows, y);
      return model.evaluate(dense, y);
    });
    const [sparse, other] = await Promise.all(fits);
    expect(Math.abs(sparse.objective - other.objective)).toBeLessThan(2e-5 * other.objective);
  });

  test("standardize divides by the deviations and centres nothing", async () => {
    const { x, dense, y } = TRAINING;
    const model = modelWith({ standardize: true, l2: 1e-3 });
    await model.fit(x, y);
    const { mean, scale } = model.standardization ?? { mean: [], scale: [] };
    expect(mean.every((value) => value === 0)).toBe(true);
    for (const j of [0, 1, 30]) {
      const column = Array.from({ length: dense.rows }, (_, i) => dense.data[i * dense.cols + j]);
      const average = column.reduce((sum, value) => sum + value, 0) / dense.rows;
      const variance = column.reduce((sum, value) => sum + (value - average) ** 2, 0) / dense.rows;
      expect(scale[j]).toBeCloseTo(Math.sqrt(variance), 10);
    }
    expect(scale[dense.cols - 1], "a column without values").toBe(1);
    const scaled = { ...x, data: Float64Array.from(x.indices, (j, at) => (x.data?.[at] ?? 1) / scale[j]) };
    const plain = modelWith({ l2: 1e-3 });
    await plain.fit(scaled, y);
    const [own, other] = [await model.evaluate(x, y), await plain.evaluate(scaled, y)];
    expect(Math.abs(own.objective - other.objective)).toBeLessThan(1e-6);
    expect((await model.evaluate(dense, y)).loss).toBeCloseTo(own.loss, 5);
  });

  test("predictions, probabilities and reports agree with those of dense rows, and a file keeps the model", async () => {
    const { x, dense, y } = HELD_OUT;
    const model = modelWith({ l2: 1e-3 });
    await model.fit(TRAINING.x, TRAINING.y, { validation: [x, y] });
    expect(await model.predict(x)).toEqual(await model.predict(dense));
    const [sparse, other] = [await model.predictProba(x), await model.predictProba(dense)];
    for (let at = 0; at < other.data.length; at++) expect(sparse.data[at]).toBeCloseTo(other.data[at], 5);
    const [report, otherReport] = [await model.report(x, y), await model.report(dense, y)];
    expect(report.accuracy).toBe(otherReport.accuracy);
    expect(report.accuracy).toBeGreaterThan(0.5);
    await model.calibrate(x, y);
    const loaded = await loadedWith(await model.toSafetensors());
    expect(await loaded.predict(x)).toEqual(await model.predict(x));
    expect((await model.toOnnx()).length).toBeGreaterThan(60 * 3 * 4);
  });

  test("a fit that was interrupted goes on with the same bits, on sparse rows only", async () => {
    const { x, dense, y } = TRAINING;
    const whole = modelWith({ l2: 1e-5 });
    await whole.fit(x, y);
    const part = modelWith({ l2: 1e-5 });
    await fitUntil(2, part, x, y);
    const later = await loadedWith(await part.toSafetensors());
    await expect(later.fit(dense, y, { resume: true })).rejects.toThrow("the form of the rows");
    await later.fit(x, y, { resume: true });
    expect(later.weights).toEqual(whole.weights);
  });

  test("paths, cross-validation, warm starts and batches", async () => {
    const { x, dense, y } = TRAINING;
    const l2s = [1e-2, 1e-3];
    const losses: number[] = [];
    for (const rows of [x, dense]) {
      const model = modelWith({ tolerance: 1e-7 });
      const path = await model.fitPath(rows, y, l2s);
      const { entries } = await model.crossValidate(rows, y, { l2s, folds: 4 });
      losses.push(...path.map(({ training }) => training.objective), ...entries.map(({ loss }) => loss.mean));
      await model.fit(rows, y, { warmStart: true });
    }
    const half = losses.length / 2;
    for (let at = 0; at < half; at++) expect(losses[at]).toBeCloseTo(losses[half + at], 4);
    const batches = modelWith({ solver: "sgd" });
    for (let round = 0; round < 3; round++) await batches.partialFit(x, y);
    expect((await batches.evaluate(x, y)).loss).toBeLessThan(Math.log(3));
  });

  test("huge values are fitted as in dense rows", async () => {
    const { x, y } = TRAINING;
    const huge = { ...x, data: x.data?.map((value, at) => (x.indices[at] === 1 ? 1e20 * value : value)) };
    const objectives: number[] = [];
    for (const rows of [huge, denseOf(huge)]) {
      const model = modelWith({ l2: 1e-3 });
      await model.fit(rows, y);
      objectives.push((await model.evaluate(huge, y)).objective);
    }
    expect(Math.abs(objectives[0] - objectives[1])).toBeLessThan(1e-4 * objectives[1]);
  });

  test("what sparse rows do not go with is refused by name", async () => {
    const { x, dense, y } = TRAINING;
    const half = modelWith({ storage: "f16" });
    await expect(half.fit(x, y)).rejects.toThrow(OptionError);
    const model = modelWith();
    await expect(model.fit(x, y, { validation: [HELD_OUT.dense, HELD_OUT.y] })).rejects.toThrow(DataError);
    const centred = modelWith({ standardize: true });
    await centred.fit(dense, y);
    expect((await centred.evaluate(x, y)).loss).toBeCloseTo((await centred.evaluate(dense, y)).loss, 4);
    await expect(centred.fit(x, y, { warmStart: true })).rejects.toThrow("cannot be centred");
  });
});
