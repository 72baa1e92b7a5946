/** Folds of cross-validation: which rows are held out together. */
import { describe } from "../data/matrix.ts";
import { createRandom, shuffle } from "../data/random.ts";
import { type Targets, targetClasses } from "../data/targets.ts";
import { DataError, OptionError } from "../errors.ts";
import type { LabelledRows } from "../model/labelled-rows.ts";

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

/** Assigns the rows of weight above 0 to folds. @throws OptionError, DataError naming `folds` */
export function foldsOf(rows: LabelledRows, { folds, isStratified, seed, classes }: FoldOptions): Folds {
  if (typeof folds !== "number") return givenFolds(rows, folds);
  const counted = rowsThatCount(rows);
  if (!(Number.isInteger(folds) && folds >= 2 && folds <= Math.min(MAX_FOLDS, counted.length)))
    throw new OptionError(
      "folds",
      `expected an integer from 2 to ${Math.min(MAX_FOLDS, counted.length)}, the rows that count, or the fold of each row, got ${folds}`,
    );
  const groups = isStratified ? byClass(counted, rows.targets, classes.length) : [counted];
  for (const [k, group] of groups.entries()) {
    if (!isStratified || group.length === 0 || group.length >= folds) continue;
    const name = String(classes[k]);
    throw new DataError(
      "folds",
      `class ${name} has ${group.length} rows, so that ${folds} folds cannot all have some; ask for fewer, or stratified: false`,
    );
  }
  const foldOf = new Int16Array(rows.matrix.rows).fill(NEVER);
  const random = createRandom(seed);
  let dealt = 0;
  for (const group of groups) {
    shuffle(group, random);
    // One class goes on where the last one ended, so that all folds are of nearly equal size.
    for (const row of group) foldOf[row] = dealt++ % folds;
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

function givenFolds(rows: LabelledRows, folds: ArrayLike<number>): Folds {
  const { length } = Object(folds) as ArrayLike<number>;
  if (typeof folds !== "object" || length !== rows.matrix.rows)
    throw new OptionError(
      "folds",
      `expected a number, or the fold of each of ${rows.matrix.rows} rows, got ${describe(folds)}`,
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
  const counted = rowsThatCount(rows);
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

function rowsThatCount({ matrix, weights }: LabelledRows): Uint32Array {
  const rows = new Uint32Array(matrix.rows);
  let count = 0;
  for (let i = 0; i < matrix.rows; i++) if (!weights || weights[i] > 0) rows[count++] = i;
  return rows.slice(0, count);
}

/** Groups rows by their class. */
function byClass(rows: Uint32Array, targets: Targets, classes: number): Uint32Array[] {
  const classOf = targetClasses(targets);
  const groups = Array.from({ length: classes }, (): number[] => []);
  for (const row of rows) groups[classOf[row]].push(row);
  return groups.map((group) => Uint32Array.from(group));
}
