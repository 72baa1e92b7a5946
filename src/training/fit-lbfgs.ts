/** A fit by L-BFGS: loss and gradient over all rows on the device, everything else on the host in float64. */
import type { DeviceInfo, Evaluation } from "../backends/backend.ts";
import { fold, unfold } from "../data/standardization.ts";
import { DivergenceError } from "../errors.ts";
import type { IterationRecord } from "../fit-options.ts";
import { areFinite, type Parameters } from "../objective.ts";
import { type LbfgsOptions, lbfgs, type Objective } from "../solvers/lbfgs.ts";
import { fitPreconditioner, type Preconditioner, preconditionerCost } from "../solvers/preconditioner.ts";
import { conditionedOnHost, type PassTrainer, penaltiesOf, thresholdsOf } from "./conditioning.ts";
import type { LbfgsProgress, Outcome, Run } from "./run.ts";

/** Curvature pairs, fewer where so many would take more than this of memory, bytes. */
const MEMORY = { pairs: 10, leastPairs: 3, bytes: 2 ** 30 };

/** Relative rounding of a loss summed over many rows, by the device's arithmetic. */
const PRECISION = { float32: 2 ** -22, float64: 2 ** -50 };

/** Rounding of a single score beside that of a loss that is summed over many rows. */
const SCORE_SHARE = 1 / 4;

/**
 * What saving more than half of the passes is worth: multiplications on this thread, by those of a pass on the device,
 * once and in every iteration. Always worth are those that nobody notices; on a GPU, only those.
 */
const WORTH = { make: 2, use: 1 / 10 };
const UNNOTICED = { make: 2 ** 24, use: 2 ** 21 };

/** Runs L-BFGS from the parameters given, or on from where it was interrupted. */
export async function fitLbfgs(run: Run, start: Parameters, resumed: LbfgsProgress | null): Promise<Outcome> {
  const { options, hooks, rows, validation, shape, conditioning } = run;
  const { conditions, devices } = run;
  const count = shape.classes * shape.features;
  const iterations: IterationRecord[] = [...(resumed?.iterations ?? [])];
  const precision = run.device.kind === "reference" ? PRECISION.float64 : PRECISION.float32;
  const passes: Passes = new WeakMap();
  const isOnHost = conditioning && !run.storesConditioned;
  const trainer = isOnHost ? conditionedOnHost(run.trainer, conditioning) : run.trainer;
  let latest = start;
  const stopReason = await lbfgs(
    objectiveOf(run, trainer, passes, resumed !== null),
    resumed?.state ?? flatten(unfold(start, conditioning), shape.bias),
    {
      ...options,
      memory: memoryFor(count),
      precision,
      rounding: roundingOf(run, precision),
      precondition: await preconditionerOf(run),
      l1:
        options.l1 > 0 ? { thresholds: thresholdsOf(options.l1, shape.features, conditioning), count } : null,
    },
    async (state, gradientNorm) => {
      const found = unflatten(state.x, shape);
      // The start is no result yet, and a state that is resumed from has been reported before.
      const isNew = state.iteration === iterations.length;
      const isResult = state.iteration > 0;
      latest = fold(found, conditioning);
      if (isResult) run.keep(latest);
      if (isNew) {
        if (validation) trainer.write(found);
        const seen = validation && (await trainer.evaluate(validation.data, { signal: run.signal }));
        const { loss, correct } = passes.get(state.gradient) as Evaluation;
        iterations.push({
          iteration: state.iteration,
          objective: state.value,
          loss,
          accuracy: correct / rows.countedRows,
          gradientNorm,
          passes: state.evaluations,
          ...(seen && { validation: run.summarise(seen) }),
        });
      }
      if (isResult)
        run.keepProgress({ solver: "lbfgs", conditions, devices, state, iterations: [...iterations] });
      if (isNew && isResult) await hooks.onIteration?.(iterations[iterations.length - 1]);
      run.signal.throwIfAborted();
    },
  );
  run.keep(latest);
  return { epochs: [], iterations, stopReason };
}

/** What a pass saw beside the gradient, by that gradient. */
type Passes = WeakMap<Float64Array, Evaluation>;

/** J without its L1 part, and its gradient, as functions of W row after row and b behind it. */
function objectiveOf(run: Run, trainer: PassTrainer, passes: Passes, isResumed: boolean): Objective {
  const { data, shape, rows, options, hooks, conditioning, signal } = run;
  const penalties = penaltiesOf(options.l2, shape.features, conditioning);
  let count = 0;
  return async (x) => {
    const parameters = unflatten(x, shape);
    trainer.write(parameters);
    const { loss, correct, dWeights, dBias } = await trainer.lossAndGradient(data, 0, {
      signal,
      onRows: (visited) =>
        hooks.onProgress?.({
          phase: "training",
          rows: count * rows.matrix.rows + visited,
          totalRows: (count + 1) * rows.matrix.rows,
        }),
    });
    const gradient = { weights: dWeights, bias: dBias };
    const value = loss + addPenalty(parameters.weights, penalties, dWeights);
    // Only the start is no trial: from there on a step that leaves the finite numbers is taken back.
    if (count === 0 && !isResumed && !(Number.isFinite(loss) && areFinite(gradient)))
      throw new DivergenceError("x", "the objective is not finite at the start; scale the features");
    count++;
    const flat = flatten(gradient, shape.bias);
    passes.set(flat, { loss, correct });
    return { value, gradient: flat };
  };
}

/**
 * Returns what differences of the objective may be rounding alone: that of the loss, and that of the scores, which
 * does not shrink with the loss. A score is about as large as ‖w_k‖ ‖x‖ + |b_k|; a feature that is centred and scaled
 * counts as 1 in ‖x‖, since their signs differ.
 */
function roundingOf(
  { shape, standardization, conditioning, maxSquaredNorm }: Run,
  precision: number,
): LbfgsOptions["rounding"] {
  const length = (standardization ?? conditioning) ? 1 : Math.sqrt(maxSquaredNorm);
  const { classes, features } = shape;
  return (x, value) => {
    let score = 0;
    for (let k = 0; k < classes; k++) {
      let squares = 0;
      for (let at = k * features; at < (k + 1) * features; at++) squares += x[at] * x[at];
      const bias = shape.bias ? Math.abs(x[classes * features + k]) : 0;
      score = Math.max(score, Math.sqrt(squares) * length + bias);
    }
    return precision * (Math.abs(value) + SCORE_SHARE * (1 + score));
  };
}

/** Adds 2 λ_j W_kj to the gradient; gives Σ λ_j W_kj². In float64: the device leaves the penalty out. */
function addPenalty(weights: Float64Array, penalties: Float64Array, dWeights: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < weights.length; at++) {
    const pull = penalties[at % penalties.length] * weights[at];
    sum += pull * weights[at];
    dWeights[at] += 2 * pull;
  }
  return sum;
}

/** A preconditioner where it costs less than the passes it saves, and nothing where L1 keeps to orthants. */
async function preconditionerOf(run: Run): Promise<Preconditioner> {
  const { rows, standardization, conditioning, shape, options, device, signal } = run;
  const { matrix: x, weights } = rows;
  const pass = isFast(device) ? 0 : x.rows * x.cols * shape.classes;
  const cost = preconditionerCost(x, shape.classes);
  const isWorthIt =
    cost.make <= Math.max(UNNOTICED.make, WORTH.make * pass) &&
    cost.use <= Math.max(UNNOTICED.use, WORTH.use * pass);
  if (options.l1 > 0 || !isWorthIt) return async (vector) => vector.slice();
  const penalties = penaltiesOf(options.l2, shape.features, conditioning);
  const { seed } = options;
  return fitPreconditioner(
    { ...shape, x, weights, penalties, seed, standardization: standardization ?? conditioning },
    signal,
  );
}

function memoryFor(parameters: number): number {
  const affordable = Math.floor(MEMORY.bytes / (2 * 8 * parameters));
  return Math.max(MEMORY.leastPairs, Math.min(MEMORY.pairs, affordable));
}

function isFast({ kind, software }: DeviceInfo): boolean {
  return kind === "webgpu" && !software;
}

function flatten({ weights, bias }: Parameters, hasBias: boolean): Float64Array {
  const flat = new Float64Array(weights.length + (hasBias ? bias.length : 0));
  flat.set(weights);
  if (hasBias) flat.set(bias, weights.length);
  return flat;
}

function unflatten(x: Float64Array, { classes, features, bias }: Run["shape"]): Parameters {
  const count = classes * features;
  return { weights: x.slice(0, count), bias: bias ? x.slice(count) : new Float64Array(classes) };
}
