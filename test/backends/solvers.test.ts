/** How fits go: L-BFGS and its limits, AdamW, averages, warm starts. */
import { describe, expect, test } from "vitest";
import { DEVICES } from "../support/backends.ts";
import { DIGITS } from "../support/digit-rows.ts";
import { expectClose } from "../support/expect-close.ts";
import { modelsOn } from "../support/models-on.ts";

const { x, y, validation } = DIGITS;

describe.each(DEVICES)("%s", ({ device }) => {
  const { modelWith, withModel } = modelsOn({ device, tuning: "off" });

  test("L-BFGS is the default; its history says what it did and why it stopped", async () => {
    const model = modelWith({ l2: 0.01 });
    const seen: number[] = [];
    const weights: Float32Array[] = [];
    const history = await model.fit(x, y, {
      validation,
      onIteration: ({ iteration }) => {
        seen.push(iteration);
        weights.push(model.weights);
      },
    });
    const { iterations, stopReason } = history;
    expect(["tolerance", "precision"]).toContain(stopReason);
    expect(seen).toEqual(iterations.slice(1).map((_, i) => i + 1));
    expect(iterations[0].objective).toBeCloseTo(Math.log(4), 5);
    const last = iterations[iterations.length - 1];
    expect(last.gradientNorm).toBeLessThan(1e-5);
    expect(last.passes).toBeGreaterThanOrEqual(iterations.length);
    expectClose(Object.values(last.validation ?? {}), Object.values(await model.evaluate(...validation)), {
      absolute: 1e-6,
      relative: 1e-6,
    });
    expect(weights.at(-1)).toEqual(model.weights);
    const { objective, loss, accuracy } = await model.evaluate(x, y);
    expectClose([last.objective, last.loss], [objective, loss], { absolute: 0, relative: 1e-5 });
    expect(last.accuracy).toBe(accuracy);
  });

  test("limits of L-BFGS", async () => {
    await withModel({ maxIterations: 3 }, async (model) => {
      const { stopReason, iterations } = await model.fit(x, y);
      expect([stopReason, iterations.length]).toEqual(["iterations", 4]);
    });
    await withModel({ maxSeconds: 1e-9 }, async (model) => {
      expect((await model.fit(x, y)).stopReason).toBe("time");
    });
  });

  test("AdamW comes near the optimum too, and its decay is the penalty", async () => {
    const best = await withModel({ l2: 0.01 }, async (model) => {
      await model.fit(x, y);
      return model.evaluate(x, y);
    });
    await withModel({ l2: 0, solver: "adamw", epochs: 60, batchSize: 60 }, async (model) => {
      const { epochs, stopReason } = await model.fit(x, y);
      expect(stopReason).toBe("epochs");
      expect(epochs[59].loss).toBeLessThan(best.loss);
      expect((await model.evaluate(x, y)).accuracy).toBeGreaterThan(0.97);
    });
  });

  test("the average of the last steps is smoother than the last step", async () => {
    const objectiveWith = (averaging: number) =>
      withModel(
        { solver: "sgd", averaging, l2: 0.01, epochs: 20, batchSize: 4, learningRate: 0.3, momentum: 0 },
        async (model) => {
          await model.fit(x, y);
          return (await model.evaluate(x, y)).objective;
        },
      );
    expect(await objectiveWith(0.5)).toBeLessThan(await objectiveWith(0));
  });

  test("a warm start begins where the model is", async () => {
    const model = modelWith({ l2: 0.01 });
    const cold = await model.fit(x, y);
    const warm = await model.fit(x, y, { warmStart: true });
    expect(warm.iterations.length).toBeLessThan(cold.iterations.length / 2);
    await expect(model.fit(x, y, { warmStart: true, classes: [0, 1] })).rejects.toMatchObject({
      argument: "classes",
    });
  });
});
