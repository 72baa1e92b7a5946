/**
 * Resumption: what an interrupted fit leaves, and whether another call may go on with it. The bits of a fit depend on
 * its options and data, the conditions: they are written down with an interrupted fit and compared when it is resumed.
 */
import type { DeviceInfo, DeviceKind, OptimiserState } from "../backends/backend.ts";
import { formOf } from "../data/rows.ts";
import { StateError } from "../errors.ts";
import type { EpochRecord, FoldRecord, IterationRecord } from "../fit-options.ts";
import type { JsonValue } from "../formats/json.ts";
import type { LabelledRows } from "../model/labelled-rows.ts";
import type { ResolvedOptions } from "../options.ts";
import type { Parameters } from "../parameters.ts";
import type { Continuation } from "../solvers/continuation.ts";
import type { LbfgsState } from "../solvers/lbfgs.ts";
import type { SgdState } from "../solvers/sgd.ts";

/** What the bits of a fit depend on beside its state, as JSON. */
export type Conditions = Readonly<Record<string, JsonValue>>;

/** What every interrupted fit has. */
interface Interrupted {
  readonly conditions: Conditions;
  /** Kinds of device that it ran on, each once; empty in files that do not say. The bits depend on them, too. */
  readonly devices: readonly DeviceKind[];
}

/** An interrupted fit by L-BFGS: resumed, it gives the same bits as if it had not been interrupted. */
export interface LbfgsProgress extends Interrupted {
  readonly solver: "lbfgs";
  readonly state: LbfgsState;
  readonly iterations: readonly IterationRecord[];
}

/** An interrupted fit by SGD or AdamW. */
export interface SgdProgress extends Interrupted {
  readonly solver: "sgd" | "adamw";
  readonly state: SgdState;
  readonly epochs: readonly EpochRecord[];
}

/** What `partialFit` leaves for the next batch. */
export interface PartialProgress {
  readonly solver: "partial";
  readonly state: {
    readonly optimiser: OptimiserState;
    readonly steps: number;
    /** What `learningRate: "auto"` found for the first batch; null for other rates. */
    readonly rate: number | null;
  };
}

/** An interrupted fit, as far as it came. */
export type FitProgress = LbfgsProgress | SgdProgress;

/** What a cross-validation has found so far, from which another call may go on. */
export interface Comparison {
  /** Options, λ, labels and folds as text: it goes on only with the same. */
  readonly conditions: string;
  /** Fits that are done. */
  readonly records: FoldRecord[];
  /** Of each fold. */
  readonly continuations: readonly Continuation[];
  /** The mean of the folds' parameters at the best λ so far, and its score, the larger the better. */
  best: { readonly gain: number; readonly parameters: Parameters } | null;
}

/** What can be gone on with. */
export type Progress = PartialProgress | FitProgress;

const OF_ALL = ["solver", "l2", "l1", "bias", "standardize", "labelSmoothing", "storage", "seed"] as const;
const OF_STEPS = ["batchSize", "epochs", "learningRate", "averaging", "earlyStopping"] as const;
const OF_SGD = [...OF_STEPS, "momentum", "nesterov"] as const;
const OF_ADAMW = [...OF_STEPS, "beta1", "beta2", "epsilon"] as const;

/** Name of the condition that says what form the rows have, and its value if it is left out. */
const FORM = { name: "the form of the rows", byDefault: "dense" } as const;

/**
 * Returns the options that the solver uses, and the size of the data. Limits may differ between two parts of a fit. For
 * L-BFGS the form of the rows is a condition, too: its state is for features centred and scaled in one way.
 */
export function conditionsOf(options: ResolvedOptions, { matrix, weights }: LabelledRows): Conditions {
  const ofSolver = { lbfgs: [], sgd: OF_SGD, adamw: OF_ADAMW }[options.solver];
  const entries = [...OF_ALL, ...ofSolver].map((name): [string, JsonValue] => {
    const value = options[name];
    // A schedule cannot be compared, only that there is one.
    return [name, typeof value === "function" ? "a function" : JSON.parse(JSON.stringify(value ?? null))];
  });
  return {
    ...Object.fromEntries(entries),
    rows: matrix.rows,
    ...(options.solver === "lbfgs" && formOf(matrix) !== FORM.byDefault && { [FORM.name]: formOf(matrix) }),
    "sampleWeight, classWeight or ignoreLabel": weights ? hashOf(weights) : null,
  };
}

/** Returns the FNV-1a hash of the bits. Weights of rows hold sample weights, class weights and ignored labels. */
export function hashOf(values: Float32Array | Uint32Array): number {
  let hash = 0x811c9dc5;
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length);
  // By index: over millions of rows an iterator costs several times as much.
  for (let i = 0; i < words.length; i++) hash = Math.imul(hash ^ words[i], 0x01000193);
  return hash >>> 0;
}

/** @throws StateError naming the first option or property of the data that has changed since the interruption */
export function requireSameConditions({ conditions }: FitProgress, now: Conditions): void {
  for (const name of new Set([...Object.keys(now), FORM.name])) {
    const byDefault = name === FORM.name ? FORM.byDefault : undefined;
    const [before, value] = [conditions, now].map((said) =>
      JSON.stringify(name in said ? said[name] : byDefault),
    );
    if (before === value) continue;
    const what = `${name} was ${before} when the fit was interrupted and is ${value} now`;
    throw new StateError("resume", `${what}; it goes on only with the same`);
  }
}

const DEVICE_NAMES: Readonly<Record<DeviceKind, string>> = {
  webgpu: "WebGPU",
  wasm: "WebAssembly",
  reference: "the reference",
};

/** Says that a fit which ran on another kind of device gets other bits here; empty if it did not. */
export function remarkOn({ kind }: DeviceInfo, resumed: FitProgress | null): string {
  const others = (resumed?.devices ?? []).filter((other) => other !== kind);
  if (others.length === 0) return "";
  const names = others.map((other) => DEVICE_NAMES[other]).join(" and ");
  return `; the fit that was interrupted ran on ${names}, so the last bits differ`;
}
