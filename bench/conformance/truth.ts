/** What a device's results of a case are compared with, and how far they may be off. */
import type { Dataset, Trainer } from "../../src/backends/backend.ts";
import { outcomes } from "../../src/backends/reference/index.ts";
import { scoresOf } from "../../src/backends/reference/of-rows.ts";
import { ReferenceDataset, ReferenceTrainer } from "../../src/backends/reference/trainer.ts";
import { isSparse } from "../../src/data/sparse-matrix.ts";
import type { DrawnCase } from "./draw-case.ts";
import { rankSpans, type Scores, type Span } from "./rankings.ts";
import { FLOAT32, float32Tolerance, type Tolerance, times, toleranceOf } from "./tolerance.ts";

/** A trainer and its data set, on the device or on the reference. */
export interface Side {
  readonly trainer: Trainer;
  readonly data: Dataset;
}

/** How far the results of each kind may be off. */
export interface Tolerances {
  readonly scores: Tolerance;
  readonly probabilities: Tolerance;
  readonly loss: Tolerance;
  readonly gradient: Tolerance;
  /** Of parameters, moments and losses after some steps. */
  readonly steps: Tolerance;
}

/** The reference of a case, with the parameters of the case. */
export interface Truth {
  readonly drawn: DrawnCase;
  readonly data: ReferenceDataset;
  readonly side: Side;
  readonly scores: Scores;
  /** Possible ranks of each row's target. */
  readonly ranks: readonly Span[];
  readonly tolerances: Tolerances;
}

/** Exact equality. */
export const EXACT: Tolerance = { absolute: 0, relative: 0 };

/**
 * Errors of a gradient that ten steps may add up to: the rates η are at most 1/L and 0.2, so that an error of a step does
 * not grow in the next ones, and counts for Σ η / (1 − μ) ≤ 20. AdamW divides by ε = 0.05 at least, and its rates are
 * ε times as large.
 */
const OF_STEPS = { dense: 20, sparse: 40 };

/** Computes the scores of a case by the reference, and prepares the rest. */
export function truthOf(drawn: DrawnCase): Truth {
  const { problem, features, classes, bias } = drawn;
  const data = new ReferenceDataset(problem.source);
  const trainer = new ReferenceTrainer({ features, classes, bias, sparse: isSparse(problem.source.x) });
  const parameters = bias ? problem.parameters : { ...problem.parameters, bias: new Float64Array(classes) };
  const logits = scoresOf(data.x, problem.rows, parameters);
  const tolerances = tolerancesOf(drawn, data, largestOf(logits));
  const { absolute, relative } = tolerances.scores;
  const scores = { logits, classes, error: absolute + relative * largestOf(logits) };
  const { rank } = outcomes(logits, data.targets, problem.rows, classes);
  return {
    drawn,
    data,
    side: { trainer, data },
    scores,
    ranks: rankSpans(rank, data.targets, scores),
    tolerances,
  };
}

function tolerancesOf(drawn: DrawnCase, data: ReferenceDataset, largestScore: number): Tolerances {
  const base = times(Math.max(1, largestValue(drawn, data)), toleranceOf({ epsilon: FLOAT32 }, drawn));
  const rounded = { absolute: base.absolute + 2 ** -22, relative: base.relative + 2 ** -22 };
  const ofSteps = times(OF_STEPS[drawn.kind === "sparse" || drawn.steps.adamw ? "sparse" : "dense"], base);
  const ordinary = { scores: rounded, probabilities: rounded, loss: base, gradient: base, steps: ofSteps };
  if (drawn.kind === "far") return { ...ordinary, loss: { absolute: 0, relative: 1e-5 } };
  if (drawn.kind !== "extreme") return ordinary;
  // Scores are exact; a loss is the difference of two sums of K numbers of their size.
  const ofLoss = float32Tolerance(drawn.classes, largestScore).absolute;
  return { ...ordinary, scores: EXACT, loss: { ...base, absolute: base.absolute + ofLoss } };
}

/** Returns the largest size of a finite number; 0 if there is none. */
export function largestOf(values: ArrayLike<number>): number {
  let largest = 0;
  for (let i = 0; i < values.length; i++) {
    const size = Math.abs(values[i]);
    if (size < Infinity) largest = Math.max(largest, size);
  }
  return largest;
}

/** Returns the largest value of the rows that are not lost, as the device sees them. */
function largestValue({ lost }: DrawnCase, { x }: ReferenceDataset): number {
  if (isSparse(x)) return x.data ? largestOf(x.data) : 1;
  const scale = x.scale ?? 1;
  const isLost = (at: number) => lost.includes(Math.floor(at / x.cols));
  const values =
    lost.length > 0 ? Float64Array.from(x.data, (value, at) => (isLost(at) ? 0 : value)) : x.data;
  return scale * largestOf(values);
}
