/** How fits go: AdamW, averages, early stopping, interruption and resumption, batches that come in, paths of λ. */
import { describe, expect, test } from "vitest";
import {
  type FitOptions,
  type Label,
  SoftmaxRegression,
  type SoftmaxRegressionOptions,
  StateError,
  strokeDigits,
} from "../../src/index.ts";
import { DEVICES } from "../support/backends.ts";
import { expectClose } from "../support/expect-close.ts";

const DIGITS = strokeDigits({ rows: 240, seed: 1 });
const HELD = strokeDigits({ rows: 120, seed: 2 });
const { x } = DIGITS;
const y = Array.from(DIGITS.y, (digit) => digit % 4);
const validation = [HELD.x, Array.from(HELD.y, (digit) => digit % 4)] as const;

for (const { name, device } of DEVICES) {
  describe(name, () => {
    /** A model that is freed when the work ends. */
    async function withModel<T>(
      options: SoftmaxRegressionOptions,
      work: (model: SoftmaxRegression) => Promise<T>,
    ): Promise<T> {
      const model = new SoftmaxRegression({ device, tuning: "off", ...options });
      try {
        return await work(model);
      } finally {
        model.dispose();
      }
    }

    test("L-BFGS is the default; its history says what it did and why it stopped", async () => {
      await withModel({ l2: 0.01 }, async (model) => {
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
        expectClose(
          Object.values(last.validation ?? {}),
          Object.values(await model.evaluate(...validation)),
          {
            absolute: 1e-6,
            relative: 1e-6,
          },
        );
        expect(weights.at(-1)).toEqual(model.weights);
        expectClose([(await model.evaluate(x, y)).objective], [last.objective], {
          absolute: 0,
          relative: 1e-5,
        });
      });
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

    test("early stopping stops, and the best epoch's parameters are what is left", async () => {
      const options = {
        solver: "sgd",
        learningRate: 0.5,
        momentum: 0,
        l2: 0,
        epochs: 60,
        batchSize: 16,
      } as const;
      for (const patience of [2, 1000]) {
        await withModel({ ...options, earlyStopping: { patience } }, async (model) => {
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
        });
      }
      await withModel({ ...options, earlyStopping: {} }, async (model) => {
        await expect(model.fit(x, y)).rejects.toMatchObject({ name: "OptionError", argument: "validation" });
      });
    });

    describe("a fit that is interrupted and resumed ends with the same bits", () => {
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
              onEpoch: ({ epoch }) => stopAt(epoch),
              onIteration: ({ iteration }) => stopAt(iteration),
            };
            await expect(model.fit(x, y, hooks)).rejects.toMatchObject({ name: "AbortError" });
            expect(model.isResumable).toBe(true);
            return { bytes: model.toSafetensors(), text: model.toJsonText(), half: model.weights };
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

    test("a warm start begins where the model is", async () => {
      await withModel({ l2: 0.01 }, async (model) => {
        const cold = await model.fit(x, y);
        const warm = await model.fit(x, y, { warmStart: true });
        expect(warm.iterations.length).toBeLessThan(cold.iterations.length / 2);
        await expect(model.fit(x, y, { warmStart: true, classes: [0, 1] })).rejects.toMatchObject({
          argument: "classes",
        });
      });
    });

    test("a path of λ is what single fits are, in the order asked for", async () => {
      const l2s = [0.01, 0.1, 0.001];
      await withModel({}, async (model) => {
        const path = await model.fitPath(x, y, l2s, { validation });
        expect(path.map(({ l2 }) => l2)).toEqual(l2s);
        for (const { l2, training, history } of path) {
          const single = await withModel({ l2 }, async (one) => {
            await one.fit(x, y);
            return one.evaluate(x, y);
          });
          expectClose([training.objective], [single.objective], { absolute: 0, relative: 2e-5 });
          expect(history.iterations.length).toBeGreaterThan(0);
        }
        const best = path.reduce((a, b) => ((a.validation?.loss ?? 0) <= (b.validation?.loss ?? 0) ? a : b));
        expectClose([(await model.evaluate(...validation)).loss], [best.validation?.loss ?? 0], {
          absolute: 1e-6,
          relative: 1e-5,
        });
        for (const bad of [[], [-1], [Number.NaN], [0.1, 0.1], "0.1"] as number[][])
          await expect(model.fitPath(x, y, bad)).rejects.toMatchObject({
            name: "OptionError",
            argument: "l2s",
          });
      });
    });

    describe("rows that come in", () => {
      const rows = (first: number, count: number) => ({
        x: { ...x, data: x.data.slice(first * x.cols, (first + count) * x.cols), rows: count },
        y: y.slice(first, first + count),
      });

      test("classes declared up front may be missing in a batch; later ones are learnt", async () => {
        await withModel({ batchSize: 20 }, async (model) => {
          const early = rows(0, 120);
          const isKnown = early.y.map((label) => label < 2);
          const kept = Array.from(isKnown.keys()).filter((i) => isKnown[i]);
          const some = {
            x: {
              data: Float32Array.from(
                kept.flatMap((i) => [...x.data.subarray(i * x.cols, (i + 1) * x.cols)]),
                (v) => v / 255,
              ),
              rows: kept.length,
              cols: x.cols,
            },
            y: kept.map((i) => early.y[i]),
          };
          await model.partialFit(some.x, some.y, { classes: [3, 2, 1, 0] });
          expect(model.classes).toEqual([0, 1, 2, 3]);
          for (let pass = 0; pass < 12; pass++) {
            const batch = rows((pass % 2) * 120, 120);
            await model.partialFit(batch.x, batch.y);
          }
          expect((await model.evaluate(x, y)).accuracy).toBeGreaterThan(0.9);
          await expect(
            model.partialFit(
              x,
              y.map((label) => label + 1),
            ),
          ).rejects.toMatchObject({ argument: "y" });
        });
      });

      test("it goes on from all that came before: two halves are not the last half", async () => {
        const weightsAfter = (batches: readonly number[]) =>
          withModel({ batchSize: 24 }, async (model) => {
            for (const first of batches) {
              const batch = rows(first, 120);
              await model.partialFit(batch.x, batch.y, { classes: [0, 1, 2, 3] });
            }
            return model.weights;
          });
        expect(await weightsAfter([0, 120])).toEqual(await weightsAfter([0, 120]));
        expect(await weightsAfter([0, 120])).not.toEqual(await weightsAfter([120]));
      });

      test("saved between two batches, the next one gives the same bits", async () => {
        for (const solver of ["sgd", "adamw"] as const) {
          await withModel({ solver, batchSize: 24 }, async (model) => {
            const [first, second] = [rows(0, 120), rows(120, 120)];
            await model.partialFit(first.x, first.y, { classes: [0, 1, 2, 3] });
            const copy = await SoftmaxRegression.load(model.toSafetensors(), { device });
            expect(copy.isResumable).toBe(false);
            await model.partialFit(second.x, second.y);
            await copy.partialFit(second.x, second.y);
            expect(copy.weights).toEqual(model.weights);
            copy.dispose();
          });
        }
      });

      test("a class is added and learnt, and one is removed", async () => {
        await withModel({ l2: 0.01 }, async (model) => {
          const isThree = y.map((label) => label === 3);
          const without = Array.from(isThree.keys()).filter((i) => !isThree[i]);
          const data = Uint8Array.from(
            without.flatMap((i) => [...x.data.subarray(i * x.cols, (i + 1) * x.cols)]),
          );
          await model.fit(
            { data, rows: without.length, cols: x.cols },
            without.map((i) => y[i]),
          );
          const before = await model.predict(x);
          model.addClass(3);
          expect(await model.predict(x)).toEqual(before);
          await model.fit(x, y, { warmStart: true });
          expect((await model.evaluate(x, y)).accuracy).toBeGreaterThan(0.95);
          const scores = await model.logits(x);
          model.removeClass(1);
          expect(model.classes).toEqual([0, 2, 3]);
          const left = await model.logits(x);
          expectClose(
            left.data,
            scores.data.filter((_, at) => at % 4 !== 1),
            { absolute: 1e-5, relative: 1e-5 },
          );
          expect(() => model.addClass(2)).toThrow(/there is a class 2/);
          expect(() => model.addClass("two" as Label)).toThrow(/expected a number/);
          expect(() => model.removeClass(9)).toThrow(/no class 9/);
          model.removeClass(0);
          expect(() => model.removeClass(2)).toThrow(StateError);
        });
      });
    });

    test("calibration finds the temperature that was hidden in the scores", async () => {
      await withModel({ l2: 1e-4 }, async (model) => {
        await model.fit(x, y);
        const labels = await model.predict(HELD.x);
        const { temperature, lossBefore, lossAfter } = await model.calibrate(...validation);
        expect(temperature).toBeGreaterThan(1); // so little λ overfits
        expect(lossAfter).toBeLessThan(lossBefore);
        expect((await model.evaluate(...validation)).loss).toBeCloseTo(lossAfter, 5);
        expect(await model.predict(HELD.x)).toEqual(labels);
        // The derivative of the loss in the temperature is 0 there: nothing near it is lower.
        for (const factor of [0.98, 1.02]) {
          const [z, t] = [await model.logits(HELD.x), temperature * factor];
          expect(lossOf(z.data, validation[1], t)).toBeGreaterThan(
            lossOf(z.data, validation[1], temperature),
          );
        }
        const kept = await SoftmaxRegression.load(model.toSafetensors(), { device });
        expect(kept.temperature).toBe(temperature);
        expect(await kept.predictProba(HELD.x)).toEqual(await model.predictProba(HELD.x));
        kept.dispose();
        await model.fit(x, y);
        expect(model.temperature).toBe(1);
      });
    });

    test("a report counts what the probabilities say; unsure rows can be rejected", async () => {
      await withModel({ l2: 0.1 }, async (model) => {
        await model.fit(x, y);
        const [held, labels] = validation;
        const { data } = await model.predictProba(held);
        const report = await model.report(held, labels, { topK: [1, 2] });
        const evaluation = await model.evaluate(held, labels);
        expect(report.accuracy).toBeCloseTo(evaluation.accuracy, 10);
        expect(report.loss).toBeCloseTo(evaluation.loss, 6);
        const ranks = labels.map(
          (label, i) => [0, 1, 2, 3].filter((k) => data[4 * i + k] > data[4 * i + label]).length,
        );
        expect(report.topK[2]).toBeCloseTo(ranks.filter((rank) => rank < 2).length / labels.length, 10);
        const predictions = await model.predict(held);
        for (const target of [0, 1, 2, 3])
          for (const predicted of [0, 1, 2, 3]) {
            const rows = labels.flatMap((label, i) =>
              label === target && predictions[i] === predicted ? [i] : [],
            );
            expect([...report.confusion.samples(target, predicted)]).toEqual(rows);
          }
        const sure = await model.predict(held, { minProbability: 0.6 });
        const isSure = labels.map((_, i) => Math.max(...data.subarray(4 * i, 4 * i + 4)) >= 0.6);
        expect(sure).toEqual(predictions.map((label, i) => (isSure[i] ? label : null)));
        expect(isSure).toContain(false);
      });
    });
  });
}

/** Mean cross-entropy of scores divided by a temperature. */
function lossOf(z: Float32Array, labels: readonly number[], temperature: number): number {
  return labels.reduce((sum, label, i) => {
    const scores = [...z.subarray(4 * i, 4 * i + 4)].map((score) => score / temperature);
    const total = scores.reduce((all, score) => all + Math.exp(score), 0);
    return sum + (Math.log(total) - scores[label]) / labels.length;
  }, 0);
}
