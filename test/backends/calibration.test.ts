/** Probabilities of rows that were not trained on: calibration, the report, and rejection of uncertain rows. */
import { describe, expect, test } from "vitest";
import { SoftmaxRegression } from "../../src/index.ts";
import { DEVICES } from "../support/backends.ts";
import { DIGITS } from "../support/digit-rows.ts";
import { modelsOn } from "../support/models-on.ts";

const { x, y, held, validation } = DIGITS;

describe.each(DEVICES)("%s", ({ device }) => {
  const { modelWith } = modelsOn({ device, tuning: "off" });

  test("calibration finds the temperature of least loss", async () => {
    const model = modelWith({ l2: 1e-4 });
    await model.fit(x, y);
    const labels = await model.predict(held.x);
    const { temperature, lossBefore, lossAfter } = await model.calibrate(...validation);
    expect(temperature).toBeGreaterThan(1); // so little λ overfits
    expect(lossAfter).toBeLessThan(lossBefore);
    expect((await model.evaluate(...validation)).loss).toBeCloseTo(lossAfter, 5);
    expect(await model.predict(held.x)).toEqual(labels);
    // The derivative of the loss by the temperature is 0 there: no lower loss is near.
    for (const factor of [0.98, 1.02]) {
      const [z, t] = [await model.logits(held.x), temperature * factor];
      expect(lossOf(z.data, validation[1], t)).toBeGreaterThan(lossOf(z.data, validation[1], temperature));
    }
    const kept = await SoftmaxRegression.load(await model.toSafetensors(), { device });
    expect(kept.temperature).toBe(temperature);
    expect(await kept.predictProba(held.x)).toEqual(await model.predictProba(held.x));
    kept.dispose();
    await model.fit(x, y);
    expect(model.temperature).toBe(1);
  });

  test("if no temperature minimises the loss, it stays 1, and the result says why", async () => {
    const rows = [
      [-3, 0],
      [3, 0],
      [-2, 1],
      [2, 1],
    ];
    const model = modelWith({ l2: 1e-2 });
    await model.fit(rows, [0, 1, 0, 1]);
    for (const labels of [
      [0, 1, 0, 1],
      { data: Float32Array.of(1, 0, 0, 1, 1, 0, 0, 1), rows: 4, cols: 2 },
    ]) {
      const result = await model.calibrate(rows, labels);
      expect(result).toMatchObject({ temperature: 1, reason: "separated" });
      expect(result.lossAfter).toBe(result.lossBefore);
    }
    expect(await model.calibrate(rows, [1, 0, 1, 0])).toMatchObject({
      temperature: 1,
      reason: "uninformative",
    });
    expect((await model.calibrate(rows, [0, 1, 1, 1])).reason).toBe("optimum");
    expect(model.temperature).not.toBe(1);
  });

  test("a report agrees with the probabilities; uncertain rows can be rejected", async () => {
    const model = modelWith({ l2: 0.1 });
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

/** Returns the mean cross-entropy of scores divided by a temperature. */
function lossOf(z: Float32Array, labels: readonly number[], temperature: number): number {
  return labels.reduce((sum, label, i) => {
    const scores = [...z.subarray(4 * i, 4 * i + 4)].map((score) => score / temperature);
    const total = scores.reduce((all, score) => all + Math.exp(score), 0);
    return sum + (Math.log(total) - scores[label]) / labels.length;
  }, 0);
}
