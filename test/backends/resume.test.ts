/** A fit that was interrupted and goes on: with the same bits, or not at all. */
import { describe, expect, test } from "vitest";
import { modelToSafetensors } from "../../src/formats/model-safetensors.ts";
import { readModel } from "../../src/formats/read-model.ts";
import { type FitOptions, type SoftmaxRegressionOptions, StateError } from "../../src/index.ts";
import { DEVICES } from "../support/backends.ts";
import { DIGITS } from "../support/digit-rows.ts";
import { fitUntil, modelsOn } from "../support/models-on.ts";
import { NOISY } from "../support/noisy-rows.ts";

describe.each(DEVICES)("%s", ({ device }) => {
  const { modelWith, loadedWith, withModel } = modelsOn({ device, tuning: "off" });

  test("an abort in the epoch that early stopping ends: the resumed fit ends there too", async () => {
    const { x, y, validation } = NOISY;
    const options: SoftmaxRegressionOptions = {
      ...{ solver: "sgd", epochs: 40, batchSize: 16, learningRate: 0.5 },
      earlyStopping: { patience: 0 },
    };
    for (const seed of [1, 2, 3]) {
      const whole = await withModel({ ...options, seed }, async (model) => {
        const { epochs, stopReason } = await model.fit(x, y, { validation });
        expect(stopReason).toBe("early");
        return { weights: model.weights, epochs };
      });
      await withModel({ ...options, seed }, async (model) => {
        await fitUntil(whole.epochs.length, model, x, y, { validation });
        const { epochs, stopReason } = await model.fit(x, y, { validation, resume: true });
        expect(stopReason).toBe("early");
        expect(epochs).toEqual(whole.epochs);
        expect(model.weights).toEqual(whole.weights);
      });
    }
  });

  describe("a fit that is interrupted and resumed ends with the same bits", () => {
    const { x, y, validation } = DIGITS;

    const CASES: Record<string, SoftmaxRegressionOptions> = {
      "L-BFGS": { solver: "lbfgs", l2: 0.01 },
      "L-BFGS with L1": { solver: "lbfgs", l1: 0.01 },
      "SGD with momentum, averages and early stopping": {
        ...{ solver: "sgd", epochs: 6, batchSize: 32, averaging: 0.6, earlyStopping: { patience: 4 } },
      },
      AdamW: { solver: "adamw", epochs: 6, batchSize: 32, standardize: true },
    };
    for (const [what, options] of Object.entries(CASES)) {
      test(what, async () => {
        const whole = await withModel(options, async (model) => {
          const history = await model.fit(x, y, { validation });
          return { weights: model.weights, epochs: history.epochs, iterations: history.iterations };
        });
        const interrupted = modelWith(options);
        await fitUntil(3, interrupted, x, y, { validation });
        expect(interrupted.isResumable).toBe(true);
        for (const source of [await interrupted.toSafetensors(), await interrupted.toJsonText()]) {
          const model = await loadedWith(source);
          expect(model.weights).toEqual(interrupted.weights);
          const history = await model.fit(x, y, { resume: true, validation });
          expect(model.weights).toEqual(whole.weights);
          expect(history.epochs).toEqual(whole.epochs);
          expect(history.iterations).toEqual(whole.iterations);
          expect(model.isResumable).toBe(false);
        }
      });
    }

    test("without one there is nothing to resume; another solver cannot", async () => {
      const model = modelWith();
      await expect(model.fit(x, y, { resume: true })).rejects.toThrow(StateError);
      await model.fit(x, y);
      await expect(model.fit(x, y, { resume: true })).rejects.toMatchObject({ argument: "resume" });
    });
  });

  describe("a fit is resumed as it was begun, or refused", () => {
    const { x, y } = NOISY;

    /** What is left of a fit that was stopped after its second epoch or iteration. */
    const interrupted = async (options: SoftmaxRegressionOptions) => {
      const model = modelWith({ ...(options.solver === "sgd" && { epochs: 6, batchSize: 32 }), ...options });
      await fitUntil(2, model, x, y);
      expect(model.isResumable).toBe(true);
      return model.toSafetensors();
    };

    const CASES: Record<string, readonly [begun: SoftmaxRegressionOptions, other: SoftmaxRegressionOptions]> =
      {
        batchSize: [{ solver: "sgd" }, { batchSize: 16 }],
        l2: [{ solver: "lbfgs" }, { l2: 0.3 }],
        bias: [{ solver: "lbfgs" }, { bias: false }],
        classWeight: [{ solver: "lbfgs" }, { classWeight: [1, 5, 1] }],
        learningRate: [{ solver: "sgd", learningRate: (step) => 0.1 / (1 + step) }, {}],
      };
    for (const [option, [begun, other]] of Object.entries(CASES))
      test(`not with another ${option}`, async () => {
        const model = await loadedWith(await interrupted(begun), other);
        const before = model.weights;
        const error = await model.fit(x, y, { resume: true }).catch((reason: unknown) => reason);
        expect(error).toMatchObject({ name: "StateError", message: expect.stringContaining(option) });
        expect(model.weights).toEqual(before);
      });

    test("not where its arrays are longer than its own conditions say", async () => {
      const saved = await readModel(await interrupted({ solver: "lbfgs" }));
      const { state, tensors } = saved.progress ?? { state: {}, tensors: {} };
      const { conditions } = state as { conditions: object };
      const changed = { ...(state as object), conditions: { ...conditions, bias: false } };
      const source = await modelToSafetensors({ ...saved, progress: { state: changed, tensors } });
      const refused = { name: "FormatError", argument: "model.progress.s0" };
      await expect(loadedWith(source)).rejects.toMatchObject(refused);
    });

    test("with the schedule given again it goes on", async () => {
      const [solver, learningRate] = ["sgd", (step: number) => 0.1 / (1 + step)] as const;
      const model = await loadedWith(await interrupted({ solver, learningRate }), { learningRate });
      expect((await model.fit(x, y, { resume: true })).epochs.length).toBe(6);
    });

    test("a path of λ is not resumed", async () => {
      const model = await loadedWith(await interrupted({ solver: "lbfgs" }));
      const resume: FitOptions = { resume: true };
      await expect(model.fitPath(x, y, [0.1, 0.01], resume)).rejects.toMatchObject({
        argument: "resume",
      });
      expect(model.isResumable).toBe(true);
    });
  });
});
