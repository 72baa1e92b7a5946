/**
 * The contract between what moves parameters (solvers) and where the work runs (backends). A backend takes a
 * data set once and keeps it; parameters live on the device; a solver asks for many SGD steps at once, or for
 * loss and gradient over all rows, and no data moves per step.
 *
 * Shapes: N rows, D features, K classes. Everything a backend or its parts allocate, dispose() frees.
 *
 * Scores are float32 numbers. A row one of whose scores overflows is lost: its probabilities are NaN, its loss and
 * gradient too if s > 0, and with them those of its batch. A loss is finite whenever no row with s > 0 is lost, and
 * rows with s = 0 have no part in it, whatever their values are.
 */
import type { Matrix } from "../data/matrix.ts";
import type { Standardization } from "../data/standardization.ts";
import type { Storage } from "../data/storage.ts";
import type { Targets } from "../data/targets.ts";
import type { Parameters } from "../objective.ts";

/** The kinds of device there are. */
export type DeviceKind = "webgpu" | "wasm" | "reference";

/** What a model runs on, and why. */
export interface DeviceInfo {
  readonly kind: DeviceKind;
  /** The device in words, for example `"WebGPU: nvidia ada-lovelace"`. */
  readonly name: string;
  /** True where a CPU imitates the device: correct, slow, and no measure of a GPU. */
  readonly software: boolean;
  /** Why this device was taken. */
  readonly reason: string;
}

/** The size of a model. Without `bias`, the bias stays 0. */
export interface ModelShape {
  readonly features: number;
  readonly classes: number;
  readonly bias: boolean;
}

/** Rows for a backend to keep. */
export interface DatasetSource {
  readonly x: Matrix;
  readonly targets: Targets;
  /** Weight s_i ≥ 0 of each row, `[N]`; 1 for all where absent. */
  readonly sampleWeights?: Float32Array;
  /**
   * How X is kept: `"auto"` keeps bytes as bytes, halves as halves and the rest as float32. Default `"auto"`. The
   * reference keeps values as they are, whatever is asked for.
   */
  readonly storage?: "auto" | Storage | undefined;
  /** ε in [0, 1): every target distribution q becomes (1 − ε) q + ε/K. Default 0. */
  readonly labelSmoothing?: number | undefined;
  /**
   * Values are kept as (x − mean) / scale of their column; the caller's rows stay as they are. Default: as they are.
   */
  readonly standardization?: Standardization | undefined;
}

/** A data set that a backend keeps. Not for use after dispose(). */
export interface Dataset {
  readonly rows: number;
  readonly features: number;
  readonly targetKind: Targets["kind"];
  /** Classes that the targets need: K of distributions, 1 + the largest label, 0 without targets. */
  readonly classes: number;
  readonly isDisposed: boolean;
  dispose(): void;
}

/** Many SGD steps: each epoch visits its rows in the order given, B at a time; an epoch's last batch may be shorter. */
export interface SgdSteps {
  /** Row indices, one array per epoch. */
  readonly epochs: readonly Uint32Array[];
  readonly batchSize: number;
  /**
   * What a row weighs on average: a batch of B rows divides its sums by B · meanWeight, so that the expected step is
   * the gradient of J at every B. Default: the mean of s over all rows of the data set.
   */
  readonly meanWeight?: number;
  /** η of each step, over all epochs. */
  readonly learningRates: Float64Array;
  readonly momentum: number;
  readonly nesterov: boolean;
  /** λ, the coefficient of ‖W‖². */
  readonly l2: number;
  /** λ₁, the coefficient of ‖W‖₁: after each SGD step W ← sign(W) max(|W| − η λ₁, 0). Not with AdamW. Default 0. */
  readonly l1?: number;
  /** AdamW in the place of SGD with momentum; the penalty becomes its decay W ← W − η·2λW. Default: SGD. */
  readonly adamw?: AdamwSettings;
  /** Steps taken before this call, which AdamW's bias correction and the average count. Default 0. */
  readonly firstStep?: number;
  /** The step, counted over all calls from 0, from which on the parameters are averaged. Default: never. */
  readonly averageFrom?: number;
  /**
   * Rows that this and the calls to come will visit, from which a backend sees what tuning
   * is worth. Default: this call's.
   */
  readonly plannedRows?: number;
}

/**
 * AdamW: m ← β₁m + (1 − β₁)G, v ← β₂v + (1 − β₂)G², W ← W − η·2λW − η m̂ / (√v̂ + ε) with m̂ = m / (1 − β₁ᵗ) and
 * v̂ = v / (1 − β₂ᵗ), t counted from 1, G without the penalty (Loshchilov & Hutter, "Decoupled weight decay
 * regularization", 2019; the bias does not decay).
 */
export interface AdamwSettings {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
}

/** Everything steps leave behind: written back, the steps to come give the same bits. */
export interface OptimiserState {
  readonly parameters: Parameters;
  /** v of SGD, m of AdamW. */
  readonly velocity: Parameters;
  /** v of AdamW, where it has taken steps. */
  readonly secondMoment?: Parameters;
  /** The mean of the parameters since `averageFrom`, where that has come. */
  readonly average?: Parameters;
}

/** What each step saw before it moved. */
export interface SgdResult {
  /** Mean cross-entropy of the batch over its own weights, Σ s_i CE_i / Σ s_i; 0 where Σ s_i is 0. */
  readonly losses: Float64Array;
  /** Σ s_i of the batch. */
  readonly weights: Float64Array;
  /** Rows with s_i > 0 predicted right. */
  readonly correct: Float64Array;
}

/** What a backend chose for speed, and why. Given back as the option `tuning`, the choice gives the same bits again. */
export interface TuningReport {
  readonly choice: object;
  readonly reason: string;
}

/** How a caller watches or stops long work. An abort rejects with the signal's reason. */
export interface RunOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called now and then with the number of rows done so far. */
  readonly onRows?: ((rows: number) => void) | undefined;
}

/** Mean cross-entropy over all rows (no λ term) and the number of rows with s_i > 0 predicted right. */
export interface Evaluation {
  readonly loss: number;
  readonly correct: number;
}

/** What an evaluation says, and dJ/dW, dJ/db over all rows; the gradient includes 2λW. */
export interface LossAndGradient extends Evaluation {
  readonly dWeights: Float64Array;
  readonly dBias: Float64Array;
}

/** What became of each row, `[N]` each: enough for every count over predictions, at twelve bytes a row. */
export interface Outcomes {
  /** Position of the class with the highest score; ties go to the lowest. 0 in a lost row. */
  readonly predicted: Uint32Array;
  /** Its probability; NaN in a lost row. */
  readonly confidence: Float32Array;
  /**
   * Classes that come before the target's (with distributions: before the likeliest class's): those with a higher
   * score, or the same and a lower position. 0: predicted right. K in a lost row, and without targets.
   */
  readonly rank: Uint32Array;
}

/**
 * Parameters on a device and what can be done with them there. One call at a time. A call with a data set that
 * does not fit throws ShapeError, DataError or StateError before anything changes; one on a device that is gone
 * rejects with DeviceError.
 */
export interface Trainer {
  /** What the last steps ran with, where there is a choice; null before the first. */
  readonly tuning: TuningReport | null;
  /** Sets the parameters; moments are cleared, and the average is forgotten. */
  write(parameters: Parameters): void;
  read(): Promise<Parameters>;
  readState(): Promise<OptimiserState>;
  writeState(state: OptimiserState): void;
  sgd(data: Dataset, steps: SgdSteps, options?: RunOptions): Promise<SgdResult>;
  lossAndGradient(data: Dataset, l2: number, options?: RunOptions): Promise<LossAndGradient>;
  evaluate(data: Dataset, options?: RunOptions): Promise<Evaluation>;
  /** Z `[N,K]`. */
  logits(data: Dataset, options?: RunOptions): Promise<Float32Array>;
  /** P `[N,K]`. */
  probabilities(data: Dataset, options?: RunOptions): Promise<Float32Array>;
  outcomes(data: Dataset, options?: RunOptions): Promise<Outcomes>;
  dispose(): void;
}

/** Where the work runs. */
export interface Backend {
  readonly info: DeviceInfo;
  /** False once the device is gone; a new backend is needed then. */
  readonly alive: boolean;
  /**
   * Takes checked rows to the device, piece by piece; they are not to be changed until dispose().
   *
   * @throws DataError  values that the storage asked for cannot hold
   * @throws LimitError, DeviceError, or the signal's reason; nothing stays allocated
   */
  createDataset(source: DatasetSource, options?: RunOptions): Promise<Dataset>;
  /** Parameters of zero on the device. @throws LimitError, DeviceError */
  createTrainer(shape: ModelShape): Promise<Trainer>;
  dispose(): void;
}
