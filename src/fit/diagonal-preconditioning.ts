/**
 * The preconditioner of L-BFGS for sparse rows: the diagonal of the Hessian. For feature j, with p (1 − p) the mean over
 * the classes,
 *
 *   M_j = Σ_i s_i p_i (1 − p_i) x_ij² / Σ_i s_i + 2λ
 *
 * so that frequent words and rare ones, which λ alone holds, are on a common footing. Blocks of the Hessian, as for dense
 * rows, would have D² elements. One way over the stored values makes it; it is made anew as the model moves.
 */
import { sparseSums } from "../data/lazy-sparse-sums.ts";
import type { SparseMatrix } from "../data/sparse-matrix.ts";
import { partsOf } from "../parameters.ts";
import { pause } from "../pause.ts";
import { diagonalMetric } from "../solvers/diagonal-metric.ts";
import {
  type Anchor,
  IDENTITY,
  type Preconditioner,
  type Preconditioning,
} from "../solvers/preconditioner.ts";
import { maxNorm } from "../solvers/vectors.ts";
import { penaltiesOf } from "./conditioning.ts";
import { meanCurvatures } from "./curvature-sample.ts";
import type { FitSession } from "./session.ts";

/** Passes after which M is made anew: growth · those at the last time + more. */
const SCHEDULE = { growth: 1.6, more: 4 };

/** Curvature pairs beside M with an L1 penalty: each parameter that moves takes the square of their number in work. */
const PAIRS_WITH_L1 = 3;

/** Most probabilities that are read back; of more rows and classes, they are taken to be equal. */
const MOST_PROBABILITIES = 2 ** 25;

/** Work of making M, in passes: the scores of all rows, and a sum over the stored values. */
const MAKING_WORK = 1;

/** Returns the preconditioning of a fit of sparse rows. */
export function diagonalPreconditioning(session: FitSession, l2: number): Preconditioning {
  let latest: { readonly anchor: Anchor; readonly preconditioner: Preconditioner } | null = null;
  return {
    ...(session.problem.options.l1 > 0 && { memory: PAIRS_WITH_L1 }),
    at: async ({ x, evaluations, anchor }) => {
      const isDue = !anchor || evaluations >= SCHEDULE.growth * anchor.evaluations + SCHEDULE.more;
      const current = isDue ? { x, evaluations, round: anchor ? anchor.round + 1 : 0 } : anchor;
      // A resumed fit makes the M that it was interrupted with.
      if (latest?.anchor.round !== current.round)
        latest = { anchor: current, preconditioner: await preconditionerAt(session, current.x, l2) };
      return { preconditioner: latest.preconditioner, anchor: current, work: isDue ? MAKING_WORK : 0 };
    },
  };
}

/**
 * Makes M at parameters x; M = I if no curvature is left there, or scores overflow. A column without any, such as one
 * that no row has, gets the most that there is, since nothing pulls at its weights.
 */
async function preconditionerAt(session: FitSession, x: Float64Array, l2: number): Promise<Preconditioner> {
  const { shape } = session;
  const diagonal = await diagonalAt(session, x, l2);
  const largest = maxNorm(diagonal);
  for (let j = 0; j < diagonal.length; j++) diagonal[j] ||= largest;
  const count = shape.classes * shape.features;
  const inverse = Float64Array.from(diagonal, (value) => 1 / value);
  if (!inverse.every((value) => value > 0 && value < Infinity)) return IDENTITY;
  const { features } = shape;
  return {
    work: 0,
    apply: async (vector) => {
      const result = vector.slice();
      for (let row = 0; row < count; row += features) {
        await pause();
        for (let j = 0; j < features; j++) result[row + j] *= inverse[j];
      }
      for (let at = count; at < result.length; at++) result[at] *= inverse[features];
      return result;
    },
    metric: diagonalMetric(diagonal, count, x.length),
  };
}

/** Returns M_j of each feature and, behind them, that of the bias, `[D+1]`. */
async function diagonalAt(
  { problem, shape, trainer, data }: FitSession,
  x: Float64Array,
  l2: number,
): Promise<Float64Array> {
  const { rows, standardization, conditioning, signal } = problem;
  const matrix = rows.matrix as SparseMatrix;
  trainer.write(partsOf(x, shape));
  const isAffordable = matrix.rows * shape.classes <= MOST_PROBABILITIES;
  const curvatures = isAffordable
    ? meanCurvatures(await trainer.probabilities(data, { signal }), shape.classes)
    : new Float64Array(matrix.rows).fill((1 - 1 / shape.classes) / shape.classes);
  await pause(signal);
  let [total, ofBias] = [0, 0];
  for (let i = 0; i < curvatures.length; i++) {
    const s = rows.weights?.[i] ?? 1;
    curvatures[i] *= s;
    total += s;
    ofBias += curvatures[i];
  }
  const sums = await (await sparseSums()).sumsOfSquares(matrix, curvatures, signal);
  const diagonal = new Float64Array(shape.features + 1);
  const penalties = penaltiesOf(l2, shape.features, conditioning);
  const scale = (standardization ?? conditioning)?.scale;
  for (let j = 0; j < sums.length; j++)
    diagonal[j] = sums[j] / ((scale ? scale[j] ** 2 : 1) * total) + 2 * penalties[j];
  diagonal[shape.features] = ofBias / total;
  return diagonal;
}
