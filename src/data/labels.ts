/**
 * Labels as a caller gives them (numbers, strings, or a matrix of soft labels) and the targets they mean.
 * Checks come first; nothing is changed.
 */
import { DataError, LimitError, ShapeError } from "../errors.ts";
import { describe, isByteData, isMatrix, type Matrix, type MatrixLike, scaleOf, toMatrix } from "./matrix.ts";
import type { Targets } from "./targets.ts";

/** A class as the caller names it: a non-negative integer or a string. */
export type Label = number | string;

/** A label per row. Typed arrays stand for their numbers. */
export type Labels =
  | readonly number[]
  | readonly string[]
  | Uint8Array
  | Uint8ClampedArray
  | Uint16Array
  | Uint32Array
  | Int8Array
  | Int16Array
  | Int32Array
  | Float32Array
  | Float64Array;

/** What `fit` and `evaluate` take for `y`: a label per row, or a row of class probabilities per row. */
export type LabelsLike = Labels | MatrixLike;

/** The largest number of classes. */
export const MAX_CLASSES = 65_536;

/** How far the sum of a row of soft labels may be from 1. */
const SUM_TOLERANCE = 1e-3;

/** Scale up to which bytes are rounded probabilities, which may be off by half a byte per class more: percents. */
const ROUNDED_SCALE = 1 / 100;

/** How far it may be for the row to be taken as it is; others are divided by their sum, as Σ q = 1 is relied on. */
const EXACT_SUM = 1e-6;

/**
 * The classes in `y`, in ascending order (numbers by value, strings by code unit). Soft labels have the classes
 * 0 … K−1. A label to ignore is no class.
 *
 * @throws ShapeError  `y` does not have `rows` entries
 * @throws DataError   labels that are negative, fractional, NaN, of mixed types, or fewer than two classes
 * @throws LimitError  more than {@link MAX_CLASSES} classes
 */
export function learnClasses(y: LabelsLike, rows: number, argument: string, ignoreLabel?: Label): Label[] {
  const soft = toSoftMatrix(y, argument);
  if (soft) {
    checkClassCount(soft.cols, argument);
    return Array.from({ length: soft.cols }, (_, k) => k);
  }
  const labels = new Set<Label>(checkLabels(y as Labels, rows, argument, ignoreLabel));
  if (ignoreLabel !== undefined) labels.delete(ignoreLabel);
  checkClassCount(labels.size, argument);
  return Array.from(labels).sort(ascending);
}

/** Classes that a caller declares, ascending. @throws DataError, LimitError as learnClasses, and for one named twice */
export function declareClasses(classes: readonly Label[], argument: string): Label[] {
  checkLabels(classes as Labels, classes.length, argument);
  checkClassCount(classes.length, argument);
  const seen = new Set<Label>();
  for (const label of classes) {
    if (seen.has(label)) throw new DataError(argument, `${describe(label)} is named twice`);
    seen.add(label);
  }
  return classes.toSorted(ascending);
}

/** 1 for each row whose label is the one to ignore; undefined where there is no such row. */
export function ignoredRows(y: LabelsLike, ignoreLabel: Label | undefined): Uint8Array | undefined {
  if (ignoreLabel === undefined || isMatrix(y)) return undefined;
  const ignored = Uint8Array.from(y as ArrayLike<unknown>, (label) => (label === ignoreLabel ? 1 : 0));
  return ignored.includes(1) ? ignored : undefined;
}

/**
 * The targets `y` means where `classes` are known. A row to ignore gets the first class, for form's sake.
 *
 * @throws ShapeError `y` does not have `rows` entries, or soft labels not one column per class
 * @throws DataError  a label that is not among `classes`; soft rows that are negative or do not sum to 1
 */
export function encodeTargets(
  y: LabelsLike,
  classes: readonly Label[],
  rows: number,
  argument: string,
  ignoreLabel?: Label,
): Targets {
  const soft = toSoftMatrix(y, argument);
  if (soft) {
    return { kind: "distributions", distributions: checkDistributions(soft, rows, classes.length, argument) };
  }
  const labels = checkLabels(y as Labels, rows, argument, ignoreLabel);
  const positions = new Map(classes.map((name, position) => [name, position]));
  if (ignoreLabel !== undefined) positions.set(ignoreLabel, 0);
  const encoded = new Uint32Array(rows);
  for (let i = 0; i < rows; i++) {
    const position = positions.get(labels[i]);
    if (position === undefined) {
      throw new DataError(
        argument,
        `row ${i} has the label ${describe(labels[i])}, which is none of the ${classes.length} classes`,
      );
    }
    encoded[i] = position;
  }
  return { kind: "labels", labels: encoded };
}

function toSoftMatrix(y: LabelsLike, argument: string): Matrix | null {
  const isRows = Array.isArray(y) && Array.isArray(y[0]);
  return isRows || isMatrix(y) ? toMatrix(y as MatrixLike, argument) : null;
}

function checkLabels(
  y: Labels,
  rows: number,
  argument: string,
  ignoreLabel?: Label,
): ArrayLike<Label> & Iterable<Label> {
  const isList = Array.isArray(y) || (ArrayBuffer.isView(y) && "length" in y);
  if (!isList)
    throw new DataError(
      argument,
      `expected an array of labels or a matrix of soft labels, got ${describe(y)}`,
    );
  if (y.length !== rows)
    throw new ShapeError(argument, `expected a label for each of ${rows} rows, got ${y.length}`);
  let first = 0;
  while (ignoreLabel !== undefined && first < rows - 1 && y[first] === ignoreLabel) first++;
  const type = typeof y[first];
  for (let i = 0; i < rows; i++) {
    const label: unknown = y[i];
    if (label === ignoreLabel && label !== undefined) continue;
    if (typeof label === "string" && type === "string") continue;
    if (typeof label === "number" && type === "number" && Number.isInteger(label) && label >= 0) continue;
    if (typeof label !== type)
      throw new DataError(
        argument,
        `labels of mixed types: row ${first} is ${describe(y[first])}, row ${i} is ${describe(label)}`,
      );
    throw new DataError(
      argument,
      `expected non-negative integers or strings, row ${i} is ${describe(label)}`,
    );
  }
  return y;
}

function checkClassCount(count: number, argument: string): void {
  if (count < 2) throw new DataError(argument, `expected at least two classes, got ${count}`);
  if (count > MAX_CLASSES)
    throw new LimitError(argument, `${count} classes given, at most ${MAX_CLASSES} are supported`);
}

/** The distributions, as given where all rows sum to 1, else a copy whose rows do. */
function checkDistributions(soft: Matrix, rows: number, classes: number, argument: string): Matrix {
  if (soft.rows !== rows)
    throw new ShapeError(argument, `expected soft labels for each of ${rows} rows, got ${soft.rows}`);
  if (soft.cols !== classes)
    throw new ShapeError(argument, `expected a column for each of ${classes} classes, got ${soft.cols}`);
  const scale = scaleOf(soft);
  const isRounded = isByteData(soft.data) && scale <= ROUNDED_SCALE;
  const tolerance = SUM_TOLERANCE + (isRounded ? 0.5 * classes * scale : 0);
  const sums = new Float64Array(rows);
  for (let i = 0; i < rows; i++) {
    for (let k = 0; k < classes; k++) {
      const q = soft.data[i * classes + k] * scale;
      if (!(q >= 0)) throw new DataError(argument, `expected probabilities, row ${i} column ${k} is ${q}`);
      sums[i] += q;
    }
    if (!(sums[i] > 0 && Math.abs(sums[i] - 1) <= tolerance)) {
      throw new DataError(argument, `expected rows that sum to 1, row ${i} sums to ${sums[i]}`);
    }
  }
  if (sums.every((sum) => Math.abs(sum - 1) <= EXACT_SUM)) return soft;
  const data = Float32Array.from(soft.data, (q, at) => (q * scale) / sums[Math.floor(at / classes)]);
  return { data, rows, cols: classes };
}

function ascending(a: Label, b: Label): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
