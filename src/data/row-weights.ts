/** How much each row counts: s_i = sample weight × class weight, 0 for rows that are ignored. */
import { DataError, ShapeError } from "../errors.ts";
import { type ClassWeight, explicitClassWeights } from "./class-weight.ts";
import type { Label } from "./labels.ts";
import { describe, scaleOf } from "./matrix.ts";
import type { Targets } from "./targets.ts";

export type { ClassWeight };

/** What decides the weights of `N` rows. */
export interface RowWeightsSource {
  readonly targets: Targets;
  /** The labels of the K classes, in the order of the targets. */
  readonly classes: readonly Label[];
  /** A finite number ≥ 0 per row, `[N]`; bytes stand for their numbers. Default: 1. */
  readonly sampleWeight?: ArrayLike<number> | undefined;
  /** Default: 1 for every class. */
  readonly classWeight?: ClassWeight | undefined;
  /** 1 for rows that count for nothing, whatever their targets are, `[N]`. */
  readonly ignored?: Uint8Array | undefined;
  /** How errors call the arguments. Default `"y"` and `"sampleWeight"`. */
  readonly names?: { readonly y: string; readonly sampleWeight: string } | undefined;
}

/**
 * s_i of each row, `[N]`, rounded to float32; undefined where nothing is given: all 1. A distribution's class weight
 * is Σ_k q_k w_k.
 *
 * `"balanced"` is w_k = Σ s / (K n_k), with n_k the sum of the sample weights s of class k (of distributions Σ_i s_i
 * q_ik): each class then has the same total, and the total of all rows stays what it is. As in scikit-learn from 1.7
 * on; a row of weight 2 is the same as two rows.
 *
 * @throws ShapeError  not one sample weight per row; an array of class weights of another length than `classes`
 * @throws OptionError a class weight that is no finite number ≥ 0, or is for a label that is no class
 * @throws DataError   a sample weight that is no finite number ≥ 0; a class of no weight to balance; a weight beyond
 * float32; weights that are all 0; rows without targets
 */
export function rowWeights(source: RowWeightsSource): Float32Array | undefined {
  const { sampleWeight, classWeight, ignored, classes } = source;
  if (!(sampleWeight || classWeight || ignored)) return undefined;
  const { y, sampleWeight: name } = source.names ?? { y: "y", sampleWeight: "sampleWeight" };
  const shares = sharesOf(source.targets, y);
  const weights = givenWeights(shares.rows, sampleWeight, ignored, name);
  requireAny(weights, sampleWeight ? name : y);
  if (classWeight === undefined) return requireAny(toFloat32(weights, name), name);
  const perClass =
    classWeight === "balanced"
      ? balanced(weights, shares, classes)
      : explicitClassWeights(classWeight, classes);
  for (let i = 0; i < weights.length; i++) if (weights[i] > 0) weights[i] *= shares.mean(i, perClass);
  return requireAny(toFloat32(weights, "classWeight"), "classWeight");
}

/** How rows belong to classes, for either kind of targets. */
interface Shares {
  readonly rows: number;
  /** Adds s·q_k of row i to the sum of each class. */
  add(i: number, s: number, sums: Float64Array): void;
  /** Σ_k q_k w_k of row i. */
  mean(i: number, weights: ArrayLike<number>): number;
}

function sharesOf(targets: Targets, argument: string): Shares {
  if (targets.kind === "none")
    throw new DataError(argument, "expected labels: weights are for labelled rows");
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

function givenWeights(
  rows: number,
  sampleWeight: ArrayLike<number> | undefined,
  ignored: Uint8Array | undefined,
  argument: string,
): Float64Array {
  if (sampleWeight && sampleWeight.length !== rows) {
    throw new ShapeError(
      argument,
      `expected a weight for each of ${rows} rows, got ${describe(sampleWeight.length)}`,
    );
  }
  return Float64Array.from({ length: rows }, (_, i) => {
    const s: unknown = sampleWeight ? sampleWeight[i] : 1;
    // Also in rows that are ignored: a weight that is no number is a mistake wherever it is.
    if (typeof s !== "number" || !(s >= 0 && s < Infinity))
      throw new DataError(argument, `expected finite weights ≥ 0, row ${i} has ${describe(s)}`);
    return ignored?.[i] ? 0 : s;
  });
}

function balanced(weights: Float64Array, shares: Shares, classes: readonly Label[]): Float64Array {
  const sums = new Float64Array(classes.length);
  for (let i = 0; i < weights.length; i++) shares.add(i, weights[i], sums);
  const total = sums.reduce((sum, n) => sum + n, 0);
  return sums.map((n, k) => {
    if (n > 0) return total / (classes.length * n);
    const label = describe(classes[k]);
    throw new DataError(
      "classWeight",
      `"balanced" divides by the weight of each class, and ${label} has no row that counts; give weights by label`,
    );
  });
}

function requireAny<T extends Float64Array | Float32Array>(weights: T, argument: string): T {
  if (weights.some((s) => s > 0)) return weights;
  throw new DataError(argument, "all rows have weight 0 or are ignored; at least one must count");
}

function toFloat32(weights: Float64Array, argument: string): Float32Array {
  const rounded = Float32Array.from(weights);
  const i = rounded.findIndex((s) => !Number.isFinite(s));
  if (i < 0) return rounded;
  throw new DataError(
    argument,
    `the weight of row ${i} is ${weights[i]}, beyond float32; scale weights down`,
  );
}
