/** Classes that are added to a fitted model, and removed from it. */
import { describe, expect, test } from "vitest";
import { type Label, SoftmaxRegression, StateError } from "../../src/index.ts";
import { DEVICES } from "../support/backends.ts";
import { DIGITS } from "../support/digit-rows.ts";
import { expectClose } from "../support/expect-close.ts";
import { modelsOn } from "../support/models-on.ts";
import { FEATURES, NOISY } from "../support/noisy-rows.ts";

describe.each(DEVICES)("%s", ({ device }) => {
  const { modelWith } = modelsOn({ device, tuning: "off" });

  test("a class is added and learnt, and one is removed", async () => {
    const { x, y } = DIGITS;
    const model = modelWith({ l2: 0.01 });
    const isThree = y.map((label) => label === 3);
    const without = Array.from(isThree.keys()).filter((i) => !isThree[i]);
    const data = Uint8Array.from(without.flatMap((i) => [...x.data.subarray(i * x.cols, (i + 1) * x.cols)]));
    await model.fit(
      { ...x, data, rows: without.length },
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

  describe("a class that is added", () => {
    const { x, y } = NOISY;

    const ROWS = [
      [-9, -1],
      [-1, -1],
      [0, 0],
      [1, 3],
      [8, -8],
      [-8, 8],
    ];

    test("has its weights at the position of its label", async () => {
      const model = modelWith({ l2: 0.01 });
      const labels = y.map((label) => [10, 20, 40][label]);
      await model.fit(x, labels);
      const [scores, weights] = [await model.logits(x), model.weights];
      model.addClass(30);
      expect(model.classes).toEqual([10, 20, 30, 40]);
      const after = await model.logits(x);
      expect(after.data.filter((_, at) => at % 4 !== 2)).toEqual(scores.data);
      expect(model.weights.slice(0, 2 * FEATURES)).toEqual(weights.slice(0, 2 * FEATURES));
      expect(model.weights.slice(3 * FEATURES)).toEqual(weights.slice(2 * FEATURES));
    });

    test("is never the most probable before it is trained, even if the rows of weights are not centred", async () => {
      const coef = [
        [5, 5],
        [6, 4],
        [7, 6],
      ];
      for (const intercept of [
        [0, 0, 0],
        [-3, 1, 8],
      ]) {
        const model = await SoftmaxRegression.fromSklearn(
          { coef, intercept, classes: ["a", "c", "d"] },
          { device },
        );
        const before = await model.predict(ROWS);
        model.addClass("b");
        expect(await model.predict(ROWS)).toEqual(before);
        model.removeClass("c");
        const fewer = await model.predict(ROWS);
        model.addClass("e");
        expect(await model.predict(ROWS)).toEqual(fewer);
        model.dispose();
      }
    });
  });

  test("while a fit runs the model is not calibrated, and its classes stay", async () => {
    const { x, y, validation } = NOISY;
    const model = modelWith({ solver: "sgd", epochs: 2, batchSize: 30 });
    await model.fit(x, y);
    let tried = 0;
    await model.fit(x, y, {
      onEpoch: async () => {
        tried++;
        const refusal = { name: "StateError" };
        await expect(model.calibrate(...validation)).rejects.toMatchObject(refusal);
        expect(() => model.addClass(7)).toThrow(expect.objectContaining(refusal));
        expect(() => model.removeClass(0)).toThrow(expect.objectContaining(refusal));
      },
    });
    expect([tried, model.temperature, model.classes]).toEqual([2, 1, [0, 1, 2]]);
    model.addClass(7);
    expect(model.classes).toEqual([0, 1, 2, 7]);
  });
});
