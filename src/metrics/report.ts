/** Everything that is counted on rows whose classes are known, put together. */
import type { Label } from "../data/labels.ts";
import type { Targets } from "../data/targets.ts";
import { pause } from "../pause.ts";
import { type CalibrationBin, calibrationError } from "./calibration-error.ts";
import { type ClassScores, classScores } from "./class-scores.ts";
import { type ConfusionMatrix, confusionMatrix } from "./confusion-matrix.ts";
import { targetClasses } from "./target-classes.ts";
import { topKAccuracy } from "./top-k.ts";

export type { CalibrationBin, ClassScores, ConfusionMatrix };

/**
 * How good predictions are. Rows of weight 0 are in none of it; the others count by their weight, but for the
 * confusion matrix, which counts rows. A row with a distribution for its target is of the likeliest class there.
 */
export interface ClassificationReport {
  /** The labels; "position of a class" means the place in here. */
  readonly classes: readonly Label[];
  /** Mean cross-entropy. */
  readonly loss: number;
  /** Share of rows predicted right. */
  readonly accuracy: number;
  /** By k, the share of rows whose class is among the k most probable ones. */
  readonly topK: Readonly<Record<number, number>>;
  readonly confusion: ConfusionMatrix;
  /** In the order of `classes`; also those without rows. */
  readonly perClass: readonly LabelledScores[];
  /** Plain mean over the classes that have rows or were predicted. */
  readonly macro: ClassScores;
  /** Mean over the classes weighted with their support. */
  readonly weighted: ClassScores;
  /** Expected calibration error, 0 to 1: mean distance of confidence and accuracy over `bins`. */
  readonly calibrationError: number;
  /** Of the confidence, ascending: the reliability diagram. */
  readonly bins: readonly CalibrationBin[];
}

/** The scores of the class with this label. */
export interface LabelledScores extends ClassScores {
  readonly label: Label;
}

/** What a report is made of. */
export interface ReportSource {
  readonly targets: Targets;
  /** s_i ≥ 0 of each row, `[N]`; 1 where absent. */
  readonly weights?: ArrayLike<number> | undefined;
  /**
   * What was predicted for each row, with which probability, and how many classes came
   * before the right one; `[N]` each.
   */
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
 * Makes the report on these rows. Each count goes over all of them at once, some milliseconds per million rows; the thread is
 * given back in between.
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
