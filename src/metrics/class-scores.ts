/**
 * Precision, recall and F1 of each class, their means, and top-k accuracy, by the definitions of scikit-learn's
 * `precision_recall_fscore_support` and `top_k_accuracy_score` with `sample_weight`. A division by 0 gives 0.
 */

/** Scores of one class, or their mean. TP, FP, FN are sums of s over rows: numbers of rows, if there are no weights. */
export interface ClassScores {
  /** Share of the rows predicted as the class that belong to it: TP / (TP + FP). */
  readonly precision: number;
  /** Share of the rows of the class that are predicted as it: TP / (TP + FN). */
  readonly recall: number;
  /** Harmonic mean of precision and recall: 2 TP / (2 TP + FP + FN). */
  readonly f1: number;
  /** Σ s of the rows of the class: TP + FN; in a mean, of all rows. */
  readonly support: number;
}

/** Scores of all classes, and their means. */
export interface ScoreSummary {
  /** Scores in the order of the classes, including classes without rows. */
  readonly perClass: readonly ClassScores[];
  /** Plain mean over the classes that have rows or were predicted. */
  readonly macro: ClassScores;
  /** Mean over the classes, weighted by their support. */
  readonly weighted: ClassScores;
}

/**
 * Computes the scores from the true and the predicted class of each row.
 *
 * @param targets true class of each row, `[N]`, every value below `classes`
 * @param predicted predicted class of each row, `[N]`, every value below `classes`
 * @param weights s_i ≥ 0 of each row, `[N]`. Default: 1
 */
export function classScores(
  targets: Uint32Array,
  predicted: Uint32Array,
  classes: number,
  weights?: ArrayLike<number>,
): ScoreSummary {
  const right = new Float64Array(classes);
  const ofClass = new Float64Array(classes);
  const asClass = new Float64Array(classes);
  for (let i = 0; i < targets.length; i++) {
    const s = weights ? weights[i] : 1;
    ofClass[targets[i]] += s;
    asClass[predicted[i]] += s;
    if (targets[i] === predicted[i]) right[targets[i]] += s;
  }
  const perClass = Array.from(right, (truePositives, k) => ({
    precision: ratio(truePositives, asClass[k]),
    recall: ratio(truePositives, ofClass[k]),
    f1: ratio(2 * truePositives, ofClass[k] + asClass[k]),
    support: ofClass[k],
  }));
  const isSeen = ofClass.map((s, k) => (s > 0 || asClass[k] > 0 ? 1 : 0));
  return { perClass, macro: mean(perClass, isSeen), weighted: mean(perClass, ofClass) };
}

function mean(scores: readonly ClassScores[], weights: Float64Array): ClassScores {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const meanOf = (name: "precision" | "recall" | "f1") =>
    ratio(
      scores.reduce((sum, score, k) => sum + weights[k] * score[name], 0),
      total,
    );
  return {
    precision: meanOf("precision"),
    recall: meanOf("recall"),
    f1: meanOf("f1"),
    support: scores.reduce((sum, { support }) => sum + support, 0),
  };
}

/**
 * Returns the share of rows whose class is among the k with the highest scores: Σ s of those over Σ s of all, or 0 if
 * the latter is 0. With k = 1, this is the accuracy.
 *
 * @param rank number of classes ranked before each row's own, `[N]`, as backends return it
 * @param k at least 1; from K on the share is 1
 * @param weights s_i ≥ 0 of each row, `[N]`. Default: 1
 */
export function topKAccuracy(rank: Uint32Array, k: number, weights?: ArrayLike<number>): number {
  let [total, right] = [0, 0];
  for (let i = 0; i < rank.length; i++) {
    const s = weights ? weights[i] : 1;
    total += s;
    if (rank[i] < k) right += s;
  }
  return ratio(right, total);
}

/** Returns a / b, or 0 if b is 0. */
export function ratio(a: number, b: number): number {
  return b === 0 ? 0 : a / b;
}
