/** A fit by L-BFGS: loss and gradient over all rows on the device, everything else on the host in float64. */
import type { Evaluation } from "../backends/backend.ts";
import { foldInPieces, unfold } from "../data/standardization.ts";
import { DivergenceError } from "../errors.ts";
import type { FitHistory, IterationRecord } from "../fit-options.ts";
import { summarise } from "../model/predict.ts";
import { areFinite, emptyParameters, joined, partsOf } from "../parameters.ts";
import { pause } from "../pause.ts";
import { type LbfgsOptions, lbfgs, type Objective } from "../solvers/lbfgs.ts";
import { conditionedOnHost, type PassTrainer, penaltiesOf, thresholdsOf } from "./conditioning.ts";
import { preconditioningOf, SeriesPreconditioning } from "./preconditioning.ts";
import type { FitSession, FitStore } from "./session.ts";

/** Most and fewest curvature pairs; between them, as many as this much memory holds, bytes. */
const MEMORY = { pairs: 10, leastPairs: 3, bytes: 2 ** 30 };

/** Relative rounding of a loss summed over many rows, by the device's arithmetic. */
const PRECISION = { float32: 2 ** -22, float64: 2 ** -50 };

/** Rounding of a single score beside that of a loss that is summed over many rows. */
const SCORE_SHARE = 1 / 4;

/** Fits from the problem's start, or goes on from where an interrupted fit stopped. @throws DivergenceError */
export async function fitLbfgs(
  session: FitSession,
  store: FitStore,
): Promise<Pick<FitHistory, "epochs" | "iterations" | "stopReason">> {
  const { problem, device, devices, shape, validation } = session;
  const { options, fitOptions, rows, conditioning, conditions, signal } = problem;
  const resumed = problem.resumed?.solver === "lbfgs" ? problem.resumed : null;
  const start = problem.start ?? emptyParameters(shape);
  const iterations: IterationRecord[] = [...(resumed?.iterations ?? [])];
  const precision = device.kind === "reference" ? PRECISION.float64 : PRECISION.float32;
  const evaluations: Evaluations = new WeakMap();
  const isOnHost = conditioning && !problem.storedConditioning;
  const trainer = isOnHost ? conditionedOnHost(session.trainer, conditioning) : session.trainer;
  const count = shape.classes * shape.features;
  const memory = memoryFor(session);
  let latest = start;
  const unfolded = unfold(start, conditioning);
  await pause(signal);
  const preconditioning = session.preconditioning ?? preconditioningOf(session, memory);
  const stopReason = await lbfgs(
    objectiveOf(session, trainer, evaluations),
    resumed?.state ?? joined(unfolded, shape.bias),
    {
      ...options,
      memory: preconditioning.memory ?? memory,
      precision,
      rounding: roundingOf(session, precision),
      preconditioning,
      l1:
        options.l1 > 0 ? { thresholds: thresholdsOf(options.l1, shape.features, conditioning), count } : null,
    },
    async (state, gradientNorm) => {
      const found = partsOf(state.x, shape);
      // A state that is resumed from has been reported before, and the start is no result yet.
      const isNew = state.iteration === iterations.length;
      const isResult = state.iteration > 0;
      if (isResult) {
        latest = conditioning ? await foldInPieces(found, conditioning, signal) : found;
        store.parameters(latest);
        await pause(signal);
      }
      if (isNew) {
        if (validation) trainer.write(found);
        const seen = validation && (await trainer.evaluate(validation.data, { signal }));
        const { loss, correct } = evaluations.get(state.gradient) as Evaluation;
        iterations.push({
          iteration: state.iteration,
          objective: state.value,
          loss,
          accuracy: correct / rows.countedRows,
          gradientNorm,
          passes: state.evaluations,
          work: state.evaluations + state.samplingWork,
          ...(seen && { validation: summarise(seen, validation.rows.countedRows, latest, options) }),
        });
      }
      if (isResult)
        store.progress({ solver: "lbfgs", conditions, devices, state, iterations: [...iterations] });
      if (isNew && isResult) await fitOptions.onIteration?.(iterations[iterations.length - 1]);
      signal.throwIfAborted();
    },
  ).finally(() => preconditioning.dispose?.());
  // A fit that stops at its start has the start as its result.
  store.parameters(latest);
  return { epochs: [], iterations, stopReason };
}

/** Loss and rows predicted right of each evaluation, by the gradient that it returned. */
type Evaluations = WeakMap<Float64Array, Evaluation>;

/** Returns J without its L1 part, and its gradient, as functions of the flat parameters. */
function objectiveOf(session: FitSession, trainer: PassTrainer, evaluations: Evaluations): Objective {
  const { data, shape, problem } = session;
  const { rows, options, fitOptions, conditioning, signal, resumed } = problem;
  const penalties = penaltiesOf(options.l2, shape.features, conditioning);
  let passes = 0;
  return async (x) => {
    // With millions of parameters each way through them takes some milliseconds; so there are pauses in between.
    const parameters = partsOf(x, shape);
    trainer.write(parameters);
    await pause(signal);
    // λ = 0 on the device: the penalty is added below, in float64.
    const { loss, correct, dWeights, dBias } = await trainer.lossAndGradient(data, 0, {
      signal,
      onRows: (visited) =>
        fitOptions.onProgress?.({
          phase: "training",
          rows: passes * rows.matrix.rows + visited,
          totalRows: (passes + 1) * rows.matrix.rows,
        }),
    });
    await pause(signal);
    const gradient = { weights: dWeights, bias: dBias };
    const value = loss + addPenalty(parameters.weights, penalties, dWeights);
    await pause(signal);
    // Only at the start is this an error: later points are trial steps, which the line search rejects.
    if (passes === 0 && !resumed && !(Number.isFinite(loss) && areFinite(gradient)))
      throw new DivergenceError("x", "the objective is not finite at the start; scale the features");
    passes++;
    const flat = joined(gradient, shape.bias);
    evaluations.set(flat, { loss, correct });
    return { value, gradient: flat };
  };
}

/**
 * Returns the largest difference of the objective that may be rounding alone: the rounding of the loss plus that of the
 * scores, which does not shrink with the loss. A score is about as large as ‖w_k‖ ‖x‖ + |b_k|; a feature that is
 * centred and scaled counts as 1 in ‖x‖, since their signs differ.
 */
function roundingOf(
  { shape, problem: { standardization, conditioning, maxSquaredNorm } }: FitSession,
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

/** Adds 2 λ_j W_kj to the gradient and returns Σ λ_j W_kj², in float64. */
function addPenalty(weights: Float64Array, penalties: Float64Array, dWeights: Float64Array): number {
  let sum = 0;
  for (let row = 0; row < weights.length; row += penalties.length) {
    for (let j = 0; j < penalties.length; j++) {
      const pull = penalties[j] * weights[row + j];
      sum += pull * weights[row + j];
      dWeights[row + j] += 2 * pull;
    }
  }
  return sum;
}

/** Returns the preconditioning of a series of fits on the rows of a session. To be disposed of after it. */
export function seriesOf(session: FitSession): SeriesPreconditioning {
  return new SeriesPreconditioning(session, memoryFor(session));
}

function memoryFor({ shape }: FitSession): number {
  const affordable = Math.floor(MEMORY.bytes / (2 * 8 * shape.classes * shape.features));
  return Math.max(MEMORY.leastPairs, Math.min(MEMORY.pairs, affordable));
}
