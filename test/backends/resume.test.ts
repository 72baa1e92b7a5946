/** A fit that was interrupted and goes on: with the same bits, or not at all. */
import { describe, expect, test } from "vitest";
import { modelToSafetensors } from "../../src/formats/model-safetensors.ts";
import { readModel } from "../../src/formats/read-model.ts";
import {
  type FitOptions,
  SoftmaxRegression,
  type SoftmaxRegressionOptions,
  StateError,
} from "../../src/index.ts";
import { DEVICES } from "../support/backends.ts";
import { DIGITS } from "../support/digit-rows.ts";
import { modelsOn } from "../support/models-on.ts";
import { NOISY } from "../support/noisy-rows.ts";

for (const { name, device } of DEVICES) {
  describe(name, () => {
    const { withModel, withLoaded } = modelsOn({ device, tuning: "off" });

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
          const controller = new AbortController();
          const hooks: FitOptions = {
            validation,
            signal: controller.signal,
            onEpoch: ({ epoch }) => {
              if (epoch === whole.epochs.length) controller.abort();
            },
          };
          await expect(model.fit(x, y, hooks)).rejects.toMatchObject({ name: "AbortError" });
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
          const after = 3;
          const interrupted = await withModel(options, async (model) => {
            const controller = new AbortController();
            const stopAt = (count: number) => {
              if (count === after) controller.abort();
            };
            const hooks: FitOptions = {
              validation,
              signal: controller.signal,
              ...(options.solver === "lbfgs"
                ? { onIteration: ({ iteration }) => stopAt(iteration) }
                : { onEpoch: ({ epoch }) => stopAt(epoch) }),
            };
            await expect(model.fit(x, y, hooks)).rejects.toMatchObject({ name: "AbortError" });
            expect(model.isResumable).toBe(true);
            return {
              bytes: await model.toSafetensors(),
              text: await model.toJsonText(),
              half: model.weights,
            };
          });
          for (const source of [interrupted.bytes, interrupted.text]) {
            const model = await SoftmaxRegression.load(source, { device, tuning: "off" });
            expect(model.weights).toEqual(interrupted.half);
            const history = await model.fit(x, y, { resume: true, validation });
            expect(model.weights).toEqual(whole.weights);
            expect(history.epochs).toEqual(whole.epochs);
            expect(history.iterations).toEqual(whole.iterations);
            expect(model.isResumable).toBe(false);
            model.dispose();
          }
        });
      }

      test("without one there is nothing to resume; another solver cannot", async () => {
        await withModel({}, async (model) => {
          await expect(model.fit(x, y, { resume: true })).rejects.toThrow(StateError);
          await model.fit(x, y);
          await expect(model.fit(x, y, { resume: true })).rejects.toMatchObject({ argument: "resume" });
        });
      });
    });

    describe("a fit is resumed as it was begun, or refused", () => {
      const { x, y } = NOISY;

      /** What is left of a fit that was stopped after its second epoch or iteration. */
      const interrupted = (options: SoftmaxRegressionOptions) =>
        withModel(
          options.solver === "sgd" ? { epochs: 6, batchSize: 32, ...options } : options,
          async (model) => {
            const controller = new AbortController();
            const stop = ({ epoch = 0, iteration = 0 }) => {
              if (epoch === 2 || iteration === 2) controller.abort();
            };
            const hook = options.solver === "sgd" ? { onEpoch: stop } : { onIteration: stop };
            await expect(model.fit(x, y, { signal: controller.signal, ...hook })).rejects.toMatchObject({
              name: "AbortError",
            });
            expect(model.isResumable).toBe(true);
            return model.toSafetensors();
          },
        );

      const CASES: Record<
        string,
        readonly [begun: SoftmaxRegressionOptions, other: SoftmaxRegressionOptions]
      > = {
        batchSize: [{ solver: "sgd" }, { batchSize: 16 }],
        l2: [{ solver: "lbfgs" }, { l2: 0.3 }],
        bias: [{ solver: "lbfgs" }, { bias: false }],
        classWeight: [{ solver: "lbfgs" }, { classWeight: [1, 5, 1] }],
        learningRate: [{ solver: "sgd", learningRate: (step) => 0.1 / (1 + step) }, {}],
      };
      for (const [option, [begun, other]] of Object.entries(CASES))
        test(`not with another ${option}`, async () => {
          const source = await interrupted(begun);
          await withLoaded(source, other, async (model) => {
            const before = model.weights;
            const error = await model.fit(x, y, { resume: true }).catch((reason: unknown) => reason);
            expect(error).toMatchObject({ name: "StateError", message: expect.stringContaining(option) });
            expect(model.weights).toEqual(before);
          });
        });

      test("not where its arrays are longer than its own conditions say", async () => {
        const saved = await readModel(await interrupted({ solver: "lbfgs" }));
        const { state, tensors } = saved.progress ?? { state: {}, tensors: {} };
        const { conditions } = state as { conditions: object };
        const progress = {
          state: { ...(state as object), conditions: { ...conditions, bias: false } },
          tensors,
        };
        const source = await modelToSafetensors({ ...saved, progress });
        await expect(withLoaded(source, {}, async () => {})).rejects.toMatchObject({
          name: "FormatError",
          argument: "model.progress.s0",
        });
      });

      test("with the schedule given again it goes on", async () => {
        const [solver, learningRate] = ["sgd", (step: number) => 0.1 / (1 + step)] as const;
        await withLoaded(await interrupted({ solver, learningRate }), { learningRate }, async (model) => {
          expect((await model.fit(x, y, { resume: true })).epochs.length).toBe(6);
        });
      });

      test("a path of λ is not resumed", async () => {
        await withLoaded(await interrupted({ solver: "lbfgs" }), {}, async (model) => {
          const resume: FitOptions = { resume: true };
          await expect(model.fitPath(x, y, [0.1, 0.01], resume)).rejects.toMatchObject({
            argument: "resume",
          });
          expect(model.isResumable).toBe(true);
        });
      });
    });
  });
}
