/**
 * Interrupted fits as a saved model keeps them: numbers that matter to the last bit as named arrays, the rest as JSON.
 * A file may come from anyone: what no fit could have left behind is refused.
 */
import type { DeviceKind, OptimiserState } from "../backends/backend.ts";
import { inPieces } from "../data/pieces.ts";
import type { SavedProgress } from "../formats/saved-model.ts";
import type { Parameters } from "../parameters.ts";
import type { CurvaturePair } from "../solvers/curvature.ts";
import type { LbfgsState } from "../solvers/lbfgs.ts";
import type { Anchor } from "../solvers/preconditioner.ts";
import type { BestEpoch } from "../solvers/sgd.ts";
import { dot } from "../solvers/vectors.ts";
import {
  asJson,
  bad,
  countOf,
  epochsOf,
  figureOf,
  iterationsOf,
  numberOf,
  objectOf,
} from "./progress-fields.ts";
import type { Conditions, LbfgsProgress, PartialProgress, Progress, SgdProgress } from "./resume.ts";

/** Most characters of conditions as JSON. A fit's take some hundreds. */
const MAX_CONDITIONS = 10_000;

const KINDS: readonly DeviceKind[] = ["webgpu", "wasm", "reference"];

/** Packs an interrupted fit for saving. */
export async function packProgress(progress: Progress): Promise<SavedProgress> {
  if (progress.solver === "lbfgs") return packLbfgs(progress);
  const { optimiser } = progress.state;
  const tensors = Object.entries(optimiser).flatMap(([name, part]) => (part ? named(name, part) : []));
  if (progress.solver === "partial") {
    const { steps, rate } = progress.state;
    const state = await asJson({ solver: "partial", state: { steps, rate } });
    return { state, tensors: Object.fromEntries(tensors) };
  }
  const { solver, conditions, devices, epochs } = progress;
  const { epoch, best } = progress.state;
  if (best) tensors.push(...named("best", best.parameters));
  const numbers = { epoch, best: best && { epoch: best.epoch, loss: best.loss } };
  const state = await asJson({ solver, conditions, devices, state: numbers, epochs });
  return { state, tensors: Object.fromEntries(tensors) };
}

async function packLbfgs({
  solver,
  conditions,
  devices,
  state,
  iterations,
}: LbfgsProgress): Promise<SavedProgress> {
  const { x, gradient, pairs, anchor, ...numbers } = state;
  const tensors: Record<string, Float64Array> = { x, gradient, ...(anchor && { anchor: anchor.x }) };
  const anchored = anchor && { evaluations: anchor.evaluations, round: anchor.round };
  for (const [i, { s, y }] of pairs.entries()) Object.assign(tensors, { [`s${i}`]: s, [`y${i}`]: y });
  return {
    state: await asJson({
      ...{ solver, conditions, devices, iterations },
      state: { ...numbers, anchor: anchored, pairs: pairs.length },
    }),
    tensors,
  };
}

function named(name: string, { weights, bias }: Parameters): [string, Float64Array][] {
  return [
    [`${name}.weights`, weights],
    [`${name}.bias`, bias],
  ];
}

/**
 * Unpacks what {@link packProgress} made, for a model of `weights` W `[K·D]` and `classes` K.
 *
 * @throws FormatError what a fit cannot go on from: fields or arrays that are missing, unknown, of another length or
 *                     not finite; counts that contradict each other
 */
export async function unpackProgress(
  { state: saved, tensors: arrays }: SavedProgress,
  weights: number,
  classes: number,
): Promise<Progress> {
  const said = objectOf(saved);
  const tensors = new ProgressTensors(arrays, weights, classes);
  const progress = await unpackAs(said, tensors);
  tensors.requireAllUsed();
  return progress;
}

async function unpackAs(said: Record<string, unknown>, tensors: ProgressTensors): Promise<Progress> {
  const { solver } = said;
  if (solver === "lbfgs") return unpackLbfgs(said, tensors);
  if (solver === "partial") return unpackPartial(said, tensors);
  if (solver === "sgd" || solver === "adamw") return unpackSgd(solver, said, tensors);
  throw bad("solver", solver);
}

async function unpackLbfgs(said: Record<string, unknown>, tensors: ProgressTensors): Promise<LbfgsProgress> {
  const conditions = conditionsOf(said);
  const numbers = objectOf(said.state);
  const lowered = objectOf(numbers.lowered);
  const iteration = countOf(numbers, "iteration");
  const length = tensors.lengthOf(conditions.bias !== false);
  const pairs = await pairsOf(countOf(numbers, "pairs", tensors.count / 2), length, tensors);
  const evaluations = countOf(numbers, "evaluations");
  const samplingWork = numberOf(numbers, "samplingWork");
  if (samplingWork < 0) throw bad("samplingWork", samplingWork);
  const state: LbfgsState = {
    iteration,
    evaluations,
    value: numberOf(numbers, "value"),
    lowered: {
      value: numberOf(lowered, "value"),
      norm: numberOf(lowered, "norm"),
      iteration: countOf(lowered, "iteration", iteration),
    },
    x: await tensors.take("x", length),
    gradient: await tensors.take("gradient", length),
    pairs,
    anchor:
      numbers.anchor === null ? null : await anchorOf(objectOf(numbers.anchor), evaluations, length, tensors),
    samplingWork,
  };
  const iterations = await iterationsOf(said.iterations, iteration);
  return { solver: "lbfgs", conditions, devices: devicesOf(said.devices), state, iterations };
}

async function anchorOf(
  numbers: Record<string, unknown>,
  latest: number,
  length: number,
  tensors: ProgressTensors,
): Promise<Anchor> {
  return {
    x: await tensors.take("anchor", length),
    evaluations: countOf(numbers, "evaluations", latest),
    round: countOf(numbers, "round", latest),
  };
}

function devicesOf(value: unknown): DeviceKind[] {
  if (value === undefined) return [];
  if (Array.isArray(value) && value.every((kind) => KINDS.includes(kind))) return [...new Set(value)];
  throw bad("devices", value);
}

/** Reads the conditions. They have to be short: errors show them when a fit is resumed under others. */
function conditionsOf(said: Record<string, unknown>): Conditions {
  const conditions = objectOf(said.conditions) as Conditions;
  const { length } = JSON.stringify(conditions);
  if (length > MAX_CONDITIONS) throw bad("conditions", `${length} characters`);
  return conditions;
}

/** Reads L-BFGS's curvature pairs, whose sᵀy is positive. */
async function pairsOf(count: number, length: number, tensors: ProgressTensors): Promise<CurvaturePair[]> {
  const pairs: CurvaturePair[] = [];
  for (let i = 0; i < count; i++) {
    const pair = { s: await tensors.take(`s${i}`, length), y: await tensors.take(`y${i}`, length) };
    if (!(dot(pair.s, pair.y) > 0)) throw bad(`y${i}`, "no positive curvature");
    pairs.push(pair);
  }
  return pairs;
}

async function unpackPartial(
  said: Record<string, unknown>,
  tensors: ProgressTensors,
): Promise<PartialProgress> {
  const numbers = objectOf(said.state);
  const rate = numbers.rate === null ? null : numberOf(numbers, "rate");
  if (rate !== null && rate < 0) throw bad("rate", rate);
  const optimiser = await optimiserOf(tensors, tensors.has("secondMoment"));
  return { solver: "partial", state: { optimiser, steps: countOf(numbers, "steps"), rate } };
}

async function unpackSgd(
  solver: SgdProgress["solver"],
  said: Record<string, unknown>,
  tensors: ProgressTensors,
): Promise<SgdProgress> {
  const numbers = objectOf(said.state);
  const epoch = countOf(numbers, "epoch");
  return {
    solver,
    conditions: conditionsOf(said),
    devices: devicesOf(said.devices),
    state: {
      epoch,
      optimiser: await optimiserOf(tensors, solver === "adamw"),
      best: numbers.best === null ? null : await bestOf(objectOf(numbers.best), epoch, tensors),
    },
    epochs: await epochsOf(said.epochs, epoch),
  };
}

async function optimiserOf(tensors: ProgressTensors, isAdamw: boolean): Promise<OptimiserState> {
  return {
    parameters: await tensors.parameters("parameters"),
    velocity: await tensors.parameters("velocity"),
    ...(isAdamw && { secondMoment: await tensors.parameters("secondMoment", isMeanOfSquares) }),
    ...(tensors.has("average") && { average: await tensors.parameters("average") }),
  };
}

/** Accepts infinity too: a mean of squares may overflow while steps, which are divided by its root, stay finite. */
function isMeanOfSquares(value: number): boolean {
  return value >= 0;
}

async function bestOf(
  best: Record<string, unknown>,
  latest: number,
  tensors: ProgressTensors,
): Promise<BestEpoch> {
  const loss = figureOf(best.loss, "loss");
  return {
    epoch: countOf(best, "epoch", latest),
    // Any other loss is better than one that is no number.
    loss: Number.isNaN(loss) ? Infinity : loss,
    parameters: await tensors.parameters("best"),
  };
}

/**
 * The arrays of an interrupted fit, for a model of W `[K·D]` and K classes: taken by name, each once, none left over.
 */
class ProgressTensors {
  readonly #tensors: SavedProgress["tensors"];
  readonly #weights: number;
  readonly #classes: number;
  readonly #left: Set<string>;

  constructor(tensors: SavedProgress["tensors"], weights: number, classes: number) {
    this.#tensors = tensors;
    this.#weights = weights;
    this.#classes = classes;
    this.#left = new Set(Object.keys(tensors));
  }

  /** How many there are. */
  get count(): number {
    return Object.keys(this.#tensors).length;
  }

  /** Numbers of W and, behind them, of b if there is one. */
  lengthOf(hasBias: boolean): number {
    return this.#weights + (hasBias ? this.#classes : 0);
  }

  /** Whether there are parameters of this name. */
  has(name: string): boolean {
    return Object.hasOwn(this.#tensors, `${name}.weights`);
  }

  /** Returns an array. @throws FormatError no array of that name, another length, or a value that is not accepted */
  async take(
    name: string,
    length: number,
    accepts: (value: number) => boolean = Number.isFinite,
  ): Promise<Float64Array> {
    if (!Object.hasOwn(this.#tensors, name)) throw bad(name, "nothing");
    const values = this.#tensors[name];
    if (values.length !== length) throw bad(name, `${values.length} numbers`);
    await inPieces(length, (begin, end) => {
      for (let i = begin; i < end; i++) if (!accepts(values[i])) throw bad(name, values[i]);
    });
    this.#left.delete(name);
    return values;
  }

  /** Returns two arrays, W and b. @throws FormatError as {@link take} */
  async parameters(name: string, accepts?: (value: number) => boolean): Promise<Parameters> {
    return {
      weights: await this.take(`${name}.weights`, this.#weights, accepts),
      bias: await this.take(`${name}.bias`, this.#classes, accepts),
    };
  }

  /** Refuses arrays that nothing has asked for. @throws FormatError */
  requireAllUsed(): void {
    for (const name of this.#left) throw bad(name.slice(0, 40), "an array that this fit does not have");
  }
}
