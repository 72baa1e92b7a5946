/**
 * What a fit can go on with as a saved model keeps it: numbers that matter to the last bit as
 * named arrays, the rest as JSON.
 */
import type { DeviceKind, OptimiserState } from "../backends/backend.ts";
import { FormatError } from "../errors.ts";
import type { SavedProgress } from "../formats/saved-model.ts";
import type { Parameters } from "../objective.ts";
import type { Conditions, Progress } from "./run.ts";

type Tensors = Record<string, Float64Array>;

const KINDS: readonly DeviceKind[] = ["webgpu", "wasm", "reference"];

/** For saving. */
export function packProgress(progress: Progress): SavedProgress {
  const tensors: Tensors = {};
  const put = (name: string, { weights, bias }: Parameters) => {
    tensors[`${name}.weights`] = weights;
    tensors[`${name}.bias`] = bias;
  };
  if (progress.solver === "lbfgs") {
    const { x, gradient, pairs, ...numbers } = progress.state;
    Object.assign(tensors, { x, gradient });
    for (const [i, { s, y }] of pairs.entries()) Object.assign(tensors, { [`s${i}`]: s, [`y${i}`]: y });
    const state = { ...numbers, pairs: pairs.length };
    return {
      state: asJson({
        solver: "lbfgs",
        conditions: progress.conditions,
        devices: progress.devices,
        state,
        iterations: progress.iterations,
      }),
      tensors,
    };
  }
  for (const [name, part] of Object.entries(progress.state.optimiser)) if (part) put(name, part);
  if (progress.solver === "partial") {
    const { steps, rate } = progress.state;
    return { state: asJson({ solver: "partial", state: { steps, rate } }), tensors };
  }
  const { epoch, best } = progress.state;
  if (best) put("best", best.parameters);
  const state = { epoch, best: best && { epoch: best.epoch, loss: best.loss } };
  return {
    state: asJson({
      solver: progress.solver,
      conditions: progress.conditions,
      devices: progress.devices,
      state,
      epochs: progress.epochs,
    }),
    tensors,
  };
}

/** The inverse, for a model of `weights` W `[K·D]` and `classes` K. @throws FormatError what a fit cannot go on from */
export function unpackProgress(saved: SavedProgress, weights: number, classes: number): Progress {
  const { solver, conditions: saidConditions, devices, state, epochs, iterations } = objectOf(saved.state);
  const parametersOf = (name: string): Parameters => ({
    weights: tensorOf(saved, `${name}.weights`, weights),
    bias: tensorOf(saved, `${name}.bias`, classes),
  });
  const numbers = objectOf(state);
  const conditionsOf = () => objectOf(saidConditions) as Conditions;
  if (solver === "lbfgs") {
    const conditions = conditionsOf();
    const length = weights + (conditions.bias === false ? 0 : classes);
    const stored = Object.keys(saved.tensors).length;
    if (countOf(numbers, "pairs") > stored) throw bad("pairs", `more than ${stored} arrays`);
    const pairs = Array.from({ length: countOf(numbers, "pairs") }, (_, i) => ({
      s: tensorOf(saved, `s${i}`, length),
      y: tensorOf(saved, `y${i}`, length),
    }));
    const lowered = objectOf(numbers.lowered);
    return {
      solver,
      conditions,
      devices: devicesOf(devices),
      state: {
        iteration: countOf(numbers, "iteration"),
        evaluations: countOf(numbers, "evaluations"),
        value: numberOf(numbers, "value"),
        lowered: { value: numberOf(lowered, "value"), iteration: countOf(lowered, "iteration") },
        x: tensorOf(saved, "x", length),
        gradient: tensorOf(saved, "gradient", length),
        pairs,
      },
      iterations: recordsOf(iterations, countOf(numbers, "iteration") + 1),
    };
  }
  if (solver !== "sgd" && solver !== "adamw" && solver !== "partial") throw bad("solver", String(solver));
  const optional = (name: "secondMoment" | "average") =>
    `${name}.weights` in saved.tensors ? { [name]: parametersOf(name) } : {};
  const optimiser: OptimiserState = {
    parameters: parametersOf("parameters"),
    velocity: parametersOf("velocity"),
    ...optional("secondMoment"),
    ...optional("average"),
  };
  if (solver === "partial") {
    const rate = numbers.rate === null ? null : numberOf(numbers, "rate");
    return { solver, state: { optimiser, steps: countOf(numbers, "steps"), rate } };
  }
  const best = numbers.best === null ? null : objectOf(numbers.best);
  const epoch = countOf(numbers, "epoch");
  return {
    solver,
    conditions: conditionsOf(),
    devices: devicesOf(devices),
    state: {
      epoch,
      optimiser,
      best: best && {
        epoch: countOf(best, "epoch"),
        loss: numberOf(best, "loss"),
        parameters: parametersOf("best"),
      },
    },
    epochs: recordsOf(epochs, epoch),
  };
}

/** Records are plain data, so JSON holds them as they are. */
function asJson(value: unknown): SavedProgress["state"] {
  return JSON.parse(JSON.stringify(value));
}

function objectOf(value: unknown): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw bad("state", "no object");
  return value as Record<string, unknown>;
}

function numberOf(from: Record<string, unknown>, name: string): number {
  const value = from[name];
  if (typeof value !== "number" || !Number.isFinite(value)) throw bad(name, String(value));
  return value;
}

function countOf(from: Record<string, unknown>, name: string): number {
  const value = numberOf(from, name);
  if (!Number.isInteger(value) || value < 0 || value >= 2 ** 32) throw bad(name, String(value));
  return value;
}

function tensorOf({ tensors }: SavedProgress, name: string, length?: number): Float64Array {
  if (!Object.hasOwn(tensors, name)) throw bad(name, "nothing");
  if (length !== undefined && tensors[name].length !== length)
    throw bad(name, `${tensors[name].length} numbers`);
  return tensors[name];
}

/** Kinds of devices; none in files from before they were noted. */
function devicesOf(value: unknown): DeviceKind[] {
  if (value === undefined) return [];
  if (Array.isArray(value) && value.every((kind) => KINDS.includes(kind))) return [...new Set(value)];
  throw bad("devices", JSON.stringify(value).slice(0, 60));
}

/** What was reported before: shown again, never computed with. */
function recordsOf<T>(value: unknown, count: number): T[] {
  if (!Array.isArray(value) || value.length !== count) throw bad("history", `not ${count} records`);
  for (const record of value) objectOf(record);
  return value;
}

function bad(field: string, given: string): FormatError {
  return new FormatError(`model.progress.${field}`, `no fit can go on from this: got ${given}`);
}
