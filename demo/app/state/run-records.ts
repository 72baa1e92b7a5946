/** Records of a run: the metrics of its epochs, its parameters, its speed, its messages, and the model in use. */
import type {
  EpochRecord,
  IterationRecord,
  Label,
  ModelEvaluation,
  SoftmaxRegression,
  StopReason,
} from "../../../src/index.ts";

/** The metrics of an epoch, or of an iteration of L-BFGS. */
export interface EpochMetrics {
  /** Counted from 1 for epochs, from 0 (the start) for iterations. */
  readonly index: number;
  /**
   * Mean cross-entropy of the training rows: of an epoch, batch by batch while it trained; else after the iteration.
   */
  readonly loss: number;
  /** Accuracy on the training rows, likewise. */
  readonly accuracy: number;
  readonly validationLoss: number;
  readonly validationAccuracy: number;
}

/** The parameters after the latest epoch. */
export interface Snapshot {
  /** W `[K·D]`, row after row, for rows that are not standardised. */
  readonly weights: Float32Array;
  /** b `[K]` */
  readonly bias: Float32Array;
  readonly classes: readonly Label[];
}

/** The model that predicts, is evaluated and is saved. */
export interface ModelInUse {
  readonly model: SoftmaxRegression;
  /** Its parameters. */
  readonly snapshot: Snapshot;
  /** Accuracy on the validation rows. */
  readonly accuracy: number;
  /** `"epoch 12"` or `"iteration 12"`, after which it is like this; empty for a model from a file. */
  readonly after: string;
}

export interface Speed {
  readonly rowsPerSecond: number;
  /** Steps of SGD, or iterations. */
  readonly stepsPerSecond: number;
}

export interface Message {
  readonly kind: "error" | "notice";
  readonly text: string;
  /** The error itself, for views that explain it in other words. */
  readonly cause?: unknown;
}

/** Of two classes, the one that is looked for, and the probability that it takes. */
export interface Threshold {
  readonly positive: Label;
  /** 0 to 1. */
  readonly probability: number;
}

/** A run as it was kept; its models are loaded. */
export interface RestoredRun {
  /** The model in use. */
  readonly model: SoftmaxRegression | null;
  /** The model of the run if it is another one. */
  readonly candidate: SoftmaxRegression | null;
  /** Accuracy of the model in use on the validation rows. */
  readonly accuracy: number;
  readonly status: "idle" | "paused" | "done";
  readonly stopReason: StopReason | null;
  readonly history: readonly EpochMetrics[];
  readonly seconds: number;
  readonly opened: ModelEvaluation | null;
}

/** Returns a model's parameters. */
export function snapshotOf({ weights, bias, classes }: SoftmaxRegression): Snapshot {
  return { weights, bias, classes };
}

/** Returns the metrics of an epoch or iteration. */
export function metricsOf(
  index: number,
  { loss, accuracy, validation }: EpochRecord | IterationRecord,
): EpochMetrics {
  return {
    index,
    loss,
    accuracy,
    validationLoss: validation?.loss ?? Number.NaN,
    validationAccuracy: validation?.accuracy ?? Number.NaN,
  };
}
