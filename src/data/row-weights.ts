/** Weight of each row: s_i = sample weight × class weight, 0 for ignored rows. */
import { DataError, ShapeError } from "../errors.ts";
import { type ClassWeight, explicitClassWeights } from "./class-weight.ts";
import type { Label } from "./labels.ts";
import { describe, scaleOf } from "./matrix.ts";
import { inPieces } from "./pieces.ts";
import type { Targets } from "./targets.ts";

export type { ClassWeight };

/** Input of {@link rowWeights}, for `N` rows. */
export interface RowWeightsSource {
  readonly targets: Targets;
  /** Labels of the K classes, in the order of the targets. */
  readonly classes: readonly Label[];
  /** Finite numbers ≥ 0, one per row, `[N]`. Default: 1. */
  readonly sampleWeight?: ArrayLike<number> | undefined;
  /** Default: 1 for every class. */
  readonly classWeight?: ClassWeight | undefined;
  /** `[N]`, 1 for rows to ignore, whatever their targets are. */
  readonly ignored?: Uint8Array | undefined;
  /** Names of the arguments in errors. Default `"y"` and `"sampleWeight"`. */
  readonly names?: { readonly y: string; readonly sampleWeight: string } | undefined;
}

/** s_i of each row, in a unit that suits float32. Only the ratios of weights matter in a fit. */
export interface RowWeights {
  /** `[N]`, with a mean from 1 up to 2. A weight above 0 is at least 2⁻¹²⁶. */
  readonly values: Float32Array;
  /** Power of two such that s_i = `values[i] · unit`. */
  readonly unit: number;
}

/** Smallest weight above 0: a device may treat subnormal float32 numbers as 0. */
const LEAST_WEIGHT = 2 ** -126;

/** Returns the number of rows of weight above 0. */
export function countAbove0(weights: Float32Array): number {
  let count = 0;
  for (let i = 0; i < weights.length; i++) if (weights[i] > 0) count++;
  return count;
}

/** Returns the rows of weight above 0, in order. */
export function rowsThatCount(weights: ArrayLike<number>): Uint32Array<ArrayBuffer> {
  const rows = new Uint32Array(weights.length);
  let count = 0;
  for (let i = 0; i < weights.length; i++) if (weights[i] > 0) rows[count++] = i;
  return rows.slice(0, count);
}

/** Number of rows visited between two pauses. */
const PIECE = 2 ** 17;

/**
 * Returns s_i of each row; undefined if neither weights nor ignored rows are given, since all s_i
 * are 1 then. The class weight of a row with soft labels is Σ_k q_k w_k.
 *
 * `"balanced"` is w_k = Σ s / (K n_k), with n_k the sum of the sample weights s of class k (for soft labels Σ_i s_i
 * q_ik). Each class then has the same total weight, and the total of all rows is unchanged. A row of weight 2 counts as
 * two rows, as in scikit-learn from 1.7 on.
 *
 * @throws ShapeError  sample weights without one per row; an array of class weights of another length than `classes`
 * @throws OptionError a class weight that is not finite and ≥ 0, or one for a label that is no class
 * @throws DataError   a sample weight that is not finite and ≥ 0; a class of weight 0 to balance; weights that are all
 *                     0; rows without targets
 * @throws the signal's reason, once it is aborted
 */
export async function rowWeights(
  source: RowWeightsSource,
  signal?: AbortSignal,
): Promise<RowWeights | undefined> {
  const { sampleWeight, classWeight, ignored, classes } = source;
  if (!(sampleWeight || classWeight || ignored)) return undefined;
  const { y, sampleWeight: name } = source.names ?? { y: "y", sampleWeight: "sampleWeight" };
  const shares = sharesOf(source.targets, y);
  const eachRow: EachRow = (visit) => {
    const visitPiece = (first: number, end: number) => {
      for (let i = first; i < end; i++) visit(i);
    };
    return inPieces(shares.rows, visitPiece, PIECE, signal);
  };
  checkLength(sampleWeight, shares.rows, name);
  const weights = new Float64Array(shares.rows);
  await eachRow((i) => {
    const s = sampleWeight ? checkedWeight(sampleWeight[i], i, name) : 1;
    weights[i] = ignored?.[i] ? 0 : s;
  });
  // Normalise before adding or multiplying, so that weights of any size neither overflow nor underflow.
  let unit = await normalise(weights, "largest", sampleWeight ? name : y, eachRow);
  if (classWeight !== undefined) {
    const perClass = await classWeightsOf(classWeight, weights, shares, classes, eachRow);
    unit *= perClass.unit;
    await eachRow((i) => {
      if (weights[i] > 0) weights[i] *= shares.mean(i, perClass.values);
    });
  }
  unit *= await normalise(weights, "mean", classWeight === undefined ? name : "classWeight", eachRow);
  const values = new Float32Array(weights.length);
  await eachRow((i) => {
    values[i] = weights[i] > 0 ? Math.max(weights[i], LEAST_WEIGHT) : 0;
  });
  return { values, unit };
}

/** Visits every row, in pieces. */
type EachRow = (visit: (i: number) => void) => Promise<void>;

/**
 * Divides the weights by a power of two, which is exact, so that the largest weight, or their mean, lies in [1, 2).
 *
 * @returns the power of two
 * @throws DataError weights that are all 0
 */
async function normalise(
  weights: Float64Array,
  by: "largest" | "mean",
  argument: string,
  eachRow: EachRow,
): Promise<number> {
  let [largest, sum] = [0, 0];
  await eachRow((i) => {
    largest = Math.max(largest, weights[i]);
    sum += weights[i];
  });
  if (largest === 0)
    throw new DataError(argument, "all rows have weight 0 or are ignored; at least one must count");
  const unit = powerOfTwo(by === "largest" ? largest : sum / weights.length);
  if (unit !== 1)
    await eachRow((i) => {
      weights[i] /= unit;
    });
  return unit;
}

/** Returns the largest power of two that is at most `value` > 0, but at least the smallest normal number. */
function powerOfTwo(value: number): number {
  const exponent = Math.max(-1022, Math.floor(Math.log2(value)));
  // log2 rounds: just below a power of two it may return the exponent of that power.
  return 2 ** exponent > value && exponent > -1022 ? 2 ** (exponent - 1) : 2 ** exponent;
}

/** Returns w_k of each class, in a unit that keeps their products with row weights finite. */
async function classWeightsOf(
  classWeight: ClassWeight,
  weights: Float64Array,
  shares: Shares,
  classes: readonly Label[],
  eachRow: EachRow,
): Promise<{ values: Float64Array; unit: number }> {
  const values =
    classWeight === "balanced"
      ? await balanced(weights, shares, classes, eachRow)
      : explicitClassWeights(classWeight, classes);
  const largest = values.reduce((most, w) => Math.max(most, w), 0);
  const unit = largest > 0 ? powerOfTwo(largest) : 1;
  return { values: values.map((w) => w / unit), unit };
}

/** Share of each row in each class, for either kind of targets. */
interface Shares {
  readonly rows: number;
  /** Adds s·q_k of row i to the sum of each class. */
  add(i: number, s: number, sums: Float64Array): void;
  /** Returns Σ_k q_k w_k of row i. */
  mean(i: number, weights: ArrayLike<number>): number;
}

function sharesOf(targets: Targets, argument: string): Shares {
  if (targets.kind === "none")
    throw new DataError(argument, "expected labels: only labelled rows have weights");
  if (targets.kind === "labels") {
    const { labels } = targets;
    return {
      rows: labels.length,
      add: (i, s, sums) => {
        sums[labels[i]] += s;
      },
      mean: (i, weights) => weights[labels[i]],
    };
  }
  const { data, rows, cols } = targets.distributions;
  const unit = scaleOf(targets.distributions);
  return {
    rows,
    add: (i, s, sums) => {
      for (let k = 0; k < cols; k++) sums[k] += s * data[i * cols + k] * unit;
    },
    mean: (i, weights) => {
      let mean = 0;
      for (let k = 0; k < cols; k++) mean += data[i * cols + k] * unit * weights[k];
      return mean;
    },
  };
}

function checkLength(sampleWeight: ArrayLike<number> | undefined, rows: number, argument: string): void {
  if (!sampleWeight || sampleWeight.length === rows) return;
  throw new ShapeError(
    argument,
    `expected a weight for each of ${rows} rows, got ${describe(sampleWeight.length)}`,
  );
}

/** Returns the weight. Called for ignored rows too: an invalid weight is a mistake in any row. @throws DataError */
function checkedWeight(s: unknown, row: number, argument: string): number {
  if (typeof s === "number" && s >= 0 && s < Infinity) return s;
  throw new DataError(argument, `expected finite weights ≥ 0, row ${row} has ${describe(s)}`);
}

async function balanced(
  weights: Float64Array,
  shares: Shares,
  classes: readonly Label[],
  eachRow: EachRow,
): Promise<Float64Array> {
  const sums = new Float64Array(classes.length);
  await eachRow((i) => shares.add(i, weights[i], sums));
  const total = sums.reduce((sum, n) => sum + n, 0);
  return sums.map((n, k) => {
    if (n > 0) return total / (classes.length * n);
    const label = describe(classes[k]);
    throw new DataError(
      "classWeight",
      `"balanced" needs a row of weight above 0 in each class, and ${label} has none; give weights by label`,
    );
  });
}
