/**
 * Targets: what rows are trained towards, in the form that backends take, and how labels and soft labels become that.
 * The forms in which callers pass labels are in labels.ts.
 */
import { DataError, ShapeError } from "../errors.ts";
import { eachLabel, type GivenLabels, type Label, type ReadOptions } from "./labels.ts";
import { allocate, describe, isByteData, type Matrix, scaleOf } from "./matrix.ts";
import { inPiecesOfRows } from "./pieces.ts";

/** Targets of `N` rows. */
export type Targets =
  /** Rows without labels, which are only predicted. */
  | { readonly kind: "none" }
  /** The class of each row, `[N]`, every value below K. */
  | { readonly kind: "labels"; readonly labels: Uint32Array }
  /** A distribution over the classes for each row, `[N,K]`, rows ≥ 0 that sum to 1. */
  | { readonly kind: "distributions"; readonly distributions: Matrix };

/** Targets of rows that have no labels. */
export const NO_TARGETS: Targets = { kind: "none" };

/** Returns (1 − ε) q + ε/K: the probability q of a class after label smoothing with ε in [0, 1). */
export function smoothed(q: number, labelSmoothing: number, classes: number): number {
  return (1 - labelSmoothing) * q + labelSmoothing / classes;
}

/**
 * Returns the position of each row's class, `[N]`: its label, or the most probable class of its soft labels; of equally
 * probable classes, the first.
 *
 * @throws DataError rows without targets
 */
export function targetClasses(targets: Targets): Uint32Array {
  if (targets.kind === "labels") return targets.labels;
  if (targets.kind === "none") throw new DataError("y", "expected a label or a distribution for each row");
  const { data, rows, cols } = targets.distributions;
  const likeliest = new Uint32Array(rows);
  for (let i = 0; i < rows; i++) {
    const start = i * cols;
    for (let k = 1; k < cols; k++) if (data[start + k] > data[start + likeliest[i]]) likeliest[i] = k;
  }
  return likeliest;
}

/** Targets of rows, and which rows to ignore. */
export interface EncodedTargets {
  readonly targets: Targets;
  /** `[N]`, 1 for each row whose label is the one to ignore; undefined if there is no such row. */
  readonly ignored: Uint8Array | undefined;
}

/** Largest distance from 1 of the sum of a row of soft labels. */
const SUM_TOLERANCE = 1e-3;

/**
 * Bytes with a scale up to this (percents, or finer) are taken for rounded probabilities: each may be off by half a
 * unit, and the tolerance grows by that.
 */
const ROUNDED_SCALE = 1 / 100;

/** Rows whose sum is within this of 1 are used unchanged; others, within {@link SUM_TOLERANCE}, are divided by it. */
const EXACT_SUM = 1e-6;

/** Number of soft labels checked between two pauses: some milliseconds of work. */
const PIECE = 2 ** 18;

/** Checks that soft labels have a column for each class. @throws ShapeError */
export function checkColumns(y: GivenLabels, classes: readonly Label[], argument: string): void {
  if (y.kind === "labels" || y.matrix.cols === classes.length) return;
  throw new ShapeError(
    argument,
    `expected a column for each of ${classes.length} classes, got ${y.matrix.cols}`,
  );
}

/**
 * Converts labels to targets for these classes. Rows to ignore get class 0, which has no effect: their weight is 0.
 *
 * @throws ShapeError soft labels without a column for each class
 * @throws DataError  a label that is not among `classes`; soft labels that are negative or do not sum to 1 in a row
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

/**
 * Checks soft labels. Returns them unchanged if all rows sum to 1 within rounding, else a copy with every row divided
 * by its sum.
 *
 * @throws DataError  elements below 0, or a row that does not sum to 1 within the tolerance
 * @throws LimitError the copy is too large for the engine
 * @throws the signal's reason, once it is aborted
 */
export async function toDistributions(soft: Matrix, argument: string, signal?: AbortSignal): Promise<Matrix> {
  const { rows, cols } = soft;
  const sums = allocate(Float64Array, rows, argument);
  let areExact = true;
  await inPiecesOfRows(
    soft,
    PIECE,
    (first, end) => {
      areExact = sumRows(soft, sums, first, end, argument) && areExact;
    },
    signal,
  );
  if (areExact) return soft;
  const scale = scaleOf(soft);
  const data = allocate(Float32Array, rows * cols, argument);
  await inPiecesOfRows(
    soft,
    PIECE,
    (first, end) => {
      for (let i = first; i < end; i++)
        for (let at = i * cols; at < (i + 1) * cols; at++) data[at] = (soft.data[at] * scale) / sums[i];
    },
    signal,
  );
  return { data, rows, cols };
}

/** Writes the sums of rows. Returns whether all of them are within {@link EXACT_SUM} of 1. @throws DataError */
function sumRows(soft: Matrix, sums: Float64Array, first: number, end: number, argument: string): boolean {
  const { data, cols } = soft;
  const scale = scaleOf(soft);
  const isRounded = isByteData(data) && scale <= ROUNDED_SCALE;
  const tolerance = SUM_TOLERANCE + (isRounded ? 0.5 * cols * scale : 0);
  let areExact = true;
  for (let i = first; i < end; i++) {
    let sum = 0;
    for (let at = i * cols; at < (i + 1) * cols; at++) {
      const q = data[at] * scale;
      if (!(q >= 0))
        throw new DataError(argument, `expected probabilities, row ${i} column ${at - i * cols} is ${q}`);
      sum += q;
    }
    if (!(sum > 0 && Math.abs(sum - 1) <= tolerance))
      throw new DataError(argument, `expected rows that sum to 1, row ${i} sums to ${sum}`);
    sums[i] = sum;
    areExact &&= Math.abs(sum - 1) <= EXACT_SUM;
  }
  return areExact;
}
