/** What goes into a fit beside the data, and what comes out of it. Types only. */
import type { TuningReport } from "./backends/backend.ts";
import type { LabelsLike } from "./data/labels.ts";
import type { MatrixLike } from "./data/matrix.ts";

/** Figures about a model on rows it is given. */
export interface ModelEvaluation {
  /** J = loss + λ‖W‖². */
  readonly objective: number;
  /** Mean cross-entropy, nats. */
  readonly loss: number;
  /** Share of rows whose most probable class is the label (with soft labels: the class most probable there). */
  readonly accuracy: number;
}

/** What an epoch of a fit saw. */
export interface EpochRecord {
  /** Counted from 1. */
  readonly epoch: number;
  /** Mean cross-entropy of the epoch's batches, each before the step it caused. */
  readonly loss: number;
  /** Share of rows predicted right, likewise. */
  readonly accuracy: number;
  /** η of the epoch's last step. */
  readonly learningRate: number;
  /** Of the validation rows after the epoch, where there are any. */
  readonly validation?: ModelEvaluation;
}

/** How far a fit has come. */
export interface FitProgress {
  /** `"upload"` while rows go to the device, then `"training"`. */
  readonly phase: "upload" | "training";
  /** Rows uploaded, or visited over all epochs, so far. */
  readonly rows: number;
  /** Rows that the phase goes through. */
  readonly totalRows: number;
}

/** What a fit did. */
export interface FitHistory {
  readonly epochs: readonly EpochRecord[];
  /** Wall-clock time of the fit, seconds, upload and compilation included. */
  readonly seconds: number;
  /** The kernels that ran and why, where there is a choice (WebGPU); else null. The option `tuning` takes the choice back. */
  readonly tuning: TuningReport | null;
}

/** How a fit is watched and stopped. */
export interface FitOptions {
  /** Rows and labels to evaluate after every epoch. */
  readonly validation?: readonly [x: MatrixLike, y: LabelsLike];
  /** Called after every epoch, and awaited. The parameters are those of that epoch. */
  readonly onEpoch?: (record: EpochRecord) => void | Promise<void>;
  /** Called some times a second while rows are uploaded, then while they are visited. */
  readonly onProgress?: (progress: FitProgress) => void;
  /** Aborting rejects with the signal's reason; the parameters of the last whole epoch are kept. */
  readonly signal?: AbortSignal;
}
