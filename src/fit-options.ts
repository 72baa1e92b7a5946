/** What goes into a fit beside the data, and what comes out of it. Types only. */
import type { TuningReport } from "./backends/backend.ts";
import type { Label, LabelsLike } from "./data/labels.ts";
import type { RowsLike } from "./data/rows.ts";

/** Figures about a model on rows it is given. */
export interface ModelEvaluation {
  /** J = loss + λ‖W‖² + λ₁‖W‖₁. */
  readonly objective: number;
  /** Mean cross-entropy, nats. */
  readonly loss: number;
  /**
   * Share of rows of weight above 0, each counted once, whose most probable class is the label (with soft labels: the
   * label's most probable class).
   */
  readonly accuracy: number;
}

/** What an epoch of SGD or AdamW saw. */
export interface EpochRecord {
  /** Counted from 1. */
  readonly epoch: number;
  /**
   * Mean cross-entropy of the epoch's batches, each before the step it caused, with smoothing and weights as trained.
   */
  readonly loss: number;
  /** Share of rows predicted right, likewise. */
  readonly accuracy: number;
  /** η of the epoch's last step. */
  readonly learningRate: number;
  /** Figures of the validation rows after the epoch, if there are any. */
  readonly validation?: ModelEvaluation;
}

/** State of L-BFGS after an iteration. Record 0 of a history is the start. */
export interface IterationRecord {
  readonly iteration: number;
  /** J over all training rows, with label smoothing and weights as trained. */
  readonly objective: number;
  /** Its first term, the mean cross-entropy. */
  readonly loss: number;
  /** Share of the training rows of weight above 0, each counted once, that are predicted right. */
  readonly accuracy: number;
  /**
   * Largest absolute component of the gradient of the objective (with an L1 penalty, of the subgradient of least
   * length).
   */
  readonly gradientNorm: number;
  /** Passes over the training rows so far. */
  readonly passes: number;
  /** Passes, and the work on samples of the rows in units of a pass, by multiply-adds. */
  readonly work: number;
  /** Figures of the validation rows, if there are any. */
  readonly validation?: ModelEvaluation;
}

/**
 * Why a fit ended: `"epochs"` all of them were run; `"early"` the validation loss no longer fell; `"tolerance"` the
 * gradient is as small as asked for; `"iterations"`, `"time"` the limit came first; `"precision"` no step lowers the
 * objective by more than the device's rounding.
 */
export type StopReason = "epochs" | "early" | "tolerance" | "iterations" | "time" | "precision";

/** How far a fit has come. */
export interface FitProgress {
  /** `"upload"` while rows go to the device, then `"training"`. */
  readonly phase: "upload" | "training";
  /** Rows uploaded, or visited over all epochs, so far. */
  readonly rows: number;
  /** Rows that the phase goes through; for L-BFGS, whose passes are not known beforehand, of the passes begun. */
  readonly totalRows: number;
}

/** What a fit did. */
export interface FitHistory {
  /** Epochs of SGD and AdamW, before a resumption too. */
  readonly epochs: readonly EpochRecord[];
  /** Iterations of L-BFGS, before a resumption too. */
  readonly iterations: readonly IterationRecord[];
  readonly stopReason: StopReason;
  /** Wall-clock time of the fit, seconds; of a single fit with upload and compilation. */
  readonly seconds: number;
  /**
   * The kernels that ran on WebGPU and why; null on other devices, which have no choice. The option `tuning` takes the
   * choice back.
   */
  readonly tuning: TuningReport | null;
}

/** Rows, labels and their weights. */
export type Validation = readonly [x: RowsLike, y: LabelsLike, sampleWeight?: ArrayLike<number>];

/** How a fit is begun, watched and stopped. */
export interface FitOptions {
  /**
   * Rows, labels and, if wanted, their weights to evaluate after every epoch or iteration.
   * Class weights do not count there.
   */
  readonly validation?: Validation;
  /** Weight s_i ≥ 0 of each row, `[N]`. Default: 1. */
  readonly sampleWeight?: ArrayLike<number>;
  /** All labels, also of classes without a row in `y`. Default: the labels in `y`. */
  readonly classes?: readonly Label[];
  /**
   * Begin at the parameters that the model has, and keep its standardisation; classes and features
   * must be the same. Default false.
   */
  readonly warmStart?: boolean;
  /**
   * Continue an interrupted fit after its last whole epoch or iteration. With equal rows, options, device and kernels
   * the result has the bits of a fit without interruption. Default false.
   */
  readonly resume?: boolean;
  /**
   * Called after every epoch of SGD and AdamW, and awaited. The model has the epoch's parameters. Refused with L-BFGS,
   * which has no epochs, unless `onIteration` is given too.
   */
  readonly onEpoch?: (record: EpochRecord) => void | Promise<void>;
  /**
   * Called after every iteration of L-BFGS, and awaited. The model has the iteration's parameters (in `fitPath`, still
   * its old ones). Refused with other solvers, unless `onEpoch` is given too.
   */
  readonly onIteration?: (record: IterationRecord) => void | Promise<void>;
  /** Called after every one to eight megabytes that are uploaded, then some times a second while rows are visited. */
  readonly onProgress?: (progress: FitProgress) => void;
  /**
   * Aborting rejects with the signal's reason; the parameters of the last whole epoch or iteration are kept. The next
   * fit may be begun at once: it waits for the end of this one.
   */
  readonly signal?: AbortSignal;
}

/** Options of a call that fits, with the hooks of all calls. */
export type FitCallOptions = FitOptions & Pick<CrossValidationOptions, "onFold">;

/** How a batch that came in is trained on. */
export interface PartialFitOptions
  extends Pick<FitOptions, "sampleWeight" | "classes" | "onProgress" | "signal"> {}

/** How rows are evaluated. */
export interface EvaluateOptions {
  /** Weight s_i ≥ 0 of each row, `[N]`. Default: 1. */
  readonly sampleWeight?: ArrayLike<number>;
}

/** How rows are reported on. */
export interface ReportOptions extends EvaluateOptions {
  /** The k of top-k accuracies. Default: 1, 3 and 5, as far as they are below K. */
  readonly topK?: readonly number[];
  /** Bins of the confidence for the calibration error. Default 15. */
  readonly bins?: number;
}

/** How labels are predicted. */
export interface PredictOptions {
  /** Rows whose most probable class is less probable than this get null. Default 0: every row gets a label. */
  readonly minProbability?: number;
}

/** What calibration found. */
export interface CalibrationResult {
  /** T: scores are divided by it, from now on. */
  readonly temperature: number;
  /**
   * Why this T: `"optimum"` it has the least loss. There is no such T, and T becomes 1, if all rows are predicted right
   * (`"separated"`: the loss falls for ever as T goes to 0) or if the scores are no better than chance
   * (`"uninformative"`: it falls as T grows).
   */
  readonly reason: "optimum" | "separated" | "uninformative";
  /** Mean cross-entropy of the rows given, before (T = 1) and after scaling by T. */
  readonly lossBefore: number;
  readonly lossAfter: number;
}

/** How λ are compared. */
export interface CrossValidationOptions
  extends Pick<FitOptions, "sampleWeight" | "classes" | "onProgress" | "signal"> {
  /**
   * Go on with a cross-validation that was interrupted in this page, after its last whole fit. With equal rows and
   * options the result is the same within the solver's tolerance. Default false.
   */
  readonly resume?: boolean;
  /**
   * λ to compare, each finite and ≥ 0, none twice; `l2Grid` makes some. Or the name of a protocol, for as many rows as a
   * fold trains on.
   * Default `"dinov2"`: 45 values of scikit-learn's C from 1e-6 to 1e5.
   */
  readonly l2s?: readonly number[] | "dinov2" | "clip";
  /**
   * Number of folds, or the fold of each row, `[N]`: integers from 0, and −1 for rows that are never held out.
   * Default 5.
   */
  readonly folds?: number | ArrayLike<number>;
  /** Rows to score on instead of folds. Class weights do not count there, as in folds. */
  readonly validation?: Validation;
  /** Whether every fold gets its share of each class. Default true. */
  readonly stratified?: boolean;
  /** Seed of the shuffle that deals rows to a number of folds. Default: the model's. */
  readonly seed?: number;
  /** The score of held-out rows: their mean cross-entropy, or their accuracy. Default `"loss"`. */
  readonly scoring?: "loss" | "accuracy";
  /**
   * Which λ the model gets: that of the best mean score, or the largest whose mean score is within one standard error of
   * the best (Breiman et al. 1984). Default `"best"`.
   */
  readonly rule?: "best" | "oneStandardError";
  /** Called after every fit but the last, and awaited. */
  readonly onFold?: (record: FoldRecord) => void | Promise<void>;
}

/** Scores of rows that were held out. */
export interface FoldRecord {
  /** How many fits are done, this one with them, of how many; one on all rows follows. */
  readonly fit: number;
  readonly fits: number;
  /** λ */
  readonly l2: number;
  /** The fold held out, from 0; 0 for validation rows. */
  readonly fold: number;
  /** Mean cross-entropy, nats, by sample weights. */
  readonly loss: number;
  /** Share of rows of weight above 0 that are predicted right. */
  readonly accuracy: number;
  /** Passes over the rows, or epochs, of the fit. */
  readonly passes: number;
}

/** A score over the folds. */
export interface FoldScores {
  /** In the order of the folds. */
  readonly folds: readonly number[];
  readonly mean: number;
  /** Of the mean; NaN for one fold. */
  readonly standardError: number;
}

/** What cross-validation found for one λ. */
export interface CrossValidationEntry {
  /** λ */
  readonly l2: number;
  readonly loss: FoldScores;
  readonly accuracy: FoldScores;
  /** Passes over the rows, or epochs, of all its fits. */
  readonly passes: number;
}

/** What cross-validation found. */
export interface CrossValidation {
  /** One for each λ, in the order given. */
  readonly entries: readonly CrossValidationEntry[];
  /** λ that the model has. */
  readonly l2: number;
  /** λ of the best mean score; of equal ones, the largest. */
  readonly best: number;
  /** Largest λ whose mean score is within one standard error of the best; null if validation rows are scored. */
  readonly oneStandardError: number | null;
  /** Of the last fit, on all rows. */
  readonly history: FitHistory;
  /** Wall-clock time of everything, seconds. */
  readonly seconds: number;
}

/** One fit of a path. */
export interface PathEntry {
  /** λ */
  readonly l2: number;
  readonly history: FitHistory;
  /** Of all training rows, with smoothing and weights as trained. */
  readonly training: ModelEvaluation;
  /** Figures of the validation rows, if there are any. */
  readonly validation?: ModelEvaluation;
}
