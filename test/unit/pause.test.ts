/** Pauses in environments that lack parts of a browser, such as jsdom, which has no MessageChannel. */
import { afterEach, expect, test, vi } from "vitest";
import { strokeDigits } from "../../src/digits.ts";
import { SoftmaxRegression } from "../../src/index.ts";
import { isPauseDue, pause } from "../../src/pause.ts";

/** Value of `performance.now()` in ms, which never decreases. */
let clock = 1e6;

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

test.each([
  ["MessageChannel", []],
  ["setImmediate", ["MessageChannel"]],
  ["setTimeout", ["MessageChannel", "setImmediate"]],
])("a pause comes to an end by %s", async (_, missing) => {
  vi.spyOn(performance, "now").mockImplementation(() => clock);
  clock += 1000;
  for (const name of missing) vi.stubGlobal(name, undefined);
  expect(isPauseDue()).toBe(true);
  let hasTurned = false;
  setTimeout(() => {
    hasTurned = true;
  });
  await pause();
  expect(isPauseDue()).toBe(false);
  for (let turns = 0; !hasTurned; turns++) {
    expect(turns).toBeLessThan(1000);
    clock += 1000;
    await pause();
  }
});

test("a fit and predictions go through without a MessageChannel", async () => {
  vi.stubGlobal("MessageChannel", undefined);
  const { x, y } = strokeDigits({ rows: 300, seed: 0 });
  for (const device of ["auto", "wasm", "reference"] as const) {
    const model = new SoftmaxRegression({ device, solver: "sgd", epochs: 2 });
    await model.fit(x, y);
    expect((await model.predict(x)).length).toBe(300);
    model.dispose();
  }
});
