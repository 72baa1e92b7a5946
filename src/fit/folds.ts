/** Folds of cross-validation: which rows are held out together. */
import { describe } from "../data/matrix.ts";
import { createRandom, shuffle } from "../data/random.ts";
import { rowsThatCount } from "../data/row-weights.ts";
import { type Targets, targetClasses } from "../data/targets.ts";
import { DataError, OptionError } from "../errors.ts";
import { pause } from "../pause.ts";

/** Fold of a row that is never held out. */
const NEVER = -1;

/** Most folds. */
const MAX_FOLDS = 2 ** 15 - 1;

/** Folds, and the fold of each row, `[N]`, −1 for none. */
export interface Folds {
  readonly count: number;
  readonly foldOf: Int16Array;
}

/** How rows become folds. */
export interface FoldOptions {
  /** Their number, or the fold of each row. */
  readonly folds: number | ArrayLike<number>;
  /** Whether each class is spread evenly over the folds. */
  readonly isStratified: boolean;
  readonly seed: number;
  /** Names of the classes, for errors. */
  readonly classes: readonly unknown[];
}

/** Rows to divide. */
export interface FoldRows {
  readonly rows: number;
  readonly targets: Targets;
  /** Rows of weight 0 are in no fold. Default: all 1. */
  readonly weights: Float32Array | undefined;
}

/** Assigns rows to folds. @throws OptionError, DataError naming `folds`; the signal's reason */
export async function foldsOf(
  given: FoldRows,
  { folds, isStratified, seed, classes }: FoldOptions,
  signal: AbortSignal,
): Promise<Folds> {
  if (typeof folds !== "number") return givenFolds(given, folds);
  const counted = countedIn(given);
  const most = Math.min(MAX_FOLDS, counted.length);
  if (!(Number.isInteger(folds) && folds >= 2 && folds <= most))
    throw new OptionError(
      "folds",
      `expected an integer from 2 to ${most}, the rows that count, or the fold of each row, got ${folds}`,
    );
  await pause(signal);
  const groups = isStratified ? byClass(counted, given.targets, classes.length) : [counted];
  for (const [k, group] of groups.entries()) {
    if (!isStratified || group.length === 0 || group.length >= folds) continue;
    throw new DataError(
      "folds",
      `class ${String(classes[k])} has ${group.length} rows, so that ${folds} folds cannot all have some; ask for fewer, or stratified: false`,
    );
  }
  const foldOf = new Int16Array(given.rows).fill(NEVER);
  const random = createRandom(seed);
  let dealt = 0;
  for (const group of groups) {
    await pause(signal);
    shuffle(group, random);
    await pause(signal);
    // One class goes on where the last one ended, so that all folds are of nearly equal size.
    for (let i = 0; i < group.length; i++) foldOf[group[i]] = dealt++ % folds;
  }
  return { count: folds, foldOf };
}

/** Returns the weights of a fold's training rows, s outside the fold, and of its held-out rows, s within. */
export function weightsOf(
  { foldOf }: Folds,
  fold: number,
  training: ArrayLike<number>,
  scoring: ArrayLike<number>,
): { training: Float32Array; heldOut: Float32Array } {
  const weights = { training: new Float32Array(foldOf.length), heldOut: new Float32Array(foldOf.length) };
  for (let i = 0; i < foldOf.length; i++) {
    if (foldOf[i] === fold) weights.heldOut[i] = scoring[i];
    else weights.training[i] = training[i];
  }
  return weights;
}

function givenFolds(given: FoldRows, folds: ArrayLike<number>): Folds {
  const { length } = Object(folds) as ArrayLike<number>;
  if (typeof folds !== "object" || length !== given.rows)
    throw new OptionError(
      "folds",
      `expected a number, or the fold of each of ${given.rows} rows, got ${describe(folds)}`,
    );
  const foldOf = new Int16Array(length);
  for (let i = 0; i < length; i++) {
    const fold = folds[i];
    if (!(Number.isInteger(fold) && fold >= NEVER && fold < MAX_FOLDS))
      throw new OptionError(
        "folds",
        `expected the fold of each row, from 0, or −1 for none; row ${i} has ${String(fold)}`,
      );
    foldOf[i] = fold;
  }
  const counted = countedIn(given);
  const count = 1 + foldOf.reduce((most, fold) => Math.max(most, fold), NEVER);
  const sizes = new Uint32Array(count);
  for (const row of counted) if (foldOf[row] >= 0) sizes[foldOf[row]]++;
  const empty = sizes.indexOf(0);
  if (count < 2 || empty >= 0) {
    const found = empty >= 0 ? `fold ${empty} has none` : `there are ${count}`;
    throw new OptionError(
      "folds",
      `expected at least two folds, each with a row of weight above 0; ${found}`,
    );
  }
  return { count, foldOf };
}

function countedIn({ rows, weights }: FoldRows): Uint32Array {
  return weights ? rowsThatCount(weights) : Uint32Array.from({ length: rows }, (_, i) => i);
}

/** Groups rows by their class. */
function byClass(rows: Uint32Array, targets: Targets, classes: number): Uint32Array[] {
  const classOf = targetClasses(targets);
  const sizes = new Uint32Array(classes);
  for (let i = 0; i < rows.length; i++) sizes[classOf[rows[i]]]++;
  const groups = Array.from(sizes, (size) => new Uint32Array(size));
  for (let i = rows.length - 1; i >= 0; i--) {
    const k = classOf[rows[i]];
    groups[k][--sizes[k]] = rows[i];
  }
  return groups;
}
