/**
 * From what a caller gives to rows that a model can be fitted to or applied to: first what can be checked at once, then
 * what goes over the rows, once and piece by piece. Nothing of the caller's is changed.
 */
import type { Backend, Dataset, DatasetSource, RunOptions } from "../backends/backend.ts";
import { checkFeatures, type Schema } from "../checks.ts";
import { type GivenX, openX } from "../data/given-x.ts";
import {
  checkLabelCount,
  type GivenLabels,
  type Label,
  type LabelsLike,
  openLabels,
} from "../data/labels.ts";
import { sparseSums } from "../data/lazy-sparse-sums.ts";
import { scanRows } from "../data/row-reader.ts";
import { type ClassWeight, countAbove0, rowWeights } from "../data/row-weights.ts";
import { isOnDevice, type Rows, type RowsInMemory, type RowsLike } from "../data/rows.ts";
import { isSparse } from "../data/sparse-matrix.ts";
import type { Storage } from "../data/storage.ts";
import { checkColumns, encodeTargets, type Targets } from "../data/targets.ts";
import { rowsOnDeviceOf } from "./device-rows.ts";

/** Rows with their targets and weights. */
export interface LabelledRows {
  readonly matrix: Rows;
  readonly targets: Targets;
  /** s_i in units of `weightUnit`, `[N]`; all 1 if absent. */
  readonly weights: Float32Array | undefined;
  readonly weightUnit: number;
  /** Rows with s_i > 0. */
  readonly countedRows: number;
  /** `[N]`, 1 for rows with the label to ignore; undefined if there is none. */
  readonly ignored?: Uint8Array | undefined;
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

/** Rows and labels whose forms are checked; nothing is converted yet. */
export interface GivenRows {
  readonly x: GivenX;
  readonly y: GivenLabels;
  readonly names: RowNames;
}

/** Opens rows and as many labels. @throws ShapeError, DataError, LimitError */
export async function openRows(x: RowsLike, y: LabelsLike, names: RowNames): Promise<GivenRows> {
  const rows = { x: await openX(x, names.x), y: openLabels(y, names.y), names };
  checkLabelCount(rows.y, rows.x.rows, names.y);
  return rows;
}

/** Checks features, and classes of soft labels, against the model's. @throws ShapeError */
export function checkSizes({ x, y, names }: GivenRows, { classes, features }: Schema): void {
  checkFeatures(x, features, names.x);
  checkColumns(y, classes, names.y);
}

/**
 * Converts rows and targets to those of a model, piece by piece.
 *
 * @throws ShapeError, DataError, LimitError, OptionError; the signal's reason
 */
export async function labelled(
  given: GivenRows,
  schema: Schema,
  { sampleWeight, classWeight, ignoreLabel }: LabelOptions,
  signal: AbortSignal,
): Promise<LabelledRows> {
  const { x, y, names } = given;
  const { classes } = schema;
  checkSizes(given, schema);
  const matrix = await x.convert(signal);
  const { targets, ignored } = await encodeTargets(y, classes, { argument: names.y, ignoreLabel, signal });
  const counted = await rowWeights({ targets, classes, sampleWeight, classWeight, ignored, names }, signal);
  const weights = counted?.values;
  const countedRows = weights ? countAbove0(weights) : matrix.rows;
  return { matrix, targets, weights, weightUnit: counted?.unit ?? 1, countedRows, ignored };
}

/**
 * Looks at every value in memory; gives max_i ‖x_i‖².
 *
 * @throws DataError values that float32, or the storage of rows that stay as they are, cannot hold
 */
export async function checkValues(
  matrix: RowsInMemory,
  argument: string,
  storage: "auto" | Storage,
  isStandardised: boolean,
  signal: AbortSignal,
): Promise<number> {
  const { maxSquaredNorm } = isSparse(matrix)
    ? await (await sparseSums()).scanSparse(matrix, argument, signal)
    : await scanRows(matrix, argument, signal, isStandardised ? "f32" : storage);
  return maxSquaredNorm;
}

/** How rows are kept on a device, if they come from memory, and their targets. */
export type DatasetSettings = Pick<DatasetSource, "storage" | "standardization" | "labelSmoothing">;

/**
 * Makes a data set: uploads rows from memory, and takes rows that lie on the device as they are.
 *
 * @throws as {@link Backend.createDataset}
 */
export async function datasetOf(
  backend: Backend,
  { matrix, targets, weights }: LabelledRows,
  { labelSmoothing, ...stored }: DatasetSettings,
  run: RunOptions,
): Promise<Dataset> {
  const ofRows = { targets, labelSmoothing, ...(weights && { sampleWeights: weights }) };
  return isOnDevice(matrix)
    ? (await rowsOnDeviceOf(backend, matrix)).createDataset({ x: matrix, ...ofRows }, run)
    : backend.createDataset({ x: matrix, ...stored, ...ofRows }, run);
}
