/**
 * What the bits of a fit depend on beside where it stands: written down with an
 * interrupted fit, compared on resumption.
 */
import { StateError } from "../errors.ts";
import type { JsonValue } from "../formats/json.ts";
import type { LabelledRows } from "../model/labelled-rows.ts";
import type { ResolvedOptions } from "../options.ts";
import type { Conditions, FitProgress } from "./run.ts";

const OF_ALL = ["solver", "l2", "l1", "bias", "standardize", "labelSmoothing", "storage", "seed"] as const;
const OF_STEPS = ["batchSize", "epochs", "learningRate", "averaging", "earlyStopping"] as const;
const OF_SGD = [...OF_STEPS, "momentum", "nesterov"] as const;
const OF_ADAMW = [...OF_STEPS, "beta1", "beta2", "epsilon"] as const;

/** The options that matter to the solver, and the size of the data. Limits may change between two parts of a fit. */
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
    "sampleWeight, classWeight or ignoreLabel": weights ? hashOf(weights) : null,
  };
}

/** FNV-1a of the bits: sample weights, class weights and ignored labels are all in there. */
function hashOf(weights: Float32Array): number {
  let hash = 0x811c9dc5;
  const words = new Uint32Array(weights.buffer, weights.byteOffset, weights.length);
  // By index: over millions of rows an iterator costs several times as much.
  for (let i = 0; i < words.length; i++) hash = Math.imul(hash ^ words[i], 0x01000193);
  return hash >>> 0;
}

/** @throws StateError naming what is not as it was when the fit was interrupted */
export function checkConditions({ conditions }: FitProgress, now: Conditions): void {
  for (const [name, value] of Object.entries(now)) {
    const before = JSON.stringify(conditions[name]);
    if (before === JSON.stringify(value)) continue;
    const what = `${name} was ${before} when the fit was interrupted and is ${JSON.stringify(value)} now`;
    throw new StateError("resume", `${what}; it goes on only with the same`);
  }
}
