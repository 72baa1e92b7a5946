/**
 * Labels (numbers, strings, booleans, or a matrix of soft labels), the classes among them and the targets they mean.
 * Which forms they may come in is in given-labels.ts. Nothing of the caller's is changed.
 */
import { DataError, LimitError, ShapeError } from "../errors.ts";
import { pause } from "../pause.ts";
import { allocate } from "./allocate.ts";
import { type GivenLabels, LabelReader } from "./given-labels.ts";
import { describe, type MatrixLike } from "./matrix.ts";
import { toDistributions } from "./soft-labels.ts";
import type { Targets } from "./targets.ts";

/** A class as the caller names it: a non-negative integer, a string or a boolean. */
export type Label = number | string | boolean;

/** A label per row. Typed arrays stand for their numbers; integers of 64 bits must be within ±2⁵³. */
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

/** Labels `[N,1]`: an array of rows of one label each. A tensor may be `[N,1]` or `[N]`. */
export type LabelColumn =
  | readonly (readonly number[])[]
  | readonly (readonly string[])[]
  | readonly (readonly boolean[])[];

/** What `fit` and `evaluate` take for `y`: a label per row, or a row of class probabilities per row. */
export type LabelsLike = Labels | LabelColumn | MatrixLike;

/** How labels are read. */
export interface ReadOptions {
  /** How errors call the labels. */
  readonly argument: string;
  /** A label that is no class. */
  readonly ignoreLabel?: Label | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Targets of rows, and which of them are to be ignored. */
export interface EncodedTargets {
  readonly targets: Targets;
  /** 1 for each row whose label is the one to ignore, `[N]`; undefined if there is no such row. */
  readonly ignored: Uint8Array | undefined;
}

/** The largest number of classes. */
export const MAX_CLASSES = 65_536;

/** Labels read between two pauses: some milliseconds of work. */
const PIECE = 2 ** 15;

/**
 * The classes in `y`, in ascending order (numbers by value, strings by code unit, false before true). Soft labels have
 * the classes 0 … K−1. A label to ignore is no class.
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

/** Classes that a caller declares, ascending. @throws DataError, LimitError as learnClasses, and for one named twice */
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

/** Checks soft labels for a column per class. @throws ShapeError */
export function checkColumns(y: GivenLabels, classes: readonly Label[], argument: string): void {
  if (y.kind === "labels" || y.matrix.cols === classes.length) return;
  throw new ShapeError(
    argument,
    `expected a column for each of ${classes.length} classes, got ${y.matrix.cols}`,
  );
}

/**
 * Returns the targets that `y` means if these are the classes. A row to ignore gets the first class, for form's sake.
 *
 * @throws ShapeError soft labels that have not one column per class
 * @throws DataError  a label that is not among `classes`; soft rows that are negative or do not sum to 1
 */
export async function encodeTargets(
  y: GivenLabels,
  classes: readonly Label[],
  options: ReadOptions,
): Promise<EncodedTargets> {
  const { argument, ignoreLabel, signal } = options;
  if (y.kind === "soft") {
    checkColumns(y, classes, argument);
    const distributions = await toDistributions(await y.matrix.convert(signal), argument, signal);
    return { targets: { kind: "distributions", distributions }, ignored: undefined };
  }
  const positions = new Map(classes.map((name, position) => [name, position]));
  const labels = allocate(Uint32Array, y.rows, argument);
  let ignored: Uint8Array | undefined;
  await eachLabel(y, options, (label, i) => {
    if (label === ignoreLabel) {
      ignored ??= allocate(Uint8Array, y.rows, argument);
      ignored[i] = 1;
      return;
    }
    const position = positions.get(label);
    if (position === undefined) {
      throw new DataError(
        argument,
        `row ${i} has the label ${describe(label)}, which is none of the ${classes.length} classes`,
      );
    }
    labels[i] = position;
  });
  return { targets: { kind: "labels", labels }, ignored };
}

async function eachLabel(
  { rows, at }: GivenLabels & { readonly kind: "labels" },
  { argument, ignoreLabel, signal }: ReadOptions,
  work: (label: Label, i: number) => void,
): Promise<void> {
  const reader = new LabelReader(at, argument, ignoreLabel);
  for (let first = 0; first < rows; first += PIECE) {
    await pause(signal);
    const end = Math.min(first + PIECE, rows);
    for (let i = first; i < end; i++) work(reader.read(i), i);
  }
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
