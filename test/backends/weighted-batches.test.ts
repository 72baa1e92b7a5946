/** Weights in small batches: the expected step is the gradient of the objective, so SGD ends where L-BFGS does. */
import { describe, expect, test } from "vitest";
import { createRandom } from "../../src/data/random.ts";
import type { FitOptions, SoftmaxRegressionOptions } from "../../src/index.ts";
import { DEVICES } from "../support/backends.ts";
import { modelsOn } from "../support/models-on.ts";

/** One row in 20 is of class 1, and a little to the right of the others. */
function rareRows(count: number) {
  const random = createRandom(2024);
  const y = Array.from({ length: count }, (_, i) => (i % 20 === 0 ? 1 : 0));
  return { x: y.map((label) => [random.uniform() + 0.3 * label]), y };
}

const { x, y } = rareRows(400);
const { uniform } = createRandom(5);
const sampleWeight = y.map((label) => (label === 1 ? 10 : 1) * (0.5 + uniform()));

const CASES: Record<string, { options: SoftmaxRegressionOptions; fit: FitOptions }> = {
  "balanced classes": { options: { classWeight: "balanced" }, fit: {} },
  "sample weights": { options: {}, fit: { sampleWeight } },
};

describe.each(DEVICES)("%s", ({ device }) => {
  const { withModel } = modelsOn({ device, l2: 1e-3, tuning: "off" });

  for (const [what, { options, fit }] of Object.entries(CASES)) {
    /** J of the weighted training rows, and the mean probability of the rare class. */
    const reached = (given: SoftmaxRegressionOptions) =>
      withModel({ ...options, ...given }, async (model) => {
        await model.fit(x, y, fit);
        // Evaluations leave class weights out; these are the balanced ones.
        const weights = fit.sampleWeight ? sampleWeight : y.map((label) => (label === 1 ? 10 : 10 / 19));
        const { data } = await model.predictProba(x);
        const rare = y.reduce<number>((sum, _, i) => sum + data[2 * i + 1], 0) / y.length;
        return { objective: (await model.evaluate(x, y, { sampleWeight: weights })).objective, rare };
      });

    for (const batchSize of [1, 4, 32, 256]) {
      test(`${what}, batches of ${batchSize}: a decaying rate ends within 1 % of the optimum`, async () => {
        const best = await reached({});
        const found = await reached({ solver: "sgd", batchSize, epochs: 60 });
        expect(found.objective).toBeLessThan(1.01 * best.objective);
        expect(found.rare).toBeCloseTo(best.rare, 1);
      });
    }
  }

  test("a batch that comes in counts by its weights, divided by its number of rows", async () => {
    const probability = (weight: number) =>
      withModel({ solver: "sgd", learningRate: 0.1, momentum: 0, l2: 0 }, async (model) => {
        for (let t = 0; t < 40; t++)
          await model.partialFit([[1]], [t % 2], { classes: [0, 1], sampleWeight: [t % 2 ? weight : 1] });
        return (await model.predictProba([[1]])).data[1];
      });
    const [light, even, heavy] = [await probability(1e-3), await probability(1), await probability(1000)];
    expect(light).toBeLessThan(0.15);
    expect(even).toBeGreaterThan(0.5);
    expect(even).toBeLessThan(0.55);
    expect(heavy).toBeGreaterThan(0.999);
  });

  test("the automatic rate of batches that come in falls as their weights grow, so that steps stay stable", async () => {
    const lossAt = (weight: number) =>
      withModel({ solver: "sgd", l2: 0 }, async (model) => {
        for (let pass = 0; pass < 5; pass++)
          await model.partialFit(x, y, { sampleWeight: y.map(() => weight) });
        return (await model.evaluate(x, y)).loss;
      });
    const plain = await lossAt(1);
    for (const weight of [1e-4, 100, 1e4]) expect(await lossAt(weight)).toBeCloseTo(plain, 5);
  });

  test("all weights times one number: the same result", async () => {
    for (const solver of ["lbfgs", "sgd", "adamw"] as const) {
      const weightsAt = (factor: number) =>
        withModel({ solver, ...(solver !== "lbfgs" && { epochs: 5, batchSize: 64 }) }, async (model) => {
          await model.fit(x, y, { sampleWeight: sampleWeight.map((s) => s * factor) });
          const { loss } = await model.evaluate(x, y, {
            sampleWeight: sampleWeight.map((s) => s * factor),
          });
          return [...model.weights, ...model.bias, loss];
        });
      const expected = await weightsAt(1);
      for (const factor of [1e-46, 1e-39, 1e-20, 1e20, 1e36, 2e38, 1e300])
        for (const [at, value] of (await weightsAt(factor)).entries())
          expect(value).toBeCloseTo(expected[at], 4);
    }
  });
});
