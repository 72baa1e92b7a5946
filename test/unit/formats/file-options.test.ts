/**
 * Options in files: a file decides what the model is, but not on which device it runs, and which scripts are fetched or
 * run.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { SavedModel } from "../../../src/formats/saved-model.ts";
import { FormatError, type SoftmaxRegressionOptions } from "../../../src/index.ts";
import { fittedOf, optionsOf, savedModel } from "../../../src/model/save.ts";
import { effectiveOptions } from "../../../src/option-effects.ts";
import { resolveOptions } from "../../../src/option-rules.ts";
import { DEFAULTS } from "../../../src/options.ts";
import { expectFormatError, plainModel } from "./support.ts";

const withOptions = (options: unknown) => ({ ...plainModel, options }) as SavedModel;

/** Options for device and speed, each with values that an estimator would accept. */
const RUN: Record<string, readonly unknown[]> = {
  device: ["webgpu", "wasm", "reference", "auto"],
  threads: [2, 64, "auto"],
  tuning: ["full", "off", { forward: "x" }],
  tuningCache: [{}, null, "localStorage"],
  workerUrl: ["data:text/javascript,throw 1", "https://example.org/worker.js", ""],
};

/** Options that a file may hold, each with a value that is not the default. */
const MODEL: SoftmaxRegressionOptions = {
  l2: 0.5,
  l1: 0.25,
  solver: "sgd",
  bias: false,
  standardize: true,
  classWeight: "balanced",
  labelSmoothing: 0.1,
  ignoreLabel: -1,
  tolerance: 1e-3,
  maxIterations: 7,
  maxSeconds: 3,
  batchSize: 32,
  epochs: 4,
  learningRate: 0.1,
  momentum: 0.5,
  nesterov: true,
  beta1: 0.5,
  beta2: 0.9,
  epsilon: 1e-3,
  averaging: 0.5,
  earlyStopping: { patience: 2, minDelta: 0.1 },
  seed: 5,
  storage: "f16",
};

test("every option is in one of the two lists", () => {
  expect([...Object.keys(RUN), ...Object.keys(MODEL)].toSorted()).toEqual(Object.keys(DEFAULTS).toSorted());
});

describe("an option for device or speed is refused in a file", () => {
  for (const [name, values] of Object.entries(RUN))
    test.each(values.map((value) => [value]))(`${name} %j`, async (value) => {
      const saved = withOptions({ l2: 0.5, [name]: value });
      const reason = /no option that a file may hold/;
      await expectFormatError(() => optionsOf(saved, {}), `model.options.${name}`, reason);
      // Also if the caller gives the option: this library writes no such file.
      const given = { [name]: DEFAULTS[name as keyof typeof DEFAULTS] };
      await expectFormatError(() => optionsOf(saved, given), `model.options.${name}`, /no option/);
      await expectFormatError(() => fittedOf(saved), `model.options.${name}`, /no option/);
    });
});

test("options of the model are loaded, unless the caller gives others", () => {
  const fitted = fittedOf(plainModel);
  const run = { device: "reference", threads: 3, workerUrl: "x.js", tuning: "off" } as const;
  const options = { ...DEFAULTS, ...MODEL, ...run };
  const saved = savedModel(fitted, options, null);
  const looked = effectiveOptions({ ...MODEL, l2: fitted.l2, l1: fitted.l1 });
  expect(Object.keys(looked).length).toBeGreaterThan(10);
  expect(optionsOf(saved, {})).toEqual(looked);
  const given = { epochs: 9, device: "wasm" } as const;
  expect(optionsOf(saved, given)).toMatchObject({ ...given, seed: 5 });
});

test.each([
  ["an unknown option", { shader: "x" }, "shader", /no option that a file may hold/],
  ["an option of JavaScript's", { toString: 1 }, "toString", /no option that a file may hold/],
  ["a schedule as text", { learningRate: "(step) => alert(step)" }, "learningRate", /expected "auto"/],
  ["a batch of half a row", { batchSize: 0.5 }, "batchSize", /expected an integer/],
  ["more epochs than a count holds", { epochs: 2 ** 32 }, "epochs", /expected an integer/],
  ["no time", { maxSeconds: -1 }, "maxSeconds", /expected a number > 0/],
  ["more than early stopping has", { earlyStopping: { patience: 1, after: 1 } }, "earlyStopping", /expected/],
])("%s is refused", async (_, options, name, reason) => {
  await expectFormatError(() => optionsOf(withOptions(options), {}), `model.options.${name}`, reason);
});

test("whatever options a file holds, the device is the caller's choice or the default", () => {
  const names = fc.oneof(
    fc.constantFrom(...Object.keys(DEFAULTS)),
    fc.constantFrom("toString", "valueOf", "hasOwnProperty", "Device", "worker"),
    fc.string(),
  );
  const values = fc.oneof(
    fc.constantFrom<unknown>(...Object.values(RUN).flat(), ...Object.values(MODEL)),
    fc.jsonValue(),
  );
  const given = fc.constantFrom<SoftmaxRegressionOptions>(
    {},
    { device: "reference" },
    { device: "wasm", threads: 2, workerUrl: "own.js", tuning: "off" },
    { l2: 3, epochs: 2 },
  );
  const changes = fc.array(fc.tuple(names, values), { maxLength: 4 });
  const known = fc.subarray(Object.entries(MODEL));
  let [accepted, refused] = [0, 0];
  fc.assert(
    fc.property(known, changes, given, (sound, mutated, own) => {
      const saved = withOptions(Object.fromEntries([...sound, ...mutated]));
      let options: SoftmaxRegressionOptions;
      try {
        options = optionsOf(saved, own);
      } catch (error) {
        expect(error).toBeInstanceOf(FormatError);
        refused++;
        return;
      }
      accepted++;
      for (const name of Object.keys(RUN) as (keyof SoftmaxRegressionOptions)[])
        expect(options[name]).toBe(own[name]);
      expect(Object.values(options).every((value) => typeof value !== "function")).toBe(true);
      // An estimator accepts the options of the file themselves.
      resolveOptions(optionsOf(saved, {}));
    }),
    { numRuns: 3000 },
  );
  expect(Math.min(accepted, refused)).toBeGreaterThan(300);
});
