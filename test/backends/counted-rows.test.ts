/** Which rows of a fit count, and for how much: weights of 0, and labels to ignore. */
import { describe, expect, test } from "vitest";
import type { Label, Labels } from "../../src/index.ts";
import { DEVICES } from "../support/backends.ts";
import { expectClose } from "../support/expect-close.ts";
import { modelsOn } from "../support/models-on.ts";
import { FEATURES, NOISY, type Rows } from "../support/noisy-rows.ts";

const { x, y } = NOISY;

describe.each(DEVICES)("%s", ({ device }) => {
  const { modelWith, withModel } = modelsOn({ device, tuning: "off" });

  test("rows of weight 0 do not change where L-BFGS ends, nor how, however large they are", async () => {
    const isOut = (i: number) => i % 9 === 4;
    const labels = y.map((label, i) => (isOut(i) ? 9 : label));
    const outcomeOf = (rows: Rows["x"], standardize: boolean) =>
      withModel({ l2: 0.01, ignoreLabel: 9, standardize }, async (model) => {
        const { iterations } = await model.fit(rows, labels);
        const { loss, accuracy } = await model.evaluate(rows, labels);
        const report = await model.report(rows, labels);
        const figures = [loss, accuracy, report.loss, report.accuracy, report.calibrationError];
        return { weights: model.weights, passes: iterations[iterations.length - 1].passes, figures };
      });
    for (const standardize of [false, true]) {
      const plain = await outcomeOf(x, standardize);
      for (const size of [1e4, 1e15, 3e38]) {
        const enlarged = (value: number) => Math.max(-3e38, Math.min(size * value, 3e38));
        const data = x.data.map((value, at) => (isOut(Math.floor(at / FEATURES)) ? enlarged(value) : value));
        const { weights, passes, figures } = await outcomeOf({ ...x, data }, standardize);
        expectClose(weights, plain.weights, { absolute: 1e-5, relative: 1e-5 }, `times ${size}`);
        expectClose(figures, plain.figures, { absolute: 1e-5, relative: 1e-5 }, `times ${size}, figures`);
        expect(passes).toBe(plain.passes);
      }
    }
  });

  test("labels and the label to ignore may be of two types, in any order", async () => {
    const names = y.map((label) => ["ant", "bee", "cow"][label]);
    const cases: readonly (readonly [number | string, readonly Label[]])[] = [
      [-1, names],
      ["", y],
    ];
    for (const [ignoreLabel, labels] of cases) {
      const model = modelWith({ ignoreLabel, l2: 0.01 });
      const weights: Float32Array[] = [];
      for (const out of [(i: number) => i < 2, (i: number) => i === 1 || i === 88]) {
        const mixed = labels.map((label, i) => (out(i) ? ignoreLabel : label)) as unknown as Labels;
        await model.fit(x, mixed);
        expect(model.classes).toEqual([...new Set(labels)].sort());
        weights.push(model.weights);
      }
      expect(weights[0]).not.toEqual(weights[1]);
    }
  });
});
