/**
 * Confusion matrix with the rows behind each cell. Stored as rows sorted by cell, so that memory grows with N + K, and
 * with K² only if the whole matrix is asked for.
 */
import { LimitError, OptionError } from "../errors.ts";

/** Largest K² that {@link ConfusionMatrix.counts} allocates: 256 MB. */
const MAX_CELLS = 2 ** 26;

/** Counts and rows by true and predicted class. Classes are identified by position. */
export interface ConfusionMatrix {
  /** Number of classes K. */
  readonly classes: number;
  /**
   * Number of rows of each cell, `[K,K]` row-major: true class down, predicted class across, as in scikit-learn's
   * `confusion_matrix`. Counted on first access, in one pass over all rows; prefer {@link count} if K is large.
   *
   * @throws LimitError more than 8192 classes
   */
  readonly counts: Uint32Array;
  /**
   * Returns the number of rows of one cell. The first call sorts all rows.
   *
   * @throws OptionError a position that is no
   * class
   */
  count(trueClass: number, predictedClass: number): number;
  /** Returns a copy of the row indices of one cell, ascending. Sorts as `count` does. @throws OptionError as `count` */
  samples(trueClass: number, predictedClass: number): Uint32Array;
}

/**
 * Makes the confusion matrix of rows and their predictions. Rows are counted and sorted on first use, so the arrays
 * must not be changed.
 *
 * @param targets true class of each row, `[N]`, every value below `classes`
 * @param predicted predicted class of each row, `[N]`, every value below `classes`
 * @param weights s_i ≥ 0 of each row, `[N]`: rows of weight 0 are left out, all others count 1. Default: all count
 */
export function confusionMatrix(
  targets: Uint32Array,
  predicted: Uint32Array,
  classes: number,
  weights?: ArrayLike<number>,
): ConfusionMatrix {
  return new SortedRows(targets, predicted, classes, weights);
}

class SortedRows implements ConfusionMatrix {
  readonly classes: number;
  readonly #targets: Uint32Array;
  readonly #predicted: Uint32Array;
  readonly #weights: ArrayLike<number> | undefined;
  #counts: Uint32Array | null = null;
  #sorted: Sorted | null = null;

  constructor(
    targets: Uint32Array,
    predicted: Uint32Array,
    classes: number,
    weights: ArrayLike<number> | undefined,
  ) {
    this.classes = classes;
    this.#targets = targets;
    this.#predicted = predicted;
    this.#weights = weights;
  }

  get counts(): Uint32Array {
    this.#counts ??= this.#count();
    return this.#counts;
  }

  count(trueClass: number, predictedClass: number): number {
    const [begin, end] = this.#cell(trueClass, predictedClass);
    return end - begin;
  }

  samples(trueClass: number, predictedClass: number): Uint32Array {
    const [begin, end] = this.#cell(trueClass, predictedClass);
    return this.#sort().rows.slice(begin, end);
  }

  #count(): Uint32Array {
    const K = this.classes;
    if (K * K > MAX_CELLS)
      throw new LimitError(
        "counts",
        `${K} × ${K} cells asked for, at most ${MAX_CELLS} can be allocated; use count()`,
      );
    const counts = new Uint32Array(K * K);
    const [targets, predicted, weights] = [this.#targets, this.#predicted, this.#weights];
    for (let i = 0; i < targets.length; i++)
      if (!weights || weights[i] > 0) counts[targets[i] * K + predicted[i]]++;
    return counts;
  }

  /** Returns the range of a cell among the sorted rows. */
  #cell(trueClass: number, predictedClass: number): readonly [begin: number, end: number] {
    this.#check(trueClass, "trueClass");
    this.#check(predictedClass, "predictedClass");
    const { rows, offsets } = this.#sort();
    const segment = [offsets[trueClass], offsets[trueClass + 1]] as const;
    const firstNotBelow = (wanted: number) => lowerBound(rows, this.#predicted, wanted, segment);
    return [firstNotBelow(predictedClass), firstNotBelow(predictedClass + 1)];
  }

  #check(position: number, argument: string): void {
    if (Number.isInteger(position) && position >= 0 && position < this.classes) return;
    throw new OptionError(
      argument,
      `expected the position of a class, 0 to ${this.classes - 1}, got ${position}`,
    );
  }

  /** Sorts rows by true class, then predicted class, then index. */
  #sort(): Sorted {
    if (this.#sorted) return this.#sorted;
    const [targets, predicted, weights, K] = [this.#targets, this.#predicted, this.#weights, this.classes];
    if (K * K <= targets.length) {
      this.#sorted = sortedByCell(targets, predicted, K, weights);
    } else {
      // Run two stable counting sorts, the second by the leading key.
      const { rows } = sortedBy(predicted, countedRows(targets.length, weights), K);
      this.#sorted = sortedBy(targets, rows, K);
    }
    return this.#sorted;
  }
}

/** Rows sorted by a key below K; those of key k are at `offsets[k]` to `offsets[k + 1]`. */
interface Sorted {
  readonly rows: Uint32Array;
  readonly offsets: Uint32Array;
}

/**
 * Sorts rows by their cell t·K + p in one counting sort, for at most as many cells as rows. Offsets are by true class.
 */
function sortedByCell(
  targets: Uint32Array,
  predicted: Uint32Array,
  K: number,
  weights: ArrayLike<number> | undefined,
): Sorted {
  const next = new Uint32Array(K * K + 1);
  for (let i = 0; i < targets.length; i++)
    if (!weights || weights[i] > 0) next[targets[i] * K + predicted[i] + 1]++;
  for (let cell = 0; cell < K * K; cell++) next[cell + 1] += next[cell];
  const offsets = new Uint32Array(K + 1);
  for (let k = 0; k <= K; k++) offsets[k] = next[k * K];
  const rows = new Uint32Array(offsets[K]);
  for (let i = 0; i < targets.length; i++)
    if (!weights || weights[i] > 0) rows[next[targets[i] * K + predicted[i]]++] = i;
  return { rows, offsets };
}

function sortedBy(keys: Uint32Array, rows: Uint32Array, classes: number): Sorted {
  const offsets = new Uint32Array(classes + 1);
  // Loop by index: an iterator is several times as slow.
  for (let at = 0; at < rows.length; at++) offsets[keys[rows[at]] + 1]++;
  for (let k = 0; k < classes; k++) offsets[k + 1] += offsets[k];
  const next = offsets.slice();
  const sorted = new Uint32Array(rows.length);
  for (let at = 0; at < rows.length; at++) sorted[next[keys[rows[at]]]++] = rows[at];
  return { rows: sorted, offsets };
}

/** Returns the first index in [begin, end) whose row has a key of at least `wanted`; `end` if there is none. */
function lowerBound(
  rows: Uint32Array,
  keys: Uint32Array,
  wanted: number,
  [begin, end]: readonly [number, number],
): number {
  let [low, high] = [begin, end];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (keys[rows[middle]] < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}

function countedRows(rows: number, weights: ArrayLike<number> | undefined): Uint32Array {
  const counted = new Uint32Array(rows);
  let count = 0;
  for (let i = 0; i < rows; i++) if (!weights || weights[i] > 0) counted[count++] = i;
  return counted.subarray(0, count);
}
