/** What each option of the estimator must be. Nothing is coerced: what does not fit is refused by name. */
import { describe } from "./data/matrix.ts";
import { OptionError } from "./errors.ts";
import type {
  EvaluateOptions,
  FitOptions,
  PartialFitOptions,
  PredictOptions,
  ReportOptions,
} from "./fit-options.ts";
import { DEFAULTS, type ResolvedOptions, type SoftmaxRegressionOptions } from "./options.ts";

const NAMED_DEVICES: readonly unknown[] = ["auto", "webgpu", "wasm", "reference"];
const STORAGES: readonly unknown[] = ["auto", "f32", "f16", "u8"];
const TUNINGS: readonly unknown[] = ["auto", "off", "quick", "full"];
const SOLVERS: readonly unknown[] = ["lbfgs", "sgd", "adamw"];
const UINT32 = 2 ** 32 - 1;

/** What each option must be, in words, and whether a value is. */
type RulesOf<T> = { readonly [Name in keyof T]-?: Rule };

type Rule = readonly [expected: string, accepts: (value: unknown) => boolean];

const NOT_NEGATIVE: Rule = [
  "a finite float32 ≥ 0",
  (value) => isNumber(value) && value >= 0 && Number.isFinite(Math.fround(value)),
];
const BOOLEAN: Rule = ["true or false", (value) => typeof value === "boolean"];
const SHARE: Rule = ["a number in [0, 1)", (value) => isNumber(value) && value >= 0 && value < 1];
const FUNCTION: Rule = ["a function", (value) => typeof value === "function"];

const RULES: RulesOf<ResolvedOptions> = {
  l2: NOT_NEGATIVE,
  l1: NOT_NEGATIVE,
  solver: ['"lbfgs", "sgd" or "adamw"', (value) => SOLVERS.includes(value)],
  bias: BOOLEAN,
  standardize: BOOLEAN,
  classWeight: [
    '"balanced", or weights by label in a Map, an object or an array',
    (value) => value === "balanced" || (typeof value === "object" && value !== null),
  ],
  labelSmoothing: SHARE,
  ignoreLabel: ["an integer or a string", (value) => typeof value === "string" || Number.isInteger(value)],
  tolerance: NOT_NEGATIVE,
  maxIterations: ["an integer from 1 to 2³²−1", (value) => isInteger(value, 1)],
  maxSeconds: ["a number > 0", (value) => typeof value === "number" && value > 0],
  batchSize: ["an integer from 1 to 2³²−1", (value) => isInteger(value, 1)],
  epochs: ["an integer from 1 to 2³²−1", (value) => isInteger(value, 1)],
  learningRate: [
    '"auto", a finite number > 0 or a function (step, steps) => rate',
    (value) => value === "auto" || typeof value === "function" || (isNumber(value) && value > 0),
  ],
  momentum: SHARE,
  nesterov: BOOLEAN,
  beta1: SHARE,
  beta2: SHARE,
  epsilon: ["a finite number > 0", (value) => isNumber(value) && value > 0],
  averaging: ["a number in [0, 1]", (value) => isNumber(value) && value >= 0 && value <= 1],
  earlyStopping: ["{ patience, minDelta }", isEarlyStopping],
  seed: ["an integer from 0 to 2³²−1", (value) => isInteger(value, 0)],
  device: [
    '"auto", "webgpu", "wasm", "reference" or a GPUDevice',
    (value) => NAMED_DEVICES.includes(value) || isGpuDevice(value),
  ],
  threads: [
    '"auto" or an integer from 1 to 64',
    (value) => value === "auto" || (isInteger(value, 1) && Number(value) <= 64),
  ],
  storage: ['"auto", "f32", "f16" or "u8"', (value) => STORAGES.includes(value)],
  tuning: [
    '"auto", "off", "quick", "full" or a choice that a fit reported',
    (value) => TUNINGS.includes(value) || (typeof value === "object" && value !== null),
  ],
  tuningCache: [
    "an object with getItem and setItem, such as localStorage",
    (value) => hasMethod(value, "getItem") && hasMethod(value, "setItem"),
  ],
  workerUrl: ["a string or a URL", (value) => typeof value === "string" || value instanceof URL],
};

const FIT_RULES: RulesOf<FitOptions> = {
  validation: [
    "[x, y] or [x, y, sampleWeight]",
    (value) =>
      Array.isArray(value) &&
      (value.length === 2 || value.length === 3) &&
      value[0] != null &&
      value[1] != null,
  ],
  sampleWeight: ["an array of a weight per row", isListLike],
  classes: ["an array of labels", Array.isArray],
  warmStart: BOOLEAN,
  resume: BOOLEAN,
  onEpoch: FUNCTION,
  onIteration: FUNCTION,
  onProgress: FUNCTION,
  signal: ["an AbortSignal", (value) => value instanceof AbortSignal],
};

/**
 * Fills in defaults.
 *
 * @throws OptionError an unknown name, a value out of range, or two that exclude each other; nothing is coerced
 */
export function resolveOptions(options: SoftmaxRegressionOptions): ResolvedOptions {
  check(options, RULES);
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const resolved = { ...DEFAULTS, ...given };
  if (resolved.solver === "adamw" && resolved.l1 > 0)
    throw new OptionError("l1", 'AdamW has no L1 penalty; use solver "sgd" or "lbfgs", or l1: 0');
  if (resolved.standardize && resolved.storage === "u8")
    throw new OptionError("storage", 'bytes cannot hold standardised values; use "auto", "f32" or "f16"');
  return resolved;
}

const { resume: _, ...PATH_RULES } = FIT_RULES;
const { sampleWeight, classes, onProgress, signal } = FIT_RULES;
const PARTIAL_FIT_RULES: RulesOf<PartialFitOptions> = { sampleWeight, classes, onProgress, signal };
const EVALUATE_RULES: RulesOf<EvaluateOptions> = { sampleWeight };
const REPORT_RULES: RulesOf<ReportOptions> = {
  sampleWeight,
  topK: ["an array of integers ≥ 1", (value) => Array.isArray(value) && value.every((k) => isInteger(k, 1))],
  bins: ["an integer from 1 to 1000", (value) => isInteger(value, 1) && Number(value) <= 1000],
};
const PREDICT_RULES: RulesOf<PredictOptions> = {
  minProbability: ["a number in [0, 1]", (value) => isNumber(value) && value >= 0 && value <= 1],
};

/** Checks of the options of one call: @throws OptionError an unknown name, or a value that does not fit. */
export const checkOptions = {
  fit: (options: FitOptions) => check(options, FIT_RULES),
  fitPath: (options: Omit<FitOptions, "resume">) => check(options, PATH_RULES),
  partialFit: (options: PartialFitOptions) => check(options, PARTIAL_FIT_RULES),
  evaluate: (options: EvaluateOptions) => check(options, EVALUATE_RULES),
  report: (options: ReportOptions) => check(options, REPORT_RULES),
  predict: (options: PredictOptions) => check(options, PREDICT_RULES),
} as const;

function check<T extends object>(options: T, rules: RulesOf<T>): void {
  if (typeof options !== "object" || options === null) {
    throw new OptionError("options", `expected an object, got ${describe(options)}`);
  }
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(rules, name)) {
      throw new OptionError(name, `no such option; there are ${Object.keys(rules).join(", ")}`);
    }
    const [expected, accepts] = rules[name as keyof T];
    if (value !== undefined && !accepts(value)) {
      throw new OptionError(name, `expected ${expected}, got ${describe(value)}`);
    }
  }
}

function isNumber(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value);
}

function isInteger(value: unknown, least: number): boolean {
  return isNumber(value) && Number.isInteger(value) && value >= least && value <= UINT32;
}

function isEarlyStopping(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const { patience = 0, minDelta = 0, ...others } = value as Record<string, unknown>;
  return isInteger(patience, 0) && isNumber(minDelta) && minDelta >= 0 && Object.keys(others).length === 0;
}

function isListLike(value: unknown): boolean {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && "length" in value);
}

function hasMethod(value: unknown, name: string): boolean {
  return typeof value === "object" && value !== null && typeof Reflect.get(value, name) === "function";
}

function isGpuDevice(value: unknown): boolean {
  return (
    typeof value === "object" && value !== null && "queue" in value && "createComputePipelineAsync" in value
  );
}
