/** What a model keeps: its parameters where a refit is aborted, its options in a file, itself from who looks at it. */
import { describe, expect, test } from "vitest";
import type { ClassWeight, Label, SoftmaxRegressionOptions } from "../../src/index.ts";
import { DEVICES } from "../support/backends.ts";
import { modelsOn } from "../support/models-on.ts";
import { NOISY } from "../support/noisy-rows.ts";

const { x, y, held, validation } = NOISY;

describe.each(DEVICES)("%s", ({ device }) => {
  const { modelWith, loadedWith } = modelsOn({ device, tuning: "off" });

  test("a refit that is aborted before its first iteration or epoch ends leaves the old model", async () => {
    for (const solver of ["lbfgs", "sgd"] as const) {
      let controller = new AbortController();
      let phase: "none" | "upload" | "training" = "none";
      const stopIn = (now: typeof phase) => {
        if (now === phase) controller.abort();
      };
      const learningRate = () => {
        stopIn("training");
        return 0.1;
      };
      const ofSteps = solver === "sgd" ? { epochs: 3, batchSize: 30, learningRate } : {};
      const model = modelWith({ solver, ...ofSteps });
      await model.fit(x, y);
      const [weights, bias] = [model.weights, model.bias];
      for (phase of ["upload", "training"] as const) {
        controller = new AbortController();
        const refit = model.fit(held.x, held.y, {
          signal: controller.signal,
          onProgress: (progress) => stopIn(progress.phase),
          [solver === "sgd" ? "onEpoch" : "onIteration"]: () => expect.fail("an epoch or iteration ended"),
        });
        await expect(refit).rejects.toMatchObject({ name: "AbortError" });
        expect(model.weights).toEqual(weights);
        expect(model.bias).toEqual(bias);
      }
    }
  });

  test("a loaded model keeps its λ: as an option unless another is given, in evaluations always", async () => {
    const fitted = modelWith({ l2: 0.25 });
    await fitted.fit(x, y);
    const seen = await fitted.evaluate(...validation);
    const squares = fitted.weights.reduce((total, w) => total + w * w, 0);
    expect(seen.objective - seen.loss).toBeCloseTo(0.25 * squares, 6);
    const given = { l2: undefined } as unknown as SoftmaxRegressionOptions;
    expect((await loadedWith(await fitted.toSafetensors(), given)).l2).toBe(0.25);
    const other = await loadedWith(await fitted.toSafetensors(), { l2: 9 });
    expect(other.l2).toBe(9);
    expect(await other.evaluate(...validation)).toEqual(seen);
  });

  describe("classes may have names that mean something to JavaScript, with weights in any form", () => {
    const data = Float32Array.of(0, 1, 1, 0, 0.1, 1.2, 1.2, 0.1, 0.2, 0.9, 0.8, 0.2);
    const rows = { data, rows: 6, cols: 2 };
    const NAMES = ["constructor", "__proto__", "prototype", "toString", "hasOwnProperty"];
    test.each(NAMES)("%s", async (label) => {
      const labels = Array.from({ length: 6 }, (_, i) => (i % 2 ? label : "destructor"));
      const named = Object.fromEntries([[label, 2]]);
      const forms: ClassWeight[] = [named, new Map([[label, 2]]), [1, 2], "balanced"];
      for (const classWeight of [undefined, ...forms]) {
        const model = modelWith({ l2: 0.01, classWeight });
        await model.fit(rows, labels);
        expect(await model.predict(rows)).toEqual(labels);
        const report = await model.report(rows, labels);
        expect(report.perClass.map((scores) => scores.label)).toEqual(model.classes);
        const probabilities = await model.predictProba(rows);
        for (const source of [await model.toSafetensors(), await model.toJsonText()]) {
          const copy = await loadedWith(source);
          expect(await copy.predictProba(rows)).toEqual(probabilities);
          expect(await copy.predict(rows)).toEqual(labels);
          const { weights } = copy;
          await copy.fit(rows, labels);
          expect(copy.weights).toEqual(weights);
        }
        expect((await model.toOnnx()).length).toBeGreaterThan(0);
      }
    });

    test("numbers in a Map are numbers afterwards", async () => {
      const classWeight = new Map([[1, 5]]);
      const model = modelWith({ l2: 0.01, classWeight });
      await model.fit(x, y);
      const copy = await loadedWith(await model.toJsonText());
      const { weights } = copy;
      await copy.fit(x, y);
      expect(copy.weights).toEqual(weights);
    });
  });

  test("a file is what the model was when it was asked for", async () => {
    const model = modelWith({ solver: "sgd", epochs: 2, batchSize: 30 });
    await model.fit(x, y);
    const { weights } = model;
    const saving = model.toSafetensors();
    await model.fit(held.x, held.y);
    expect(model.weights).not.toEqual(weights);
    expect((await loadedWith(await saving)).weights).toEqual(weights);
  });

  test("what the model shows are copies", async () => {
    const model = modelWith({ standardize: true });
    await model.fit(x, y);
    const before = await model.predictProba(held.x);
    model.standardization?.mean.fill(7);
    model.standardization?.scale.fill(7);
    model.weights.fill(7);
    model.bias.fill(7);
    (model.classes as Label[]).reverse();
    expect(await model.predictProba(held.x)).toEqual(before);
    expect(model.classes).toEqual([0, 1, 2]);
    expect(model.standardization?.mean).not.toContain(7);
  });
});
