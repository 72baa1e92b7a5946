/**
 * L-BFGS (Liu & Nocedal, "On the limited memory BFGS method for large scale optimization", 1989) in float64 on the
 * host: value and gradient come from elsewhere, over all rows at once. With an L1 penalty it is a proximal quasi-Newton
 * method.
 */
import { pause } from "../pause.ts";
import { type CurvaturePair, descentDirection, remember } from "./curvature.ts";
import { identityMetric } from "./diagonal-metric.ts";
import { type Trial, wolfeSearch } from "./line-search.ts";
import { type Anchor, IDENTITY, type Preconditioner, type Preconditioning } from "./preconditioner.ts";
import { backtrack, type L1Penalty, l1Norm, proximalPoint, pseudoGradient } from "./proximal-newton.ts";
import { along, dot, maxNorm } from "./vectors.ts";

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
  /** Relative rounding of the objective's values: what lowers it by less is no progress. */
  readonly precision: number;
  /** Returns the largest difference between values near x that may be rounding, if the objective is `value` there. */
  readonly rounding: (x: Float64Array, value: number) => number;
  /** Makes guesses at the inverse Hessian. */
  readonly preconditioning: Preconditioning;
  /** Null: no penalty. */
  readonly l1: L1Penalty | null;
}

/** Why it stopped: done, or what ran out. `"precision"`: rounding hides any further progress. */
export type LbfgsStop = "tolerance" | "iterations" | "time" | "precision";

/** State after an iteration. Resumed from it, L-BFGS gives the same bits. */
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
  readonly lowered: Lowered;
  /** Where the preconditioner of the last iteration was made. */
  readonly anchor: Anchor | null;
  /** Work on preconditioners so far, in evaluations of the objective. */
  readonly samplingWork: number;
}

/** The last iteration that made progress, with its value and ‖gradient‖∞. */
interface Lowered {
  readonly value: number;
  readonly norm: number;
  readonly iteration: number;
}

/** Iterations that may pass without progress. */
const MAX_IDLE = 10;

/** A gradient that is smaller by this factor counts as progress, even if rounding hides it in the objective. */
const NORM_PROGRESS = 0.5;

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
  const { tolerance, maxIterations, maxSeconds, precision, preconditioning, l1 } = options;
  const began = performance.now();
  let evaluations = start instanceof Float64Array ? 0 : start.evaluations;
  const counted: Objective = (x) => {
    evaluations++;
    return objective(x);
  };
  let state = start instanceof Float64Array ? await begin(counted, start, l1) : start;
  for (;;) {
    await pause();
    const pseudo = l1 ? await pseudoGradient(state.x, state.gradient, l1) : state.gradient;
    await pause();
    const norm = maxNorm(pseudo);
    await pause();
    state = { ...state, lowered: progressOf(state, norm, precision) };
    await onIteration(state, norm);
    if (norm <= tolerance) return "tolerance";
    if (state.iteration >= maxIterations) return "iterations";
    if (performance.now() - began >= 1000 * maxSeconds) return "time";
    if (state.iteration - state.lowered.iteration >= MAX_IDLE) return "precision";
    const { preconditioner, anchor, work } = await preconditioning.at(state);
    let samplingWork = state.samplingWork + work;
    const spend = (more: number) => {
      samplingWork += more;
    };
    const next =
      (await iterate(counted, state, options, { pseudo, preconditioner, spend })) ??
      // Curvature pairs and the preconditioner may mislead: try once more along the gradient itself.
      (state.pairs.length > 0 || preconditioner !== IDENTITY
        ? await iterate(counted, { ...state, pairs: [] }, options, {
            pseudo,
            preconditioner: IDENTITY,
            spend,
          })
        : null);
    if (!next) return "precision";
    state = { ...next, evaluations, lowered: state.lowered, anchor, samplingWork };
  }
}

async function begin(objective: Objective, x: Float64Array, l1: L1Penalty | null): Promise<LbfgsState> {
  const { value: smooth, gradient } = await objective(x);
  const value = smooth + (l1 ? l1Norm(x, l1) : 0);
  const lowered = { value: Infinity, norm: Infinity, iteration: 0 };
  return {
    iteration: 0,
    evaluations: 1,
    x,
    gradient,
    value,
    pairs: [],
    lowered,
    anchor: null,
    samplingWork: 0,
  };
}

function progressOf({ value, iteration, lowered }: LbfgsState, norm: number, precision: number): Lowered {
  const isLower = value < lowered.value - precision * Math.abs(value);
  const isProgress = isLower || norm < NORM_PROGRESS * lowered.norm;
  return isProgress ? { value, norm, iteration } : lowered;
}

/** What an iteration begins with beside the state. */
interface Guide {
  /** The gradient; with an L1 penalty, the subgradient of least length. */
  readonly pseudo: Float64Array;
  readonly preconditioner: Preconditioner;
  /** Counts work, in evaluations of the objective. */
  readonly spend: (work: number) => void;
}

/** Takes one iteration; returns null if it found no step. */
async function iterate(
  objective: Objective,
  state: LbfgsState,
  options: LbfgsOptions,
  guide: Guide,
): Promise<Pick<LbfgsState, "iteration" | "x" | "gradient" | "value" | "pairs"> | null> {
  const { l1 } = options;
  const taken = l1
    ? await proximalStep(objective, state, options, l1, guide)
    : await smoothStep(objective, state, options, guide);
  if (!taken) return null;
  const pairs = options.memory > 0 ? await pairsAfter(state, taken, options.memory) : [];
  await pause();
  return {
    iteration: state.iteration + 1,
    x: taken.x,
    gradient: taken.gradient,
    value: taken.value,
    pairs,
  };
}

/** Returns the curvature pairs with that of a step. */
async function pairsAfter(
  { x, gradient, pairs }: LbfgsState,
  taken: Pick<Evaluated, "x" | "gradient">,
  memory: number,
): Promise<readonly CurvaturePair[]> {
  const s = await along(taken.x, -1, x);
  const y = await along(taken.gradient, -1, gradient);
  await pause();
  return remember(pairs, { s, y }, memory);
}

/** Steps along −H g. */
async function smoothStep(
  objective: Objective,
  { x, value, gradient, pairs }: LbfgsState,
  { rounding }: LbfgsOptions,
  { preconditioner, spend }: Guide,
): Promise<Evaluated | null> {
  const { step: given } = preconditioner;
  const direction =
    given ??
    (await descentDirection(pairs, gradient, (vector) => {
      spend(preconditioner.work);
      return preconditioner.apply(vector);
    }));
  await pause();
  const slope = dot(direction, gradient);
  if (!(slope < 0)) return null;
  const evaluate = async (step: number) => {
    const moved = await along(x, step, direction);
    await pause();
    const seen = await objective(moved);
    await pause();
    return { step, x: moved, ...seen, slope: dot(direction, seen.gradient) };
  };
  // Without curvature pairs no good length is known: a steep start asks for a short first step.
  const isScaled = pairs.length > 0 || given !== undefined;
  const firstStep = isScaled ? 1 : Math.min(1, 1 / Math.sqrt(dot(gradient, gradient)));
  return wolfeSearch(evaluate, { step: 0, value, slope }, firstStep, rounding(x, value));
}

/** Steps towards the minimum of the quadratic model with the penalty. */
async function proximalStep(
  objective: Objective,
  { x, value, gradient, pairs }: LbfgsState,
  { rounding }: LbfgsOptions,
  l1: L1Penalty,
  { pseudo, preconditioner, spend }: Guide,
): Promise<Omit<Evaluated, "slope"> | null> {
  const { metric = identityMetric(x.length, l1.count), work } = preconditioner;
  // Without curvature pairs or a metric no good length is known: the first step moves by about 1 at most.
  const unknown = pairs.length > 0 ? 0 : Math.max(1, Math.sqrt(dot(pseudo, pseudo)));
  const leastScale = preconditioner.metric ? 1 : unknown;
  const { z, moves } = await proximalPoint({ x, gradient, pairs, metric, leastScale, l1 });
  spend(moves * work);
  await pause();
  const direction = await along(z, -1, x);
  const promised = dot(direction, gradient) + l1Norm(z, l1) - l1Norm(x, l1);
  if (!(promised < 0)) return null;
  const evaluate = async (step: number) => {
    // Exactly z after a whole step: zeros are zeros.
    const moved = step === 1 ? z : await along(x, step, direction);
    await pause();
    const seen = await objective(moved);
    await pause();
    return { step, x: moved, gradient: seen.gradient, value: seen.value + l1Norm(moved, l1) };
  };
  return backtrack(evaluate, value, promised, rounding(x, value));
}
