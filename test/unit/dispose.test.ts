/** `using`: a model is disposed of at the end of its block, also in engines that have no Symbol.dispose. */
import { expect, test, vi } from "vitest";
import { SoftmaxRegression, StateError } from "../../src/index.ts";

const X = [[0], [1]];
const Y = [0, 1];

test("a model that was declared with using is disposed of at the end of its block", async () => {
  let outside: SoftmaxRegression;
  {
    using model = new SoftmaxRegression({ device: "reference" });
    outside = model;
    await model.fit(X, Y);
  }
  await expect(outside.predict(X)).rejects.toThrow(StateError);
});

test("a model is never copied as an empty object: JSON has all of it, and cloning fails", async () => {
  using model = new SoftmaxRegression({ device: "reference", l2: 0.01 });
  expect(() => JSON.stringify(model)).toThrow(StateError);
  await model.fit(X, ["no", "yes"]);
  expect(() => structuredClone(model)).toThrow(expect.objectContaining({ name: "DataCloneError" }));
  using copy = await SoftmaxRegression.load(JSON.stringify(model), { device: "reference" });
  expect(await copy.predictProba(X)).toEqual(await model.predictProba(X));
  expect(copy.l2).toBe(0.01);
  expect(structuredClone(model.toJSON())).toMatchObject({ classes: ["no", "yes"] });
});

test("an engine without Symbol.dispose has it under the name that compilers ask for", async () => {
  vi.resetModules();
  const { Symbol: Whole } = globalThis;
  const earlier = Object.setPrototypeOf((description?: string) => Whole(description), Whole);
  vi.stubGlobal("Symbol", Object.defineProperty(earlier, "dispose", { value: undefined }));
  const { SoftmaxRegression: Fresh } = await import("../../src/index.ts");
  vi.unstubAllGlobals();
  const model = new Fresh({ device: "reference" });
  await model.fit(X, Y);
  Reflect.get(model, Symbol.for("Symbol.dispose")).call(model);
  await expect(model.predict(X)).rejects.toMatchObject({ name: "StateError" });
  expect(Object.getOwnPropertyNames(Fresh.prototype)).not.toContain("undefined");
});
