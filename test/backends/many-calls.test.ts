/** A thousand calls at once, as an application makes them that asks for one row at a time: all come back, and right. */
import { afterEach, expect, test, vi } from "vitest";
import { SoftmaxRegression } from "../../src/index.ts";
import { DEVICES } from "../support/backends.ts";
import { DIGITS } from "../support/digit-rows.ts";
import { disposeLater } from "../support/dispose-later.ts";

const CALLS = 1000;
const { x, y } = DIGITS;

/** Row `i` of the digits, over again after the last. */
function rowOf(i: number) {
  const at = (i % x.rows) * x.cols;
  return { ...x, data: x.data.subarray(at, at + x.cols), rows: 1 };
}

afterEach(() => vi.restoreAllMocks());

test.each(DEVICES.map(({ name, device }) => [name, device] as const))(
  `${CALLS} predictions of one row at once on %s`,
  async (_, device) => {
    const model = disposeLater(new SoftmaxRegression({ device, tuning: "off", l2: 0.01 }));
    await model.fit(x, y);
    const expected = await model.predict(x);
    const predicted = await Promise.all(Array.from({ length: CALLS }, (_, i) => model.predict(rowOf(i))));
    expect(predicted).toEqual(Array.from({ length: CALLS }, (_, i) => [expected[i % x.rows]]));
  },
);

test.each(DEVICES.map(({ name, device }) => [name, device] as const))(
  "calls of every kind at once, while a fit runs and its callbacks make calls of their own, on %s",
  async (_, device) => {
    const options = { device, tuning: "off", solver: "sgd", epochs: 3, batchSize: 64 } as const;
    const model = disposeLater(new SoftmaxRegression(options));
    await model.fit(x, y);
    const logits = await model.logits(rowOf(0));
    const calls: Promise<unknown>[] = [];
    for (let i = 0; i < 40; i++) {
      const row = rowOf(i);
      calls.push(model.predict(row), model.predictProba(row), model.evaluate(x, y), model.report(x, y));
    }
    const fitted = model.fit(x, y, {
      onEpoch: async () => {
        await Promise.all(Array.from({ length: 20 }, (_, i) => model.predict(rowOf(i))));
      },
    });
    for (const outcome of await Promise.allSettled([fitted, ...calls]))
      expect(outcome).toMatchObject({ status: "fulfilled" });
    expect(await model.logits(rowOf(0))).toEqual(logits);
  },
);
