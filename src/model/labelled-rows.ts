/**
 * From what a caller gives to rows that a model can be fitted to or applied to: checks first, nothing is copied or
 * changed.
 */
import { checkFeatures, type Learnt } from "../checks.ts";
import { encodeTargets, ignoredRows, type Label, type LabelsLike } from "../data/labels.ts";
import { type Matrix, type MatrixLike, toMatrix } from "../data/matrix.ts";
import { type ClassWeight, rowWeights } from "../data/row-weights.ts";
import { scanRows } from "../data/scan.ts";
import type { Storage } from "../data/storage.ts";
import type { Targets } from "../data/targets.ts";

/** Rows, what they are to be, and how much each counts. */
export interface LabelledRows {
  readonly matrix: Matrix;
  readonly targets: Targets;
  /** s_i in units of `weightUnit`, `[N]`; all 1 if absent. */
  readonly weights: Float32Array | undefined;
  readonly weightUnit: number;
  /** Rows with s_i > 0. */
  readonly countedRows: number;
}

/** How labels are read and weighted. */
export interface LabelOptions {
  readonly sampleWeight?: ArrayLike<number> | undefined;
  readonly classWeight?: ClassWeight | undefined;
  readonly ignoreLabel?: Label | undefined;
}

/** The names of the arguments, for errors. */
export interface RowNames {
  readonly x: string;
  readonly y: string;
  readonly sampleWeight: string;
}

export const TRAINING: RowNames = { x: "x", y: "y", sampleWeight: "sampleWeight" };
export const VALIDATION: RowNames = { x: "validation[0]", y: "validation[1]", sampleWeight: "validation[2]" };

/** Returns rows and targets that fit a model. @throws ShapeError, DataError, LimitError, OptionError */
export async function labelled(
  x: MatrixLike,
  y: LabelsLike,
  { classes, features }: Learnt,
  { sampleWeight, classWeight, ignoreLabel }: LabelOptions,
  names: RowNames,
  signal?: AbortSignal,
): Promise<LabelledRows> {
  const matrix = checkFeatures(toMatrix(x, names.x), features, names.x);
  const targets = encodeTargets(y, classes, matrix.rows, names.y, ignoreLabel);
  const ignored = ignoredRows(y, ignoreLabel);
  const given = await rowWeights({ targets, classes, sampleWeight, classWeight, ignored, names }, signal);
  const weights = given?.values;
  const countedRows = weights ? countPositive(weights) : matrix.rows;
  return { matrix, targets, weights, weightUnit: given?.unit ?? 1, countedRows };
}

function countPositive(weights: Float32Array): number {
  let count = 0;
  for (let i = 0; i < weights.length; i++) if (weights[i] > 0) count++;
  return count;
}

/**
 * Looks at every value; gives max_i ‖x_i‖².
 *
 * @throws DataError values that float32, or the storage of rows that stay as they are, cannot hold
 */
export async function checkValues(
  matrix: Matrix,
  argument: string,
  storage: "auto" | Storage,
  isStandardised: boolean,
  signal: AbortSignal,
): Promise<number> {
  const { maxSquaredNorm } = await scanRows(matrix, argument, signal, isStandardised ? "f32" : storage);
  return maxSquaredNorm;
}

/** Rows as backends take them. */
export function asSource({ matrix, targets, weights }: LabelledRows) {
  return { x: matrix, targets, ...(weights && { sampleWeights: weights }) };
}
