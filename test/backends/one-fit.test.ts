/**
 * One fit at a time, and what comes after one that was aborted: React's strict mode runs an effect, its cleanup and the
 * effect again in one tick, so a fit is aborted and the next begun before anything of the first has ended.
 */
import { describe, expect, test } from "vitest";
import { type FitOptions, type SoftmaxRegression, StateError } from "../../src/index.ts";
import { DEVICES } from "../support/backends.ts";
import { DIGITS } from "../support/digit-rows.ts";
import { modelsOn } from "../support/models-on.ts";

const { x, y } = DIGITS;

/** A fit, and what aborts it. */
function abortable(model: SoftmaxRegression, hooks: FitOptions = {}) {
  const controller = new AbortController();
  const fit = model.fit(x, y, { ...hooks, signal: controller.signal });
  // Looked at later; until then a rejection must not count as unhandled.
  fit.catch(() => {});
  return { fit, abort: (reason?: unknown) => controller.abort(reason) };
}

describe.each(DEVICES)("%s", ({ device }) => {
  const options = { solver: "sgd", epochs: 3, batchSize: 64 } as const;
  const { modelWith, withModel } = modelsOn({ device, tuning: "off", ...options });

  const CALLS: Record<string, (model: SoftmaxRegression) => Promise<unknown>> = {
    fit: async (model) => ({ ...(await model.fit(x, y)), seconds: 0 }),
    "a warm start": async (model) => ({ ...(await model.fit(x, y, { warmStart: true })), seconds: 0 }),
    fitPath: async (model) =>
      (await model.fitPath(x, y, [0.1, 0.01])).map((entry) => ({
        ...entry,
        history: { ...entry.history, seconds: 0 },
      })),
    partialFit: (model) => model.partialFit(x, y),
    calibrate: (model) => model.calibrate(x, y),
  };
  test.each(Object.entries(CALLS))(
    "an effect that fits, its cleanup, and an effect again: %s waits and does what it does alone",
    async (_, call) => {
      const outcomeOf = (isDisturbed: boolean) =>
        withModel({}, async (model) => {
          await model.fit(x, y);
          const effect = isDisturbed ? abortable(model) : null;
          effect?.abort();
          const result = await call(model);
          if (effect) await expect(effect.fit).rejects.toMatchObject({ name: "AbortError" });
          return { result, weights: model.weights, temperature: model.temperature };
        });
      expect(await outcomeOf(true)).toEqual(await outcomeOf(false));
    },
  );

  test("five effects in a row: the last one counts", async () => {
    const model = modelWith();
    const effects = [];
    for (let i = 0; i < 5; i++) {
      effects.at(-1)?.abort(new Error(`cleanup ${effects.length - 1}`));
      effects.push(abortable(model));
    }
    const outcomes = await Promise.allSettled(effects.map((effect) => effect.fit));
    for (const [i, outcome] of outcomes.slice(0, -1).entries())
      expect(outcome).toMatchObject({ status: "rejected", reason: { message: `cleanup ${i}` } });
    expect(outcomes[4]).toMatchObject({ status: "fulfilled", value: { epochs: { length: 3 } } });
  });

  test("one that runs and was not aborted refuses every other, also once it waits for an aborted one", async () => {
    const model = modelWith();
    const first = abortable(model);
    await expect(model.fit(x, y)).rejects.toThrow(StateError);
    first.abort();
    const second = model.fit(x, y);
    for (const call of Object.values(CALLS))
      await expect(call(model)).rejects.toThrow(/^fit: a fit is running/);
    await second;
    await model.fit(x, y);
  });

  test("classes neither come nor go before an aborted fit has ended", async () => {
    const model = modelWith();
    await model.fit(x, y);
    const { fit, abort } = abortable(model);
    abort();
    expect(() => model.addClass(99)).toThrow(StateError);
    expect(() => model.removeClass(1)).toThrow(StateError);
    await expect(fit).rejects.toMatchObject({ name: "AbortError" });
    model.addClass(99);
    expect(model.classes).toContain(99);
  });

  test("one that is aborted while it waits rejects at once; the next waits for the first", async () => {
    const model = modelWith();
    let begin = () => {};
    const begun = new Promise<void>((resolve) => {
      begin = resolve;
    });
    const first = abortable(model, { onProgress: () => begin() });
    await begun;
    const events: string[] = [];
    first.fit.catch(() => events.push("the first has ended"));
    first.abort("first");
    const second = abortable(model);
    second.abort("second");
    const third = model.fit(x, y, { onProgress: () => events.push("the third runs") });
    await expect(second.fit).rejects.toBe("second");
    await expect(first.fit).rejects.toBe("first");
    expect((await third).epochs.length).toBe(3);
    expect(events.slice(0, 2)).toEqual(["the first has ended", "the third runs"]);
  });

  test("a callback of an aborted fit may wait for the next fit", async () => {
    const model = modelWith();
    const controller = new AbortController();
    let inner: Promise<unknown> | undefined;
    const outer = model.fit(x, y, {
      signal: controller.signal,
      onEpoch: async ({ epoch }) => {
        if (epoch !== 1) return;
        controller.abort("enough");
        inner = model.fit(x, y);
        await inner;
      },
    });
    await expect(outer).rejects.toBe("enough");
    expect(await inner).toMatchObject({ epochs: { length: 3 } });
  });

  test("an aborted fit is resumed in the same tick, with the same bits", async () => {
    const whole = await withModel({}, async (model) => {
      await model.fit(x, y, { onEpoch: () => {} });
      return model.weights;
    });
    await withModel({}, async (model) => {
      const controller = new AbortController();
      let rest: Promise<unknown> | undefined;
      const first = model.fit(x, y, {
        signal: controller.signal,
        onEpoch: ({ epoch }) => {
          if (epoch !== 2) return;
          controller.abort();
          rest = model.fit(x, y, { resume: true });
        },
      });
      await expect(first).rejects.toMatchObject({ name: "AbortError" });
      await rest;
      expect(model.weights).toEqual(whole);
    });
  });

  test("dispose() ends one that runs and one that waits", async () => {
    const model = modelWith();
    const first = abortable(model);
    first.abort();
    const second = model.fit(x, y);
    model.dispose();
    await expect(second).rejects.toThrow(StateError);
    await expect(first.fit).rejects.toThrow();
    await expect(model.fit(x, y)).rejects.toThrow(StateError);
  });
});
