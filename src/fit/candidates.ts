/**
 * Rows that represent all rows of a fit in sums over them. Half of a row's chance is even, half goes by its leverage
 * x̃ᵀ diag(v)⁻¹ x̃ with v the mean squares of the columns, so that rare features are among them.
 */

import type { Matrix } from "../data/matrix.ts";
import { createRandom } from "../data/random.ts";
import { isOnDevice } from "../data/rows.ts";
import { pause } from "../pause.ts";
import { drawRows } from "../solvers/row-sample.ts";
import type { Taken } from "./candidate-pool.ts";
import { poolInMemory } from "./candidates-in-memory.ts";
import { poolOnDevice } from "./candidates-on-device.ts";
import type { FitSession } from "./session.ts";

/** A sample of the rows. */
export interface Candidates extends Taken {
  /** Share of each row in a mean over all rows: s_i / Σ s, divided by the probability that it is drawn. */
  readonly weights: Float64Array;
  readonly leverages: Float64Array;
  /** Mean squares of the columns, with that of the bias if there is one, `[n]`. */
  readonly squares: Float64Array;
}

/**
 * Draws about `count` rows.
 *
 * @param penalties λ of each column, `[D]`: a column whose mean square is small beside it adds little leverage
 */
export async function drawCandidates(
  session: FitSession,
  count: number,
  penalties: Float64Array,
): Promise<Candidates> {
  const { rows, options, signal } = session.problem;
  const { matrix, weights } = rows;
  const random = createRandom(options.seed);
  const { seen, leverages, take } = isOnDevice(matrix)
    ? await poolOnDevice(session, matrix, penalties)
    : await poolInMemory(session, matrix as Matrix, penalties, random);
  const counts = weights
    ? Float64Array.from(seen, (row) => weights[row])
    : new Float64Array(seen.length).fill(1);
  let [total, weighted] = [0, 0];
  for (let i = 0; i < counts.length; i++) {
    total += counts[i];
    weighted += counts[i] * leverages[i];
  }
  await pause(signal);
  const chances = new Float64Array(seen.length);
  for (let i = 0; i < chances.length; i++)
    chances[i] = counts[i] * (leverages[i] / weighted + 1 / total) || 0;
  await pause(signal);
  const drawn = drawRows(chances, count, random);
  const shares = Float64Array.from(drawn.rows, (i, at) => counts[i] / total / drawn.probabilities[at]);
  const { place, squares } = await take(
    drawn.rows.map((i) => seen[i]),
    shares,
  );
  return {
    place,
    weights: shares,
    leverages: Float64Array.from(drawn.rows, (i) => leverages[i]),
    squares: session.shape.bias ? Float64Array.of(...squares, 1) : squares,
  };
}
