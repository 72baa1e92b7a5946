/** Fits for several λ on the same rows. */
import { describe, expect, test } from "vitest";
import { DEVICES } from "../support/backends.ts";
import { DIGITS } from "../support/digit-rows.ts";
import { expectClose } from "../support/expect-close.ts";
import { modelsOn } from "../support/models-on.ts";
import { NOISY, noisyRows } from "../support/noisy-rows.ts";
import { sum } from "../support/sum.ts";

describe.each(DEVICES)("%s", ({ device }) => {
  const { modelWith, withModel } = modelsOn({ device, tuning: "off" });

  test("a path of λ is what single fits are, in the order asked for", async () => {
    const { x, y, validation } = DIGITS;
    const l2s = [0.01, 0.1, 0.001];
    const model = modelWith();
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

  test("a path of λ starts each fit where the last one ended, and keeps the λ of least validation loss", async () => {
    const { validation } = NOISY;
    const l2s = [1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 1e-4];
    const sample = noisyRows(24, 3);
    const passesOf = (iterations: readonly { passes: number }[]) => iterations[iterations.length - 1].passes;
    const single = await Promise.all(
      l2s.map((l2) =>
        withModel({ l2 }, async (model) => passesOf((await model.fit(sample.x, sample.y)).iterations)),
      ),
    );
    await withModel({}, async (model) => {
      const path = await model.fitPath(sample.x, sample.y, l2s, { validation });
      const passes = path.map(({ history }) => passesOf(history.iterations));
      expect(sum(passes)).toBeLessThan(sum(single));
      // At the last optimum the gradient of the data is −2λW: the slope left is 2(λ − λ′)W, not that at 0.
      const atZero = path[0].history.iterations[0].objective;
      for (const { history } of path.slice(1)) expect(history.iterations[0].objective).toBeLessThan(atZero);
      const losses = path.map((entry) => entry.validation?.loss ?? Infinity);
      const best = losses.indexOf(Math.min(...losses));
      expect([0, l2s.length - 1]).not.toContain(best);
      expect(model.l2).toBe(l2s[best]);
      expect((await model.evaluate(...validation)).loss).toBeCloseTo(losses[best], 6);
    });
  });
});
