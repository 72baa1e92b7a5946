/**
 * L-BFGS (Liu & Nocedal, "On the limited memory BFGS method for large scale optimization", 1989) in float64 on the
 * host: value and gradient come from elsewhere, over all rows at once. With an L1 penalty it is OWL-QN.
 */
import { pause } from "../pause.ts";
import { along, type CurvaturePair, descentDirection, dot, maxNorm, remember } from "./curvature.ts";
import { type Trial, wolfeSearch } from "./line-search.ts";
import { aligned, type L1Penalty, l1Norm, orthantSearch, projectedStep, pseudoGradient } from "./owl-qn.ts";
import type { Preconditioner } from "./preconditioner.ts";

/** A smooth function of a flat vector of parameters, and its gradient there. */
export type Objective = (x: Float64Array) => Promise<{ value: number; gradient: Float64Array }>;

/** When and how L-BFGS works. */
export interface LbfgsOptions {
  /** Curvature pairs. */
  readonly memory: number;
  /** ‖gradient‖∞ at which it is done. */
  readonly tolerance: number;
  readonly maxIterations: number;
  /** Seconds after which no further iteration begins. */
  readonly maxSeconds: number;
  /** Relative rounding of the objective's values. */
  readonly precision: number;
  /** A first guess at the inverse Hessian. */
  readonly precondition: Preconditioner;
  readonly l1: L1Penalty;
}

/** Why it stopped: done, or what ran out. `"precision"`: no step lowers the objective by more than its rounding. */
export type LbfgsStop = "tolerance" | "iterations" | "time" | "precision";

/** Where it stands after an iteration: from here it goes on with the same bits. */
export interface LbfgsState {
  readonly iteration: number;
  /** Evaluations of the objective, each a pass over the data. */
  readonly evaluations: number;
  readonly x: Float64Array;
  /** Of the smooth part. */
  readonly gradient: Float64Array;
  /** Of the whole objective. */
  readonly value: number;
  readonly pairs: readonly CurvaturePair[];
  /** The lowest value when it was last lowered by more than rounding, and the iteration that did. */
  readonly lowered: { readonly value: number; readonly iteration: number };
}

/** Iterations that may pass without lowering the objective by more than rounding. */
const MAX_IDLE = 10;

/** A trial step with all that is known there. */
interface Evaluated extends Trial {
  readonly x: Float64Array;
  readonly gradient: Float64Array;
}

/**
 * Minimises the objective from `start`, or goes on from a state.
 *
 * @param onIteration sees the state at the start and after every iteration, and is
 * awaited; what it throws ends the work
 */
export async function lbfgs(
  objective: Objective,
  start: Float64Array | LbfgsState,
  options: LbfgsOptions,
  onIteration: (state: LbfgsState, gradientNorm: number) => void | Promise<void>,
): Promise<LbfgsStop> {
  const { tolerance, maxIterations, maxSeconds, precision, l1 } = options;
  const began = performance.now();
  let evaluations = start instanceof Float64Array ? 0 : start.evaluations;
  const counted: Objective = (x) => {
    evaluations++;
    return objective(x);
  };
  let state = start instanceof Float64Array ? await begin(counted, start, l1) : start;
  for (;;) {
    await pause();
    const pseudo = pseudoGradient(state.x, state.gradient, l1);
    const norm = maxNorm(pseudo);
    await onIteration(state, norm);
    if (norm <= tolerance) return "tolerance";
    if (state.iteration >= maxIterations) return "iterations";
    if (performance.now() - began >= 1000 * maxSeconds) return "time";
    if (state.iteration - state.lowered.iteration >= MAX_IDLE) return "precision";
    const next =
      (await iterate(counted, state, pseudo, options)) ??
      // What is remembered may mislead: once more along the gradient itself.
      (state.pairs.length > 0 ? await iterate(counted, { ...state, pairs: [] }, pseudo, options) : null);
    if (!next) return "precision";
    const isLower = next.value < state.lowered.value - precision * Math.abs(state.lowered.value);
    state = {
      ...next,
      evaluations,
      lowered: isLower ? { value: next.value, iteration: next.iteration } : state.lowered,
    };
  }
}

async function begin(objective: Objective, x: Float64Array, l1: L1Penalty): Promise<LbfgsState> {
  const { value: smooth, gradient } = await objective(x);
  const value = smooth + l1Norm(x, l1);
  return { iteration: 0, evaluations: 1, x, gradient, value, pairs: [], lowered: { value, iteration: 0 } };
}

/** One iteration; null where it found no step. */
async function iterate(
  objective: Objective,
  state: LbfgsState,
  pseudo: Float64Array,
  { memory, precision, precondition, l1 }: LbfgsOptions,
): Promise<Omit<LbfgsState, "evaluations" | "lowered"> | null> {
  const { x, value, gradient, pairs } = state;
  const hasL1 = l1.l1 > 0;
  const suggested = await descentDirection(pairs, pseudo, precondition);
  const direction = hasL1 ? aligned(suggested, pseudo) : suggested;
  await pause();
  const slope = dot(direction, pseudo);
  if (!(slope < 0)) return null;
  const evaluate = async (step: number): Promise<Evaluated> => {
    const moved = hasL1 ? projectedStep(x, step, direction, pseudo, l1) : along(x, step, direction);
    const seen = await objective(moved);
    const total = seen.value + l1Norm(moved, l1);
    return { step, x: moved, gradient: seen.gradient, value: total, slope: dot(direction, seen.gradient) };
  };
  const noise = precision * Math.abs(value);
  // Nothing is known of the curvature yet: no further than a gradient of length 1 would lead.
  const firstStep = pairs.length > 0 ? 1 : Math.min(1, 1 / Math.sqrt(dot(pseudo, pseudo)));
  const taken = hasL1
    ? await orthantSearch(evaluate, { value, x, pseudo }, firstStep, noise)
    : await wolfeSearch(evaluate, { step: 0, value, slope }, firstStep, noise);
  if (!taken) return null;
  await pause();
  const pair = { s: along(taken.x, -1, x), y: along(taken.gradient, -1, gradient) };
  return {
    iteration: state.iteration + 1,
    x: taken.x,
    gradient: taken.gradient,
    value: taken.value,
    pairs: remember(pairs, pair, memory),
  };
}
