/** What each option of the estimator must be. Nothing is coerced: what does not fit is refused by name. */
import { describe } from "./data/matrix.ts";
import { OptionError } from "./errors.ts";
import type {
  CrossValidationOptions,
  EvaluateOptions,
  FitOptions,
  PartialFitOptions,
  PredictOptions,
  ReportOptions,
} from "./fit-options.ts";
import { checkEffect } from "./option-effects.ts";
import { nearestName } from "./option-hints.ts";
import { DEFAULTS, type ResolvedOptions, type SoftmaxRegressionOptions } from "./options.ts";

const NAMED_DEVICES: readonly unknown[] = ["auto", "webgpu", "wasm", "reference"];
const TUNINGS: readonly unknown[] = ["auto", "off", "quick", "full"];
const GRIDS: readonly unknown[] = ["dinov2", "clip"];
const UINT32 = 2 ** 32 - 1;

/** What each option must be, in words, and whether a value is. */
type RulesOf<T> = { readonly [Name in keyof T]-?: Rule };

type Rule = readonly [expected: string, accepts: (value: unknown) => boolean, choices?: readonly unknown[]];

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
  solver: oneOf("lbfgs", "sgd", "adamw"),
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
    NAMED_DEVICES,
  ],
  threads: [
    '"auto" or an integer from 1 to 64',
    (value) => value === "auto" || (isInteger(value, 1) && Number(value) <= 64),
  ],
  storage: oneOf("auto", "f32", "f16", "u8"),
  tuning: [
    '"auto", "off", "quick", "full" or a choice that a fit reported',
    (value) => TUNINGS.includes(value) || (typeof value === "object" && value !== null),
    TUNINGS,
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
 * @throws OptionError an unknown name, a value out of range, two that exclude each other, or one that the solver does
 *                     not look at; nothing is coerced
 */
export function resolveOptions(options: SoftmaxRegressionOptions): ResolvedOptions {
  check(options, RULES);
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  const resolved = { ...DEFAULTS, ...given };
  for (const name of Object.keys(given)) checkEffect(name, resolved.solver, true);
  if (resolved.solver === "adamw" && resolved.l1 > 0)
    throw new OptionError("l1", 'AdamW has no L1 penalty; use solver "sgd" or "lbfgs", or l1: 0');
  if (resolved.standardize && resolved.storage === "u8")
    throw new OptionError("storage", 'bytes cannot hold standardised values; use "auto", "f32" or "f16"');
  return resolved;
}

const { resume: _, ...PATH_RULES } = FIT_RULES;
const { sampleWeight, classes, onProgress, signal } = FIT_RULES;
const PARTIAL_FIT_RULES: RulesOf<PartialFitOptions> = { sampleWeight, classes, onProgress, signal };
const CROSS_VALIDATION_RULES: RulesOf<CrossValidationOptions> = {
  ...PARTIAL_FIT_RULES,
  validation: FIT_RULES.validation,
  resume: BOOLEAN,
  l2s: [
    'an array of numbers, "dinov2" or "clip"',
    (value) => Array.isArray(value) || GRIDS.includes(value),
    GRIDS,
  ],
  folds: ["a number, or the fold of each row", (value) => isNumber(value) || isListLike(value)],
  stratified: BOOLEAN,
  seed: RULES.seed,
  scoring: oneOf("loss", "accuracy"),
  rule: oneOf("best", "oneStandardError"),
  onFold: FUNCTION,
};
const EVALUATE_RULES: RulesOf<EvaluateOptions> = { sampleWeight };
const REPORT_RULES: RulesOf<ReportOptions> = {
  sampleWeight,
  topK: ["an array of integers ≥ 1", (value) => Array.isArray(value) && value.every((k) => isInteger(k, 1))],
  bins: ["an integer from 1 to 1000", (value) => isInteger(value, 1) && Number(value) <= 1000],
};
const PREDICT_RULES: RulesOf<PredictOptions> = {
  minProbability: ["a number in [0, 1]", (value) => isNumber(value) && value >= 0 && value <= 1],
};

/** An estimator's options as they were given, and its solver. */
interface Given {
  readonly given: readonly string[];
  readonly solver: ResolvedOptions["solver"];
}

/**
 * Checks of the options of one call.
 *
 * @throws OptionError an unknown name, a value that does not fit, or an option that the solver does not look at
 */
export const checkOptions = {
  estimator: (options: SoftmaxRegressionOptions) => check(options, RULES),
  fit: (options: FitOptions, estimator: Given) => {
    check(options, FIT_RULES);
    checkFit(options, estimator);
  },
  fitPath: (options: Omit<FitOptions, "resume">, estimator: Given) => {
    check(options, PATH_RULES);
    checkFit(options, estimator);
  },
  crossValidate: (options: CrossValidationOptions, estimator: Given) => {
    check(options, CROSS_VALIDATION_RULES);
    checkFit({}, estimator);
    if (options.validation && options.rule === "oneStandardError")
      throw new OptionError("rule", "a standard error needs folds; leave validation out, or choose the best");
  },
  partialFit: (options: PartialFitOptions) => check(options, PARTIAL_FIT_RULES),
  evaluate: (options: EvaluateOptions) => check(options, EVALUATE_RULES),
  report: (options: ReportOptions) => check(options, REPORT_RULES),
  predict: (options: PredictOptions) => check(options, PREDICT_RULES),
} as const;

/** Returns the rule of an option that has one of these names. */
function oneOf(...names: readonly unknown[]): Rule {
  const quoted = names.map((name) => `"${name}"`);
  const expected = `${quoted.slice(0, -1).join(", ")} or ${quoted.at(-1)}`;
  return [expected, (value) => names.includes(value), names];
}

function check<T extends object>(options: T, rules: RulesOf<T>): void {
  if (typeof options !== "object" || options === null) {
    throw new OptionError("options", `expected an object, got ${describe(options)}`);
  }
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(rules, name)) throw new OptionError(name, `no such option; ${hintFor(name, rules)}`);
    const [expected, accepts, choices = []] = rules[name as keyof T];
    if (value === undefined || accepts(value)) continue;
    const meant = typeof value === "string" && nearestName(value, choices.map(String));
    const hint = meant ? `; did you mean "${meant}"?` : "";
    throw new OptionError(name, `expected ${expected}, got ${describe(value)}${hint}`);
  }
}

/** Says which call an unknown option belongs to, which option it is likely to mean, or which there are. */
function hintFor(name: string, rules: object): string {
  if (rules !== RULES && Object.hasOwn(RULES, name)) return "it is an option of new SoftmaxRegression";
  if (rules === RULES && Object.hasOwn(FIT_RULES, name)) return "it is an option of fit";
  const names = Object.keys(rules);
  const meant = nearestName(name, names);
  return meant ? `did you mean ${meant}?` : `there are ${names.join(", ")}`;
}

/** Refuses what has no effect in a whole fit: options of `partialFit` alone, callbacks that are never called. */
function checkFit({ onEpoch, onIteration }: FitOptions, { given, solver }: Given): void {
  for (const name of given) checkEffect(name, solver, false);
  // Code for any solver gives both hooks, and one of them is called.
  if (onEpoch && !onIteration && solver === "lbfgs")
    throw new OptionError("onEpoch", "L-BFGS has iterations and no epochs; use onIteration");
  if (onIteration && !onEpoch && solver !== "lbfgs")
    throw new OptionError("onIteration", `solver "${solver}" has epochs and no iterations; use onEpoch`);
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
