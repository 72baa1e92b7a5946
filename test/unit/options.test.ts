/** The estimator's options: defaults, what each accepts, and that everything else is refused by name. */
import { describe, expect, test } from "vitest";
import { resolveOptions } from "../../src/option-rules.ts";
import type { ResolvedOptions, SoftmaxRegressionOptions } from "../../src/options.ts";

const DEFAULTS: ResolvedOptions = {
  l2: 1e-4,
  l1: 0,
  solver: "lbfgs",
  bias: true,
  standardize: false,
  classWeight: undefined,
  labelSmoothing: 0,
  ignoreLabel: undefined,
  tolerance: 1e-6,
  maxIterations: 1000,
  maxSeconds: Infinity,
  batchSize: 256,
  epochs: 10,
  learningRate: "auto",
  momentum: 0.9,
  nesterov: false,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  averaging: 0,
  earlyStopping: undefined,
  seed: 0,
  device: "auto",
  threads: "auto",
  storage: "auto",
  tuning: "auto",
  tuningCache: undefined,
  workerUrl: undefined,
};

const UINT32 = 2 ** 32 - 1;
/** What code that knows GPUDevice only by its shape would pass. */
const DEVICE = { queue: {}, createComputePipelineAsync: () => {} };
const schedule = (step: number, steps: number) => step / steps;

type Name = keyof SoftmaxRegressionOptions;

const ACCEPTED: Record<Name, readonly unknown[]> = {
  l2: [0, Number.MIN_VALUE, 1, 1e38],
  l1: [0, Number.MIN_VALUE, 1],
  solver: ["lbfgs", "sgd", "adamw"],
  bias: [true, false],
  standardize: [true, false],
  classWeight: ["balanced", new Map([["owl", 2]]), { owl: 2 }, [1, 2], Float32Array.of(1, 2)],
  labelSmoothing: [0, 0.1, 1 - 2 ** -53],
  ignoreLabel: [-1, -100, 0, "", "unknown"],
  tolerance: [0, 1e-9, 1],
  maxIterations: [1, 1000, UINT32],
  maxSeconds: [0.001, 60, Infinity],
  batchSize: [1, 256, UINT32],
  epochs: [1, 10, UINT32],
  learningRate: ["auto", Number.MIN_VALUE, 0.1, 1000, schedule],
  momentum: [0, 0.5, 0.9, 1 - 2 ** -53],
  nesterov: [true, false],
  beta1: [0, 0.9],
  beta2: [0, 0.999],
  epsilon: [Number.MIN_VALUE, 1e-8, 1],
  averaging: [0, 0.5, 1],
  earlyStopping: [{}, { patience: 0 }, { patience: 3, minDelta: 1e-4 }],
  seed: [0, 1, UINT32],
  device: ["auto", "webgpu", "wasm", "reference", DEVICE],
  threads: ["auto", 1, 2, 64],
  storage: ["auto", "f32", "f16", "u8"],
  tuning: ["auto", "off", "quick", "full", { route: "rows" }],
  tuningCache: [{ getItem: () => null, setItem: () => {} }],
  workerUrl: ["/worker.js", new URL("https://example.org/worker.js")],
};

const NO_NUMBERS = [Number.NaN, Infinity, -Infinity, "1", null, true, [1], 1n, {}];
const NO_COUNTS = [...NO_NUMBERS, -1, 0.5, 1.5, 2 ** 32, () => 1];

const REFUSED: Record<Name, readonly unknown[]> = {
  l2: [...NO_NUMBERS, -1e-9, 1e39, () => 1],
  l1: [...NO_NUMBERS, -1e-9, () => 1],
  solver: ["SGD", "adam", "", null, 0, true],
  bias: [0, 1, "true", null, {}],
  standardize: [0, 1, "true", null, {}],
  classWeight: ["Balanced", "", null, 1, true, () => 1],
  labelSmoothing: [...NO_NUMBERS, -1e-9, 1],
  ignoreLabel: [0.5, Number.NaN, Infinity, null, true, {}],
  tolerance: [...NO_NUMBERS, -1e-9],
  maxIterations: [...NO_COUNTS, 0],
  maxSeconds: [Number.NaN, -Infinity, 0, -1, "1", null, true],
  batchSize: [...NO_COUNTS, 0],
  epochs: [...NO_COUNTS, 0],
  learningRate: [...NO_NUMBERS, 0, -0.1, "Auto", ""],
  momentum: [...NO_NUMBERS, -1e-9, 1, 1.5, () => 1],
  nesterov: [0, 1, "false", null, {}],
  beta1: [...NO_NUMBERS, -1e-9, 1],
  beta2: [...NO_NUMBERS, -1e-9, 1],
  epsilon: [...NO_NUMBERS, 0, -1e-9],
  averaging: [...NO_NUMBERS, -1e-9, 1.1].filter((value) => value !== 1),
  earlyStopping: [null, true, 3, { patience: -1 }, { patience: 0.5 }, { minDelta: -1 }, { wait: 3 }],
  seed: NO_COUNTS,
  threads: [...NO_COUNTS, 0, 65, "2"],
  storage: ["f64", "F16", "", null, 16, true],
  tuning: ["on", "fast", "", null, 1, true],
  tuningCache: ["localStorage", null, {}, { getItem: () => null }, new Map(), true],
  workerUrl: [null, 1, true, {}],
  device: [
    "gpu",
    "cpu",
    "WebGPU",
    "",
    null,
    0,
    true,
    {},
    { queue: {} },
    { createComputePipelineAsync: () => {} },
    () => DEVICE,
  ],
};

const NAMES = Object.keys(DEFAULTS) as Name[];

describe("defaults", () => {
  test("stand where nothing is given", () => {
    expect(resolveOptions({})).toEqual(DEFAULTS);
  });

  test.each(NAMES)("stand where %s is undefined", (name) => {
    const options = { [name]: undefined } as SoftmaxRegressionOptions;
    expect(resolveOptions(options)).toEqual(DEFAULTS);
  });

  test("stand for the options not given, and the caller's object stays as it was", () => {
    const options = Object.freeze({ epochs: 3, momentum: 0 });
    expect(resolveOptions(options)).toEqual({ ...DEFAULTS, epochs: 3, momentum: 0 });
    expect(options).toEqual({ epochs: 3, momentum: 0 });
  });

  test("are not changed through what was returned", () => {
    Object.assign(resolveOptions({}), { epochs: 99 });
    expect(resolveOptions({}).epochs).toBe(10);
  });
});

describe.each(NAMES)("%s", (name) => {
  test.each(ACCEPTED[name].map((value) => [value]))("may be %s", (value) => {
    const resolved = resolveOptions({ [name]: value });
    expect(resolved[name]).toBe(value);
    expect({ ...resolved, [name]: DEFAULTS[name] }).toEqual(DEFAULTS);
  });

  test.each(REFUSED[name].map((value) => [value]))("may not be %s", (value) => {
    expect(() => resolveOptions({ [name]: value })).toThrow(
      expect.objectContaining({
        name: "OptionError",
        argument: name,
        message: expect.stringMatching(new RegExp(`^${name}: expected .+, got .+`)),
      }),
    );
  });
});

describe("messages", () => {
  test.each([
    ["batchSize", 0, "batchSize: expected an integer from 1 to 2³²−1, got 0"],
    ["momentum", 1, "momentum: expected a number in [0, 1), got 1"],
    ["device", "cpu", 'device: expected "auto", "webgpu", "wasm", "reference" or a GPUDevice, got "cpu"'],
    ["seed", "7", 'seed: expected an integer from 0 to 2³²−1, got "7"'],
    ["bias", null, "bias: expected true or false, got null"],
  ])("of %s say what would be accepted and what was given", (name, value, message) => {
    expect(() => resolveOptions({ [name]: value })).toThrow(expect.objectContaining({ message }));
  });
});

describe("unknown names", () => {
  test.each([
    ["learningrate", 0.1],
    ["batch_size", 32],
    ["l2 ", 0],
    ["", 1],
    ["toString", () => ""],
    ["constructor", Object],
    ["epoch", undefined],
  ])("%s is refused, with the names there are", (name, value) => {
    const options = { [name]: value } as SoftmaxRegressionOptions;
    expect(() => resolveOptions(options)).toThrow(
      expect.objectContaining({
        name: "OptionError",
        argument: name,
        message: `${name}: no such option; there are ${NAMES.join(", ")}`,
      }),
    );
  });

  test("are refused among good ones", () => {
    const options = { epochs: 3, lr: 0.1 } as SoftmaxRegressionOptions;
    expect(() => resolveOptions(options)).toThrow(expect.objectContaining({ argument: "lr" }));
  });
});

describe("options that exclude each other", () => {
  test.each([
    ["l1", { solver: "adamw", l1: 0.1 }],
    ["storage", { standardize: true, storage: "u8" }],
  ] as const)("%s is refused", (argument, options) => {
    expect(() => resolveOptions(options)).toThrow(expect.objectContaining({ name: "OptionError", argument }));
  });
});
