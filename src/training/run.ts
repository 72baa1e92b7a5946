/** What a fit works with while it runs. Types only. */
import type {
  Dataset,
  DeviceInfo,
  DeviceKind,
  Evaluation,
  ModelShape,
  OptimiserState,
  Trainer,
} from "../backends/backend.ts";
import type { Standardization } from "../data/standardization.ts";
import type {
  EpochRecord,
  FitOptions,
  IterationRecord,
  ModelEvaluation,
  StopReason,
} from "../fit-options.ts";
import type { JsonValue } from "../formats/json.ts";
import type { LabelledRows } from "../model/labelled-rows.ts";
import type { Parameters } from "../objective.ts";
import type { ResolvedOptions } from "../options.ts";
import type { LbfgsState } from "../solvers/lbfgs.ts";
import type { SgdState } from "../solvers/sgd.ts";

/** What the bits of a fit depend on beside its state, as JSON: a resumption must have the same. */
export type Conditions = Readonly<Record<string, JsonValue>>;

/** What is said of every interrupted fit. */
interface Interrupted {
  readonly conditions: Conditions;
  /** The kinds of device that it ran on, each once; empty in files that do not say. The bits depend on them, too. */
  readonly devices: readonly DeviceKind[];
}

/** An interrupted fit by L-BFGS: what goes on from its state has the same bits as if it had not been interrupted. */
export interface LbfgsProgress extends Interrupted {
  readonly solver: "lbfgs";
  readonly state: LbfgsState;
  readonly iterations: readonly IterationRecord[];
}

/** The same by SGD or AdamW. */
export interface SgdProgress extends Interrupted {
  readonly solver: "sgd" | "adamw";
  readonly state: SgdState;
  readonly epochs: readonly EpochRecord[];
}

/** What batches that came in leave behind for the next ones. */
export interface PartialProgress {
  readonly solver: "partial";
  readonly state: {
    readonly optimiser: OptimiserState;
    readonly steps: number;
    /** What `learningRate: "auto"` found for the first batch; null where the rate is no such one. */
    readonly rate: number | null;
  };
}

/** An interrupted fit, as far as it came. */
export type FitProgress = LbfgsProgress | SgdProgress;

/** What can be gone on with. */
export type Progress = PartialProgress | FitProgress;

/** Rows on the device, parameters on the device, and who is told. */
export interface Run {
  readonly options: ResolvedOptions;
  readonly hooks: Pick<FitOptions, "onEpoch" | "onIteration" | "onProgress">;
  readonly signal: AbortSignal;
  readonly device: DeviceInfo;
  readonly shape: ModelShape;
  readonly rows: LabelledRows;
  readonly conditions: Conditions;
  /** This device's kind, and those of a fit that is resumed. */
  readonly devices: readonly DeviceKind[];
  readonly standardization: Standardization | undefined;
  /** How L-BFGS sees the rows, where that is another way. */
  readonly conditioning: Standardization | undefined;
  /** Whether they also lie on the device like that. */
  readonly storesConditioned: boolean;
  /** max_i ‖x_i‖² of all rows as they come. */
  readonly maxSquaredNorm: number;
  readonly trainer: Trainer;
  readonly data: Dataset;
  readonly validation: { readonly data: Dataset; readonly rows: LabelledRows } | undefined;
  /** Takes finite parameters: what the model has if the fit ends here. */
  readonly keep: (parameters: Parameters) => void;
  readonly keepProgress: (progress: FitProgress) => void;
  /** Figures of the validation rows with the parameters kept last. */
  readonly summarise: (evaluation: Evaluation) => ModelEvaluation;
}

/** How a fit ended. */
export interface Outcome {
  readonly epochs: readonly EpochRecord[];
  readonly iterations: readonly IterationRecord[];
  readonly stopReason: StopReason;
}
