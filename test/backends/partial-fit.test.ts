/** Rows that come in over time. */
import { describe, expect, test } from "vitest";
import { modelToSafetensors } from "../../src/formats/model-safetensors.ts";
import { readModel } from "../../src/formats/read-model.ts";
import { SoftmaxRegression } from "../../src/index.ts";
import { DEVICES } from "../support/backends.ts";
import { DIGITS } from "../support/digit-rows.ts";
import { modelsOn } from "../support/models-on.ts";
import { NOISY } from "../support/noisy-rows.ts";

describe.each(DEVICES)("%s", ({ device }) => {
  const { modelWith, loadedWith, withModel } = modelsOn({ device, tuning: "off" });

  describe("rows that come in", () => {
    const { x, y } = DIGITS;
    const rows = (first: number, count: number) => ({
      x: { ...x, data: x.data.slice(first * x.cols, (first + count) * x.cols), rows: count },
      y: y.slice(first, first + count),
    });

    test("classes declared up front may be missing in a batch; later ones are learnt", async () => {
      const model = modelWith({ batchSize: 20 });
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
        const model = modelWith({ solver, batchSize: 24 });
        const [first, second] = [rows(0, 120), rows(120, 120)];
        await model.partialFit(first.x, first.y, { classes: [0, 1, 2, 3] });
        const copy = await SoftmaxRegression.load(await model.toSafetensors(), { device });
        expect(copy.isResumable).toBe(false);
        await model.partialFit(second.x, second.y);
        await copy.partialFit(second.x, second.y);
        expect(copy.weights).toEqual(model.weights);
        copy.dispose();
      }
    });
  });

  test("batches that come in are visited in another order each time", async () => {
    const rows = 32;
    const data = Float32Array.from({ length: rows * rows }, (_, at) => (at % (rows + 1) === 0 ? 1 : 0));
    const labels = Array.from({ length: rows }, (_, i) => i % 2);
    // Row i is all that moves the weights of feature i, and only the first row of a batch has a rate.
    const learningRate = (step: number) => (step % rows === 0 ? 1 : 0);
    await withModel({ solver: "sgd", batchSize: 1, momentum: 0, l2: 0, learningRate }, async (model) => {
      const first = new Set<number>();
      for (let batch = 1; batch <= 4; batch++) {
        await model.partialFit({ data, rows, cols: rows }, labels);
        for (const [j, weight] of model.weights.subarray(0, rows).entries()) if (weight !== 0) first.add(j);
      }
      expect(first.size).toBeGreaterThan(1);
    });
  });

  test("batches that come in after a change of solver begin without what the other remembers", async () => {
    const { x, y, held } = NOISY;
    const solvers = ["sgd", "adamw"] as const;
    for (const [begun, other] of [solvers, solvers.toReversed()]) {
      const saved = await withModel({ solver: begun, batchSize: 32 }, async (model) => {
        await model.partialFit(x, y);
        return readModel(await model.toSafetensors());
      });
      const weightsAfter = async (model: typeof saved) => {
        const loaded = await loadedWith(await modelToSafetensors(model), { solver: other });
        await loaded.partialFit(held.x, held.y);
        return loaded.weights;
      };
      expect(await weightsAfter(saved), other).toEqual(await weightsAfter({ ...saved, progress: null }));
    }
  });
});
