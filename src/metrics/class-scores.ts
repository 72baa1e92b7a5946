/**
 * Precision, recall and F1 of each class and their means, by the definitions of scikit-learn's
 * `precision_recall_fscore_support` with `sample_weight` and its default `zero_division`: what would divide by 0 is 0.
 */

/** Scores of one class, or their mean. TP, FP, FN are sums of s over rows: how many they are, without weights. */
export interface ClassScores {
  /** Of the rows predicted to be of the class, the share that is: TP / (TP + FP). */
  readonly precision: number;
  /** Of the rows of the class, the share predicted to be: TP / (TP + FN). */
  readonly recall: number;
  /** Their harmonic mean, 2 TP / (2 TP + FP + FN). */
  readonly f1: number;
  /** Of the rows of the class, TP + FN; in a mean, of all rows. */
  readonly support: number;
}

/** The scores of all classes, and their means. */
export interface ScoreSummary {
  /** In the order of the classes; also those without rows. */
  readonly perClass: readonly ClassScores[];
  /** Plain mean over the classes that have rows or were predicted. */
  readonly macro: ClassScores;
  /** Mean over the classes weighted with their support. */
  readonly weighted: ClassScores;
}

/**
 * Scores from the class of each row and the one predicted.
 *
 * @param targets true class of each row, `[N]`, every value below `classes`
 * @param predicted predicted class of each row, `[N]`, likewise
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

/** a / b; 0 where b is 0. */
export function ratio(a: number, b: number): number {
  return b === 0 ? 0 : a / b;
}
