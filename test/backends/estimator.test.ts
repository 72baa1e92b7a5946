/** SoftmaxRegression as its users meet it, on every device that can be asked for here. */
import { describe, expect, test } from "vitest";
import { strokeDigits } from "../../src/digits.ts";
import {
  DivergenceError,
  type EpochRecord,
  type FitOptions,
  OptionError,
  SoftmaxRegression,
  type SoftmaxRegressionOptions,
  StateError,
} from "../../src/index.ts";
import { DEVICES } from "../support/backends.ts";
import { NUMBERS, POINTS, SOFT, STRINGS } from "../support/clouds.ts";
import { expectClose } from "../support/expect-close.ts";
import { modelsOn } from "../support/models-on.ts";

describe.each(DEVICES)("%s", ({ device }) => {
  const { modelWith, withModel } = modelsOn({ device, solver: "sgd", epochs: 5, batchSize: 16 });

  test("numbers come back as numbers, strings as strings, classes ascending", async () => {
    const model = modelWith();
    await model.fit(POINTS, NUMBERS);
    expect(model.classes).toEqual([2, 5, 11]);
    expect(await model.predict(POINTS)).toEqual(NUMBERS);
    await model.fit(POINTS, STRINGS);
    expect(model.classes).toEqual(["jay", "owl", "wren"]);
    expect(await model.predict(POINTS)).toEqual(STRINGS);
    await model.fit(POINTS, Uint8Array.from(NUMBERS));
    expect(await model.predict(POINTS)).toEqual(NUMBERS);
  });

  test("soft labels: classes 0 … K−1, accuracy against the likeliest class", async () => {
    const model = modelWith();
    await model.fit(POINTS, SOFT);
    expect(model.classes).toEqual([0, 1, 2]);
    expect(await model.predict(POINTS)).toEqual(POINTS.map((_, i) => i % 3));
    expect((await model.evaluate(POINTS, SOFT)).accuracy).toBe(1);
  });

  test("probabilities are the softmax of the scores, evaluation is what they say", async () => {
    const model = modelWith({ l2: 0.01 });
    await model.fit(POINTS, NUMBERS);
    const [scores, p] = [await model.logits(POINTS), await model.predictProba(POINTS)];
    expect([p.rows, p.cols]).toEqual([90, 3]);
    let loss = 0;
    for (let i = 0; i < 90; i++) {
      const row = [...p.data.subarray(3 * i, 3 * i + 3)];
      const exp = [...scores.data.subarray(3 * i, 3 * i + 3)].map((z) => Math.exp(z));
      const sum = exp.reduce((a, b) => a + b);
      expectClose(
        row,
        exp.map((e) => e / sum),
        { absolute: 1e-6, relative: 1e-5 },
      );
      loss -= Math.log(row[i % 3]) / 90;
    }
    const seen = await model.evaluate(POINTS, NUMBERS);
    expectClose([seen.loss], [loss], { absolute: 1e-6, relative: 1e-5 });
    const penalty = 0.01 * model.weights.reduce((total, w) => total + w * w, 0);
    expectClose([seen.objective], [seen.loss + penalty], { absolute: 1e-7, relative: 1e-6 });
    expect(seen.accuracy).toBe(1);
  });

  test("rows may come in any array: the same numbers give the same model", async () => {
    const flat = POINTS.flat().map((v) => Math.round(v * 4));
    const matrix = <T extends Float32Array | Float64Array | Int8Array | Int32Array>(data: T) => ({
      data,
      rows: 90,
      cols: 2,
    });
    const nested = Array.from({ length: 90 }, (_, i) => [flat[2 * i], flat[2 * i + 1]]);
    const forms = [
      matrix(Float32Array.from(flat)),
      matrix(Float64Array.from(flat)),
      matrix(Int8Array.from(flat)),
      matrix(Int32Array.from(flat)),
      nested,
    ];
    const fitted = await withModel({}, async (model) => {
      const all: Float32Array[] = [];
      for (const form of forms) {
        await model.fit(form, NUMBERS);
        all.push(model.weights);
      }
      return all;
    });
    for (const weights of fitted.slice(1)) expect(weights).toEqual(fitted[0]);
  });

  test("without a bias it stays 0; a model of one feature and two classes works", async () => {
    const model = modelWith({ bias: false });
    await model.fit([[1], [2], [-1], [-3]], ["up", "up", "down", "down"]);
    expect([...model.bias]).toEqual([0, 0]);
    expect(await model.predict([[5], [-5]])).toEqual(["up", "down"]);
  });

  test("the same seed gives the same bits, another seed another order", async () => {
    const weightsOf = (seed: number) =>
      withModel({ seed }, async (model) => {
        await model.fit(POINTS, NUMBERS);
        return model.weights;
      });
    const [a, b, c] = [await weightsOf(3), await weightsOf(3), await weightsOf(4)];
    expect(b).toEqual(a);
    expect(c).not.toEqual(a);
  });

  test("momentum, Nesterov and schedules change the path, not the kind of result", async () => {
    const variants: SoftmaxRegressionOptions[] = [
      { momentum: 0, learningRate: 0.1 },
      { momentum: 0.9, nesterov: true, learningRate: 0.02 },
      { learningRate: (step, steps) => 0.1 * (1 - step / steps) },
      { batchSize: 1000 },
      { batchSize: 1 },
    ];
    const seen = new Set<string>();
    for (const variant of variants) {
      const model = modelWith({ epochs: 20, ...variant });
      await model.fit(POINTS, NUMBERS);
      expect((await model.evaluate(POINTS, NUMBERS)).accuracy).toBe(1);
      seen.add(model.weights.join());
    }
    expect(seen.size).toBe(variants.length);
  });

  test("history, onEpoch, validation and progress tell the same story", async () => {
    const model = modelWith({ epochs: 4 });
    const records: EpochRecord[] = [];
    const weights: Float32Array[] = [];
    const progress: number[] = [];
    const uploaded: number[] = [];
    const history = await model.fit(POINTS, NUMBERS, {
      validation: [POINTS.slice(0, 30), NUMBERS.slice(0, 30)],
      onEpoch: async (record) => {
        records.push(record);
        weights.push(model.weights);
      },
      onProgress: ({ phase, rows, totalRows }) => {
        expect(totalRows).toBe(phase === "upload" ? 90 : 360);
        if (phase === "upload") expect(progress).toEqual([]);
        (phase === "upload" ? uploaded : progress).push(rows);
      },
    });
    expect(history.epochs).toEqual(records);
    expect(records.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4]);
    expect(records[3].loss).toBeLessThan(records[0].loss);
    expect(uploaded.at(-1)).toBe(90);
    expect(progress.at(-1)).toBe(360);
    expect(progress.toSorted((a, b) => a - b)).toEqual(progress);
    expect(weights[3]).toEqual(model.weights);
    expect(weights[0]).not.toEqual(weights[3]);
    expectClose(
      Object.values(records[3].validation ?? {}),
      Object.values(await model.evaluate(POINTS.slice(0, 30), NUMBERS.slice(0, 30))),
      { absolute: 1e-6, relative: 1e-6 },
    );
  });

  test("with or without somebody watching, the result is the same", async () => {
    const train = (options: FitOptions) =>
      withModel({ epochs: 7 }, async (model) => {
        const { epochs } = await model.fit(POINTS, NUMBERS, options);
        return { weights: model.weights, epochs };
      });
    expect(await train({ onEpoch: () => {} })).toEqual(await train({}));
  });

  describe("abort", () => {
    test("before: nothing happens; the reason is the caller's", async () => {
      const model = modelWith();
      const reason = new Error("never mind");
      await expect(model.fit(POINTS, NUMBERS, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
      expect(() => model.weights).toThrow(StateError);
    });

    test("in the middle: the parameters of the last whole epoch stay, and the model can be fitted again", async () => {
      const model = modelWith({ epochs: 50 });
      const controller = new AbortController();
      let last: Float32Array = new Float32Array();
      const fit = model.fit(POINTS, NUMBERS, {
        signal: controller.signal,
        onEpoch: ({ epoch }) => {
          last = model.weights;
          if (epoch === 3) controller.abort();
        },
      });
      await expect(fit).rejects.toMatchObject({ name: "AbortError" });
      expect(model.weights).toEqual(last);
      await model.fit(POINTS, NUMBERS);
      expect(await model.predict(POINTS)).toEqual(NUMBERS);
    });

    test("in the last callback: still an abort", async () => {
      const model = modelWith({ epochs: 2 });
      const controller = new AbortController();
      const onEpoch = ({ epoch }: EpochRecord) => {
        if (epoch === 2) controller.abort();
      };
      const fit = model.fit(POINTS, NUMBERS, { onEpoch, signal: controller.signal });
      await expect(fit).rejects.toMatchObject({ name: "AbortError" });
    });

    test("what onEpoch throws, fit rejects with", async () => {
      const model = modelWith();
      const mine = new Error("mine");
      const onEpoch = () => {
        throw mine;
      };
      await expect(model.fit(POINTS, NUMBERS, { onEpoch })).rejects.toBe(mine);
    });
  });

  test("calls may overlap: predictions while a fit runs, and many at once", async () => {
    const model = modelWith({ epochs: 20 });
    await model.fit(POINTS, NUMBERS);
    const before = await model.predict(POINTS);
    const again = model.fit(POINTS, NUMBERS, { onEpoch: () => {} });
    const predictions = await Promise.all([model.predict(POINTS), model.predict(POINTS)]);
    expect(predictions).toEqual([before, before]);
    await again;
  });

  test("the automatic rate falls to nearly 0", async () => {
    await withModel({ epochs: 10 }, async (model) => {
      const { epochs } = await model.fit(POINTS, NUMBERS);
      expect(epochs[9].learningRate).toBeLessThan(0.05 * epochs[0].learningRate);
      expect(epochs[9].learningRate).toBeGreaterThan(0);
    });
  });

  test("after dispose everything rejects; a fit that was running does too; disposing twice is fine", async () => {
    const model = new SoftmaxRegression({ device, solver: "sgd", epochs: 1000, batchSize: 16 });
    const fit = model.fit(POINTS, NUMBERS, { onEpoch: () => model.dispose() });
    await expect(fit).rejects.toThrow(StateError);
    model.dispose();
    const last = new SoftmaxRegression({ device, solver: "sgd", epochs: 1 });
    await expect(last.fit(POINTS, NUMBERS, { onEpoch: () => last.dispose() })).rejects.toThrow(StateError);
    const opening = new SoftmaxRegression({ device });
    const early = opening.fit(POINTS, NUMBERS);
    opening.dispose();
    await expect(early).rejects.toThrow(StateError);
    await expect(model.fit(POINTS, NUMBERS)).rejects.toThrow(StateError);
    await expect(model.predict(POINTS)).rejects.toThrow(StateError);
    expect(() => model.weights).toThrow(StateError);
  });

  test("a rate that diverges is an error, and the last finite parameters stay", async () => {
    const far = POINTS.map(([a, b]) => [1e6 * a, 1e6 * b]);
    const huge = device === "reference" ? 1e308 : 1e38;
    const learningRate = (step: number) => (step < 12 ? 1e-14 : huge);
    const model = modelWith({ learningRate, epochs: 8, l2: 1 });
    let last: Float32Array = new Float32Array();
    const onEpoch = () => {
      last = model.weights;
    };
    const error = await model.fit(far, NUMBERS, { onEpoch }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(DivergenceError);
    expect(last.length).toBe(6);
    expect(model.weights).toEqual(last);
  });

  test("a schedule that gives no rate", async () => {
    const model = modelWith({ learningRate: () => Number.NaN });
    await expect(model.fit(POINTS, NUMBERS)).rejects.toThrow(OptionError);
  });

  test("the automatic rate does not depend on the scale of the features", async () => {
    for (const scale of [1e-3, 1, 1e4]) {
      const model = modelWith({ epochs: 30, l2: 0, bias: false });
      const x = POINTS.map((row) => row.map((value) => value * scale));
      await model.fit(x, NUMBERS);
      expect((await model.evaluate(x, NUMBERS)).accuracy).toBe(1);
    }
  });

  test("the embedded digits: a linear classifier lands between 85 % and 99 %", async () => {
    const train = strokeDigits({ rows: 6000, seed: 0 });
    const held = strokeDigits({ rows: 2000, seed: 1 });
    const model = modelWith({ epochs: 10, batchSize: 64 });
    await model.fit(train.x, train.y);
    const { accuracy } = await model.evaluate(held.x, held.y);
    expect(accuracy).toBeGreaterThan(0.85);
    expect(accuracy).toBeLessThan(0.99);
  });
});
