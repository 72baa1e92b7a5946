/** The options of the estimator: defaults, ranges and checks. */
import type { DeviceOption } from "./backends/open-backend.ts";
import type { Tuning, TuningCache } from "./backends/webgpu/choose-plan.ts";
import { describe } from "./data/matrix.ts";
import type { Storage } from "./data/storage.ts";
import { OptionError } from "./errors.ts";
import type { FitOptions } from "./fit-options.ts";
import type { LearningRateSchedule } from "./solvers/schedules.ts";

/** Options of {@link SoftmaxRegression}. */
export interface SoftmaxRegressionOptions {
  /** λ ≥ 0, the coefficient of ‖W‖². Default 1e-4. */
  readonly l2?: number;
  /** How parameters move. Default `"sgd"`. */
  readonly solver?: "sgd";
  /** Whether there is a bias per class. Default true. */
  readonly bias?: boolean;
  /** Rows per step, B ≥ 1; more than there are means all of them. Default 256. */
  readonly batchSize?: number;
  /** Passes over the data, ≥ 1. Default 10. */
  readonly epochs?: number;
  /** A rate η > 0, a schedule, or `"auto"`: what the data's curvature allows, falling to 0. Default `"auto"`. */
  readonly learningRate?: "auto" | number | LearningRateSchedule;
  /** μ in [0, 1). Default 0.9. */
  readonly momentum?: number;
  /** Nesterov's form of momentum. Default false. */
  readonly nesterov?: boolean;
  /** Fixes the order of rows: an integer in [0, 2³²). Default 0. */
  readonly seed?: number;
  /** Default `"auto"`: WebGPU on a real adapter, else WebAssembly. */
  readonly device?: DeviceOption;
  /**
   * Threads of the WebAssembly backend. Default `"auto"`: one per core for large batches, where workers prove
   * faster in the first steps. A number from 1 to 64: so many, always.
   */
  readonly threads?: "auto" | number;
  /**
   * How X is kept on the device. Default `"auto"`: bytes as bytes, a `Float16Array` as halves, the rest as float32.
   * `"f16"` rounds values to eleven significant bits (to multiples of 2⁻²⁴ below 2⁻¹⁴) and halves the memory
   * and its traffic; `"u8"` rounds values in [0, 1] to multiples of 1/255 and quarters them. The reference ignores it.
   */
  readonly storage?: "auto" | Storage;
  /**
   * How WebGPU's kernels are chosen. Default `"auto"`: `"quick"` where a fit has enough work to pay for it, else
   * `"off"`. `"quick"` measures plans for at most 300 ms, `"full"` all of them, `"off"` takes the default plan. A
   * choice that a fit reported (`history.tuning.choice`) pins that plan, and with it the bits of the result.
   */
  readonly tuning?: Tuning;
  /** Where measured plans are kept by adapter and shape: `localStorage`, or anything with its getItem and setItem. Default: in memory. */
  readonly tuningCache?: TuningCache | undefined;
  /** Where `worker.js` of this package lies, for pages whose policy forbids workers from blobs. Default: a blob. */
  readonly workerUrl?: string | URL | undefined;
}

/** All options, checked. */
export type ResolvedOptions = Required<SoftmaxRegressionOptions>;

const DEFAULTS: ResolvedOptions = {
  l2: 1e-4,
  solver: "sgd",
  bias: true,
  batchSize: 256,
  epochs: 10,
  learningRate: "auto",
  momentum: 0.9,
  nesterov: false,
  seed: 0,
  device: "auto",
  threads: "auto",
  storage: "auto",
  tuning: "auto",
  tuningCache: undefined,
  workerUrl: undefined,
};

const NAMED_DEVICES: readonly unknown[] = ["auto", "webgpu", "wasm", "reference"];
const STORAGES: readonly unknown[] = ["auto", "f32", "f16", "u8"];
const TUNINGS: readonly unknown[] = ["auto", "off", "quick", "full"];
const UINT32 = 2 ** 32 - 1;

/** What each option must be, in words, and whether a value is. */
type RulesOf<T> = { readonly [Name in keyof T]-?: readonly [string, (value: unknown) => boolean] };

const RULES: RulesOf<ResolvedOptions> = {
  l2: ["a finite number ≥ 0", (value) => isNumber(value) && value >= 0],
  solver: ['"sgd"', (value) => value === "sgd"],
  bias: ["true or false", (value) => typeof value === "boolean"],
  batchSize: ["an integer from 1 to 2³²−1", (value) => isInteger(value, 1)],
  epochs: ["an integer from 1 to 2³²−1", (value) => isInteger(value, 1)],
  learningRate: [
    '"auto", a finite number > 0 or a function (step, steps) => rate',
    (value) => value === "auto" || typeof value === "function" || (isNumber(value) && value > 0),
  ],
  momentum: ["a number in [0, 1)", (value) => isNumber(value) && value >= 0 && value < 1],
  nesterov: ["true or false", (value) => typeof value === "boolean"],
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
  validation: ["[x, y]", (value) => Array.isArray(value) && value.length === 2],
  onEpoch: ["a function", (value) => typeof value === "function"],
  onProgress: ["a function", (value) => typeof value === "function"],
  signal: ["an AbortSignal", (value) => value instanceof AbortSignal],
};

/** Fills in defaults. @throws OptionError an unknown name, or a value out of range; nothing is coerced */
export function resolveOptions(options: SoftmaxRegressionOptions): ResolvedOptions {
  check(options, RULES);
  const given = Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
  return { ...DEFAULTS, ...given };
}

/** @throws OptionError an unknown name, or a value of the wrong type */
export function checkFitOptions(options: FitOptions): void {
  check(options, FIT_RULES);
}

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

function hasMethod(value: unknown, name: string): boolean {
  return typeof value === "object" && value !== null && typeof Reflect.get(value, name) === "function";
}

function isGpuDevice(value: unknown): boolean {
  return (
    typeof value === "object" && value !== null && "queue" in value && "createComputePipelineAsync" in value
  );
}
