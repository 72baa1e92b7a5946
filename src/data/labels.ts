/**
 * Labels as callers pass them, in every form that is plainly a label or a distribution per row, and the classes among
 * them. The form is checked at once, in a time that does not grow with the rows; labels are then read one by one, in
 * pieces. The caller's data are never changed. What labels become for training is in targets.ts.
 */
import { DataError, LimitError, ShapeError } from "../errors.ts";
import { checkLength, flatOf, isFlat, isListLike } from "./flat.ts";
import { type GivenMatrix, instead, isRow, openFlat, openMatrix } from "./given-matrix.ts";
import { describe, type MatrixLike } from "./matrix.ts";
import { inPieces } from "./pieces.ts";
import { fromHalf } from "./storage.ts";

/** Name of a class: a non-negative integer, a string or a boolean. */
export type Label = number | string | boolean;

/** One label per row. Integers of 64 bits must be within ±2⁵³. */
export type Labels =
  | readonly number[]
  | readonly string[]
  | readonly boolean[]
  | readonly bigint[]
  | Uint8Array
  | Uint8ClampedArray
  | Uint16Array
  | Uint32Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | BigUint64Array
  | Float32Array
  | Float64Array;

/** Labels `[N,1]`: an array of rows with one label each. A tensor may have the shape `[N,1]` or `[N]`. */
export type LabelColumn =
  | readonly (readonly number[])[]
  | readonly (readonly string[])[]
  | readonly (readonly boolean[])[];

/** Type of `y` in `fit` and `evaluate`: a label per row, or a row of class probabilities per row (soft labels). */
export type LabelsLike = Labels | LabelColumn | MatrixLike;

/** Options for reading labels. */
export interface ReadOptions {
  /** Name of the labels in errors, such as `"y"`. */
  readonly argument: string;
  /** Label of rows to ignore; it is no class. */
  readonly ignoreLabel?: Label | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Labels or soft labels whose form is checked. Their elements are checked later. */
export type GivenLabels =
  /** A label per row; `at` returns what the caller passed for row i. */
  | { readonly kind: "labels"; readonly rows: number; readonly at: (i: number) => unknown }
  /** A distribution over the classes per row. */
  | { readonly kind: "soft"; readonly rows: number; readonly matrix: GivenMatrix };

/**
 * Opens labels. A single column holds a label per row, since soft labels have at least two columns.
 *
 * @throws ShapeError, DataError, LimitError as {@link openMatrix}
 * @throws DataError a value that is no list of labels
 */
export function openLabels(given: LabelsLike, argument: string): GivenLabels {
  const y: unknown = given; // callers without TypeScript may pass anything
  if (isFlat(y)) return openFlatLabels(y, argument);
  if (Array.isArray(y) && isRow(y[0])) {
    const matrix = openMatrix(y as MatrixLike, argument);
    if (matrix.cols > 1) return { kind: "soft", rows: matrix.rows, matrix };
    return { kind: "labels", rows: y.length, at: (i) => onlyOf(y[i], i, argument) };
  }
  if (!isListLike(y)) {
    throw new DataError(
      argument,
      `expected an array of labels or a matrix of soft labels, got ${instead(y, argument)}`,
    );
  }
  return { kind: "labels", rows: y.length, at: (i) => y[i] };
}

/** Largest number of classes. */
export const MAX_CLASSES = 65_536;

/** Number of labels read between two pauses: some milliseconds of work. */
const PIECE = 2 ** 15;

/**
 * Returns the classes in `y` in ascending order: numbers by value, strings by code unit, false before true. The classes
 * of soft labels are 0 … K−1. The label to ignore is no class.
 *
 * @throws DataError   labels that are negative, fractional, NaN, of mixed types, or fewer than two classes
 * @throws LimitError  more than {@link MAX_CLASSES} classes
 */
export async function learnClasses(y: GivenLabels, options: ReadOptions): Promise<Label[]> {
  const { argument, ignoreLabel } = options;
  if (y.kind === "soft") {
    checkClassCount(y.matrix.cols, argument);
    return Array.from({ length: y.matrix.cols }, (_, k) => k);
  }
  const labels = new Set<Label>();
  await eachLabel(y, options, (label) => labels.add(label));
  if (ignoreLabel !== undefined) labels.delete(ignoreLabel);
  checkClassCount(labels.size, argument);
  return toClasses(labels);
}

/**
 * Checks and sorts classes that a caller declares.
 *
 * @throws DataError, LimitError as {@link learnClasses}
 * @throws DataError a class that is named twice
 */
export function declareClasses(classes: readonly Label[], argument: string): Label[] {
  const reader = new LabelReader((i) => classes[i], argument, undefined);
  checkClassCount(classes.length, argument);
  const seen = new Set<Label>();
  for (let i = 0; i < classes.length; i++) {
    const label = reader.read(i);
    if (seen.has(label)) throw new DataError(argument, `${describe(label)} is named twice`);
    seen.add(label);
  }
  return toClasses(seen);
}

/** Sorts labels into the order of classes. */
export function toClasses(labels: ReadonlySet<Label>): Label[] {
  return Array.from(labels).sort(ascending);
}

/** Calls `work` with the label of each row, in pieces. @throws DataError; the signal's reason */
export async function eachLabel(
  { rows, at }: GivenLabels & { readonly kind: "labels" },
  { argument, ignoreLabel, signal }: ReadOptions,
  work: (label: Label, i: number) => void,
): Promise<void> {
  const reader = new LabelReader(at, argument, ignoreLabel);
  const readPiece = (first: number, end: number) => {
    for (let i = first; i < end; i++) work(reader.read(i), i);
  };
  await inPieces(rows, readPiece, PIECE, signal);
}

/** Checks that there is a label, or a distribution, for each of `rows` rows. @throws ShapeError */
export function checkLabelCount({ kind, rows: found }: GivenLabels, rows: number, argument: string): void {
  if (found === rows) return;
  const what = kind === "soft" ? "soft labels" : "a label";
  throw new ShapeError(argument, `expected ${what} for each of ${rows} rows, got ${found}`);
}

/** Reads labels one by one, and checks that all of them, except ignored ones, are of one type. */
export class LabelReader {
  readonly #at: (i: number) => unknown;
  readonly #argument: string;
  readonly #ignoreLabel: Label | undefined;
  #first: { readonly row: number; readonly label: unknown } | null = null;

  constructor(at: (i: number) => unknown, argument: string, ignoreLabel: Label | undefined) {
    this.#at = at;
    this.#argument = argument;
    this.#ignoreLabel = ignoreLabel;
  }

  /** @throws DataError a label that is negative, fractional, no number at all, or of another type than the first */
  read(row: number): Label {
    const given = this.#at(row);
    const label = typeof given === "bigint" ? this.#toNumber(given, row) : given;
    if (this.#ignoreLabel !== undefined && label === this.#ignoreLabel) return this.#ignoreLabel;
    this.#first ??= { row, label };
    if (typeof label !== typeof this.#first.label) {
      const first = `row ${this.#first.row} is ${describe(this.#first.label)}`;
      throw new DataError(
        this.#argument,
        `labels of mixed types: ${first}, row ${row} is ${describe(label)}`,
      );
    }
    if (isLabel(label)) return label;
    throw new DataError(
      this.#argument,
      `expected non-negative integers, strings or booleans, row ${row} is ${describe(label)}`,
    );
  }

  #toNumber(label: bigint, row: number): number {
    const number = Number(label);
    if (Number.isSafeInteger(number)) return number;
    throw new DataError(
      this.#argument,
      `expected integers within ±2⁵³, row ${row} is ${label}; use strings for larger ones`,
    );
  }
}

/** Tells whether a value may be the name of a class. */
export function isLabel(value: unknown): value is Label {
  if (typeof value === "number") return Number.isInteger(value) && value >= 0;
  return typeof value === "string" || typeof value === "boolean";
}

function openFlatLabels(y: object, argument: string): GivenLabels {
  const flat = flatOf(y, argument);
  const { data, sizes, scale = 1 } = flat;
  const [rows, cols = 1] = sizes;
  if (sizes.length === 0)
    throw new ShapeError(argument, "expected a label for each row, [N], got a single value without a size");
  if (sizes.length > 2 || cols > 1) {
    const matrix = openFlat(y, flat, argument);
    return { kind: "soft", rows: matrix.rows, matrix };
  }
  if (!isListLike(data)) {
    throw new DataError(`${argument}.data`, `expected an array of labels, got ${describe(data)}`);
  }
  checkLength(data, rows, cols, argument);
  if (flat.areHalfBits) return { kind: "labels", rows, at: (i) => fromHalf(Number(data[i])) * scale };
  if (scale === 1) return { kind: "labels", rows, at: (i) => data[i] };
  return { kind: "labels", rows, at: (i) => Number(data[i]) * scale };
}

function onlyOf(row: unknown, i: number, argument: string): unknown {
  if (!isRow(row)) throw new DataError(argument, `expected an array of rows, row ${i} is ${describe(row)}`);
  if (row.length === 1) return row[0];
  throw new ShapeError(
    argument,
    `expected rows of equal length, row 0 has 1 columns and row ${i} has ${row.length}`,
  );
}

function checkClassCount(count: number, argument: string): void {
  if (count < 2) throw new DataError(argument, `expected at least two classes, got ${count}`);
  if (count > MAX_CLASSES)
    throw new LimitError(argument, `${count} classes given, at most ${MAX_CLASSES} are supported`);
}

function ascending(a: Label, b: Label): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
