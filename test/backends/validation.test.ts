/** Validation rows: how they count, what is refused, and early stopping on them. */
import { describe, expect, test } from "vitest";
import type { EpochRecord, FitOptions } from "../../src/index.ts";
import { DEVICES } from "../support/backends.ts";
import { DIGITS } from "../support/digit-rows.ts";
import { expectClose } from "../support/expect-close.ts";
import { modelsOn } from "../support/models-on.ts";
import { FEATURES, NOISY } from "../support/noisy-rows.ts";

describe.each(DEVICES)("%s", ({ device }) => {
  const { modelWith, withModel } = modelsOn({ device, tuning: "off" });

  test("early stopping stops, and the best epoch's parameters are what is left", async () => {
    const { x, y, validation } = DIGITS;
    const options = {
      solver: "sgd",
      learningRate: 0.5,
      momentum: 0,
      l2: 0,
      epochs: 60,
      batchSize: 16,
    } as const;
    for (const patience of [2, 1000]) {
      const model = modelWith({ ...options, earlyStopping: { patience } });
      const weights: Float32Array[] = [];
      const { epochs, stopReason } = await model.fit(x, y, {
        validation,
        onEpoch: () => void weights.push(model.weights),
      });
      const losses = epochs.map((epoch) => epoch.validation?.loss ?? 0);
      const best = losses.indexOf(Math.min(...losses));
      expect(model.weights).toEqual(weights[best]);
      expect(stopReason).toBe(patience === 2 ? "early" : "epochs");
      expect(epochs.length).toBe(patience === 2 ? best + 3 : 60);
    }
    await withModel({ ...options, earlyStopping: {} }, async (model) => {
      await expect(model.fit(x, y)).rejects.toMatchObject({ name: "OptionError", argument: "validation" });
    });
  });

  test("early stopping: a fall of less than minDelta is none", async () => {
    const { x, y, validation } = NOISY;
    const options = { solver: "sgd", epochs: 30, batchSize: 90, learningRate: 0.05, momentum: 0 } as const;
    const lossesOf = (epochs: readonly EpochRecord[]) => epochs.map((epoch) => epoch.validation?.loss ?? 0);
    const losses = await withModel(options, async (model) =>
      lossesOf((await model.fit(x, y, { validation })).epochs),
    );
    // Falls shrink from epoch to epoch: the tenth is the first that is too little, and so is every one after it.
    const falls = losses.slice(1).map((loss, e) => losses[e] - loss);
    const minDelta = (falls[7] + falls[8]) / 2;
    expect(falls.slice(0, 9)).toEqual(falls.slice(0, 9).toSorted((a, b) => b - a));
    await withModel({ ...options, earlyStopping: { patience: 1, minDelta } }, async (model) => {
      const { epochs, stopReason } = await model.fit(x, y, { validation });
      expect([stopReason, epochs.length]).toEqual(["early", 10]);
      expect((await model.evaluate(...validation)).loss).toBeCloseTo(losses[8], 6);
    });
    await withModel({ ...options, earlyStopping: { patience: 1 } }, async (model) => {
      expect((await model.fit(x, y, { validation })).epochs.length).toBeGreaterThan(10);
    });
  });

  test("a validation loss that is not finite is never the best: of epochs, of λ, or in a file", async () => {
    const { x, y, held } = NOISY;
    const data = held.x.data.slice();
    data.fill(3e38, 0, FEATURES);
    const validation = [{ ...held.x, data }, held.y] as const;
    const options = { solver: "sgd", epochs: 12, batchSize: 30, learningRate: 5, l2: 0 } as const;
    await withModel({ ...options, earlyStopping: { patience: 3 } }, async (model) => {
      const weights: Float32Array[] = [];
      const { epochs } = await model.fit(x, y, {
        validation,
        onEpoch: () => void weights.push(model.weights),
      });
      const losses = epochs.map((epoch) => epoch.validation?.loss ?? 0);
      const finite = losses.filter(Number.isFinite);
      const kept = finite.length > 0 ? losses.indexOf(Math.min(...finite)) : losses.length - 1;
      expect(model.weights).toEqual(weights[kept]);
    });
    await withModel({}, async (model) => {
      const path = model.fitPath(x, y, [1e3, 1e-2, 1e-4], { validation });
      const chosen = await path.then(
        () => model.l2,
        (error: Error) => error,
      );
      if (chosen instanceof Error)
        expect(chosen).toMatchObject({ name: "DataError", argument: "validation[0]" });
      else {
        const losses = (await path).map((entry) => [entry.validation?.loss, entry.l2] as const);
        const finite = losses.filter(([loss]) => Number.isFinite(loss)).sort(([a = 0], [b = 0]) => a - b);
        expect(chosen).toBe(finite[0][1]);
      }
    });
  });

  test("the weights of validation rows count", async () => {
    const { x, y, held, validation } = NOISY;
    const sampleWeight = held.y.map((label) => [0, 1, 5][label]);
    for (const solver of ["lbfgs", "sgd"] as const) {
      const model = modelWith({ solver, l2: 0.01 });
      const { epochs, iterations } = await model.fit(x, y, { validation: [...validation, sampleWeight] });
      const seen = [...epochs, ...iterations].at(-1)?.validation;
      const expected = await model.evaluate(...validation, { sampleWeight });
      const near = { absolute: 1e-6, relative: 1e-6 };
      expectClose(Object.values(seen ?? {}), Object.values(expected), near, solver);
      expect(Math.abs(expected.loss - (await model.evaluate(...validation)).loss)).toBeGreaterThan(1e-3);
    }
  });

  test("validation rows without labels, or labels without rows, are refused", async () => {
    const { x, y, held } = NOISY;
    const model = modelWith();
    for (const bad of [
      [held.x, undefined],
      [undefined, held.y],
      [held.x, null],
    ]) {
      const options = { validation: bad } as unknown as FitOptions;
      await expect(model.fit(x, y, options)).rejects.toMatchObject({
        argument: expect.stringMatching(/^validation/),
      });
    }
  });
});
