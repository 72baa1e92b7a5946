/** The estimator's options: defaults, what each accepts, and that everything else is refused by name. */
import { describe, expect, test } from "vitest";
import type { FitOptions } from "../../src/fit-options.ts";
import { checkOptions, resolveOptions } from "../../src/option-rules.ts";
import type { ResolvedOptions, SoftmaxRegressionOptions } from "../../src/options.ts";

/** What the documentation of each option says, in its order. */
const DEFAULTS: ResolvedOptions = {
  ...{ l2: 1e-4, l1: 0, solver: "lbfgs", bias: true, standardize: false, classWeight: undefined },
  ...{
    labelSmoothing: 0,
    ignoreLabel: undefined,
    tolerance: 1e-6,
    maxIterations: 1000,
    maxSeconds: Infinity,
  },
  ...{ batchSize: 256, epochs: 10, learningRate: "auto", momentum: 0.9, nesterov: false },
  ...{ beta1: 0.9, beta2: 0.999, epsilon: 1e-8, averaging: 0, earlyStopping: undefined, seed: 0 },
  ...{ device: "auto", threads: "auto", storage: "auto", tuning: "auto" },
  ...{ tuningCache: undefined, workerUrl: undefined },
};

const UINT32 = 2 ** 32 - 1;
/** What code that knows GPUDevice only by its shape would pass. */
const DEVICE = { queue: {}, createComputePipelineAsync: () => {} };
const PARTS = [{ queue: {} }, { createComputePipelineAsync: () => {} }];
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
  device: ["gpu", "cpu", "WebGPU", "", null, 0, true, {}, ...PARTS, () => DEVICE],
};

const NAMES = Object.keys(DEFAULTS) as Name[];

/** Options that a solver other than the default one looks at. */
const OF_ANOTHER: Readonly<Partial<Record<Name, "sgd" | "adamw">>> = {
  ...{ epochs: "sgd", averaging: "sgd", earlyStopping: "sgd" },
  ...{ beta1: "adamw", beta2: "adamw", epsilon: "adamw" },
};

/** The solver that an option is for, if it is not the default one. */
function solverFor(name: Name): SoftmaxRegressionOptions {
  const solver = OF_ANOTHER[name];
  return solver ? { solver } : {};
}

/** Matches an error of an option, by its name and its message. */
function optionError(argument: string, message = /./) {
  return expect.objectContaining({ name: "OptionError", argument, message: expect.stringMatching(message) });
}

describe("defaults", () => {
  test("stand where nothing is given", () => {
    expect(resolveOptions({})).toEqual(DEFAULTS);
  });

  test.each(NAMES)("stand where %s is undefined", (name) => {
    const options = { [name]: undefined } as SoftmaxRegressionOptions;
    expect(resolveOptions(options)).toEqual(DEFAULTS);
  });

  test("stand for the options not given, and the caller's object stays as it was", () => {
    const options = Object.freeze({ batchSize: 3, momentum: 0 });
    expect(resolveOptions(options)).toEqual({ ...DEFAULTS, batchSize: 3, momentum: 0 });
    expect(options).toEqual({ batchSize: 3, momentum: 0 });
  });

  test("are not changed through what was returned", () => {
    Object.assign(resolveOptions({}), { epochs: 99 });
    expect(resolveOptions({}).epochs).toBe(10);
  });
});

describe.each(NAMES)("%s", (name) => {
  test.each(ACCEPTED[name].map((value) => [value]))("may be %s", (value) => {
    const resolved = resolveOptions({ ...solverFor(name), [name]: value });
    expect(resolved[name]).toBe(value);
    expect({ ...resolved, [name]: DEFAULTS[name] }).toEqual({ ...DEFAULTS, ...solverFor(name) });
  });

  test.each(REFUSED[name].map((value) => [value]))("may not be %s", (value) => {
    const refused = () => resolveOptions({ ...solverFor(name), [name]: value });
    expect(refused).toThrow(optionError(name, new RegExp(`^${name}: expected .+, got .+`)));
  });
});

describe("messages", () => {
  test.each([
    ["batchSize", 0, "batchSize: expected an integer from 1 to 2³²−1, got 0"],
    ["momentum", 1, "momentum: expected a number in [0, 1), got 1"],
    [
      "device",
      "cpu",
      'device: expected "auto", "webgpu", "wasm", "reference" or a GPUDevice, got "cpu"; did you mean "wasm"?',
    ],
    ["solver", "adam", 'solver: expected "lbfgs", "sgd" or "adamw", got "adam"; did you mean "adamw"?'],
    ["solver", "L-BFGS", 'solver: expected "lbfgs", "sgd" or "adamw", got "L-BFGS"; did you mean "lbfgs"?'],
    ["solver", "newton", 'solver: expected "lbfgs", "sgd" or "adamw", got "newton"'],
    ["seed", "7", 'seed: expected an integer from 0 to 2³²−1, got "7"'],
    ["bias", null, "bias: expected true or false, got null"],
  ])("of %s say what would be accepted and what was given", (name, value, message) => {
    expect(() => resolveOptions({ [name]: value })).toThrow(expect.objectContaining({ message }));
  });
});

describe("unknown names", () => {
  test.each([
    ["", 1],
    ["toString", () => ""],
    ["constructor", Object],
    ["__proto__x", 1],
    ["kernel", undefined],
  ])("%s is refused, with the names there are", (name, value) => {
    const options = { [name]: value } as SoftmaxRegressionOptions;
    const message = `${name}: no such option; there are ${NAMES.join(", ")}`;
    const error = expect.objectContaining({ name: "OptionError", argument: name, message });
    expect(() => resolveOptions(options)).toThrow(error);
  });

  test.each([
    ["learningrate", "learningRate"],
    ["batch_size", "batchSize"],
    ["l2 ", "l2"],
    ["epoch", "epochs"],
    ["C", "l2"],
    ["lr", "learningRate"],
    ["max_iter", "maxIterations"],
    ["weight_decay", "l2"],
    ["fit_intercept", "bias"],
    ["random_state", "seed"],
    ["standardise", "standardize"],
  ])("%s is refused, and %s suggested", (name, meant) => {
    const message = `${name}: no such option; did you mean ${meant}?`;
    const error = expect.objectContaining({ argument: name, message });
    expect(() => resolveOptions({ [name]: 1 } as SoftmaxRegressionOptions)).toThrow(error);
  });

  test("of a fit are told from those of the estimator", () => {
    const estimator = { given: [], solver: "lbfgs" } as const;
    const checked = (options: object) => () => checkOptions.fit(options as FitOptions, estimator);
    const create = () => resolveOptions({ validation: [] } as SoftmaxRegressionOptions);
    expect(create).toThrow(/an option of fit/);
    expect(checked({ epochs: 3 })).toThrow(/an option of new SoftmaxRegression/);
    expect(checked({ validationData: [] })).toThrow(/did you mean validation\?/);
  });

  test("are refused among good ones", () => {
    const options = { batchSize: 3, lr: 0.1 } as SoftmaxRegressionOptions;
    expect(() => resolveOptions(options)).toThrow(expect.objectContaining({ argument: "lr" }));
  });
});

describe("options that a solver does not look at", () => {
  test.each([
    ["epochs", {}, { epochs: 3 }],
    ["averaging", {}, { averaging: 0.5 }],
    ["earlyStopping", {}, { earlyStopping: {} }],
    ["beta1", {}, { beta1: 0.5 }],
    ["beta2", { solver: "sgd" }, { beta2: 0.5 }],
    ["epsilon", { solver: "sgd" }, { epsilon: 1e-6 }],
    ["momentum", { solver: "adamw" }, { momentum: 0.5 }],
    ["nesterov", { solver: "adamw" }, { nesterov: true }],
    ["tolerance", { solver: "sgd" }, { tolerance: 1e-4 }],
    ["maxIterations", { solver: "adamw" }, { maxIterations: 5 }],
    ["maxSeconds", { solver: "sgd" }, { maxSeconds: 5 }],
  ] as const)("%s is refused with %j, and the solvers named that do", (name, solver, option) => {
    const error = optionError(name, /has no effect with solver ".+"; use solver "/);
    expect(() => resolveOptions({ ...solver, ...option })).toThrow(error);
  });

  test.each(["batchSize", "learningRate", "momentum", "nesterov"])(
    "%s is for partialFit with L-BFGS, and refused by fit",
    (name) => {
      const estimator = { given: [name], solver: "lbfgs" } as const;
      for (const check of [checkOptions.fit, checkOptions.fitPath])
        expect(() => check({}, estimator)).toThrow(optionError(name));
      expect(() => checkOptions.fit({}, { ...estimator, solver: "sgd" })).not.toThrow();
    },
  );

  test("so are the hooks of another solver", () => {
    const [hook, given] = [() => {}, []];
    expect(() => checkOptions.fit({ onEpoch: hook }, { given, solver: "lbfgs" })).toThrow(
      optionError("onEpoch"),
    );
    for (const solver of ["sgd", "adamw"] as const)
      expect(() => checkOptions.fit({ onIteration: hook }, { given, solver })).toThrow(
        optionError("onIteration"),
      );
    for (const solver of ["lbfgs", "sgd", "adamw"] as const)
      expect(() => checkOptions.fit({ onEpoch: hook, onIteration: hook }, { given, solver })).not.toThrow();
  });
});

describe("options that exclude each other", () => {
  test.each([
    ["l1", { solver: "adamw", l1: 0.1 }],
    ["storage", { standardize: true, storage: "u8" }],
  ] as const)("%s is refused", (argument, options) => {
    expect(() => resolveOptions(options)).toThrow(optionError(argument));
  });
});
