/** Classification report: all metrics of predictions for rows whose classes are known. */
import type { Label } from "../data/labels.ts";
import { type Targets, targetClasses } from "../data/targets.ts";
import { pause } from "../pause.ts";
import { type CalibrationBin, calibrationError } from "./calibration-error.ts";
import { type ClassScores, classScores, topKAccuracy } from "./class-scores.ts";
import { type ConfusionMatrix, confusionMatrix } from "./confusion-matrix.ts";

export type { CalibrationBin, ClassScores, ConfusionMatrix };

/**
 * Metrics of predictions. Rows of weight 0 are left out. Other rows count by their weight, except in the confusion
 * matrix, which counts rows. A row with soft labels belongs to its most probable class.
 */
export interface ClassificationReport {
  /** Labels of the classes. The position of a class is its index in this array. */
  readonly classes: readonly Label[];
  /** Mean cross-entropy. */
  readonly loss: number;
  /** Share of rows that are predicted correctly. */
  readonly accuracy: number;
  /** Share of rows whose class is among the k most probable ones, by k. */
  readonly topK: Readonly<Record<number, number>>;
  readonly confusion: ConfusionMatrix;
  /** Scores in the order of `classes`, including classes without rows. */
  readonly perClass: readonly LabelledScores[];
  /** Plain mean over the classes that have rows or were predicted. */
  readonly macro: ClassScores;
  /** Mean over the classes, weighted by their support. */
  readonly weighted: ClassScores;
  /** Expected calibration error, 0 to 1: mean distance between confidence and accuracy over `bins`. */
  readonly calibrationError: number;
  /** Bins of the confidence, ascending: the reliability diagram. */
  readonly bins: readonly CalibrationBin[];
}

/** Scores of the class with this label. */
export interface LabelledScores extends ClassScores {
  readonly label: Label;
}

/** Input of {@link reportOf}. */
export interface ReportSource {
  readonly targets: Targets;
  /** s_i ≥ 0 of each row, `[N]`. Default: 1. */
  readonly weights?: ArrayLike<number> | undefined;
  /** Predicted class of each row, its probability, and the number of classes ranked before the true one; `[N]` each. */
  readonly outcomes: {
    readonly predicted: Uint32Array;
    readonly confidence: Float32Array;
    readonly rank: Uint32Array;
  };
  readonly loss: number;
  readonly classes: readonly Label[];
  /** Default `[1, 3, 5]`, those below K. */
  readonly topK?: readonly number[] | undefined;
  /** Default 15. */
  readonly bins?: number | undefined;
}

/**
 * Makes the report. Each metric goes over all rows at once, which takes some milliseconds per million rows, with pauses
 * in between.
 *
 * @throws DataError rows without targets; the signal's reason
 */
export async function reportOf(source: ReportSource, signal?: AbortSignal): Promise<ClassificationReport> {
  const { targets, weights, loss, classes, bins: binCount = 15 } = source;
  const { predicted, confidence, rank } = source.outcomes;
  const { topK = [1, 3, 5].filter((k) => k < classes.length) } = source;
  await pause(signal);
  const truth = targetClasses(targets);
  await pause(signal);
  const { perClass, macro, weighted } = classScores(truth, predicted, classes.length, weights);
  await pause(signal);
  const { error, bins } = calibrationError(confidence, rank, binCount, weights);
  const accuracies = new Map<number, number>();
  for (const k of new Set([1, ...topK])) {
    await pause(signal);
    accuracies.set(k, topKAccuracy(rank, k, weights));
  }
  return {
    classes,
    loss,
    accuracy: accuracies.get(1) ?? 0,
    topK: Object.fromEntries(topK.map((k) => [k, accuracies.get(k) ?? 0])),
    confusion: confusionMatrix(truth, predicted, classes.length, weights),
    perClass: perClass.map((scores, k) => ({ label: classes[k], ...scores })),
    macro,
    weighted,
    calibrationError: error,
    bins,
  };
}
