/**
 * The contract between solvers, which move parameters, and backends, which compute. A backend takes a data set once and
 * keeps it; parameters live on the device; a solver asks for many SGD steps at once, or for loss and gradient over all
 * rows, and no data moves per step.
 *
 * Shapes: N rows, D features, K classes. `dispose()` frees everything that a backend or its parts have allocated.
 *
 * Scores are float32 numbers. A row one of whose scores overflows is lost: its probabilities are NaN, and if s > 0,
 * so are its loss and gradient and those of its batch. A loss is finite if no row with s > 0 is lost. Rows with s = 0
 * do not affect it, whatever their values are.
 */
import type { DeviceRows } from "../data/gpu-rows.ts";
import type { Matrix } from "../data/matrix.ts";
import type { RowsInMemory } from "../data/rows.ts";
import type { Standardization } from "../data/standardization.ts";
import type { Storage } from "../data/storage.ts";
import type { Targets } from "../data/targets.ts";
import type { Parameters } from "../parameters.ts";
import type { NewtonOptions, NewtonStep } from "./newton-step.ts";

// The types that the contract uses and the errors that it throws, for entries that export all of it.
export type { DeviceRows, GpuPiece } from "../data/gpu-rows.ts";
export type { Float16Data, Matrix, MatrixData } from "../data/matrix.ts";
export type { RowsInMemory } from "../data/rows.ts";
export type { SparseMatrix } from "../data/sparse-matrix.ts";
export type { Targets } from "../data/targets.ts";
export * from "../errors.ts";
export type { Parameters } from "../parameters.ts";
export type { NewtonOptions, NewtonStep } from "./newton-step.ts";

/** Kinds of devices. */
export type DeviceKind = "webgpu" | "wasm" | "reference";

/** The device that a model runs on, and why. */
export interface DeviceInfo {
  readonly kind: DeviceKind;
  /** Name for people, for example `"WebGPU: nvidia ada-lovelace"`. */
  readonly name: string;
  /** Whether a CPU imitates the device: results are correct, but slow, and no measure of a GPU. */
  readonly software: boolean;
  /** Why this device was chosen. */
  readonly reason: string;
}

/** The size of a model. Without `bias`, the bias stays 0. */
export interface ModelShape {
  readonly features: number;
  readonly classes: number;
  readonly bias: boolean;
  /** Whether the rows are sparse: the trainer keeps W feature by feature then, and takes no others. Default false. */
  readonly sparse?: boolean | undefined;
}

/** Rows for a backend to keep. */
export interface DatasetSource<X extends RowsInMemory = Matrix> {
  readonly x: X;
  readonly targets: Targets;
  /** Weight s_i ≥ 0 of each row, `[N]`. Default: 1 for all. */
  readonly sampleWeights?: Float32Array;
  /**
   * Element type of X on the device: `"auto"` keeps bytes as bytes, halves as halves and the rest as float32. Default
   * `"auto"`. The reference ignores this and keeps all values unchanged; sparse rows are float32.
   */
  readonly storage?: "auto" | Storage | undefined;
  /** ε in [0, 1): every target distribution q becomes (1 − ε) q + ε/K. Default 0. */
  readonly labelSmoothing?: number | undefined;
  /**
   * Stores values as (x − mean) / scale of their column; the caller's rows are not changed. Every mean is 0 if they are
   * sparse. Default: no change.
   */
  readonly standardization?: Standardization | undefined;
}

/** Rows that lie on the device already, with targets and weights for a backend to keep. */
export interface DeviceSource extends Pick<DatasetSource, "targets" | "sampleWeights" | "labelSmoothing"> {
  readonly x: DeviceRows;
}

/** A data set on a device. Not for use after dispose(). */
export interface Dataset {
  readonly rows: number;
  readonly features: number;
  readonly isSparse: boolean;
  readonly targetKind: Targets["kind"];
  /** Number of classes that the targets need: K of distributions, 1 + the largest label, 0 without targets. */
  readonly classes: number;
  readonly isDisposed: boolean;
  /**
   * Replaces the weights s of a data set that was created with weights, for calls to come; none may be running. The array
   * must not be changed afterwards.
   *
   * @throws ShapeError another number of weights than rows; StateError a data set without weights, or disposed of
   */
  setWeights(sampleWeights: Float32Array): void;
  dispose(): void;
}

/** Many SGD steps: each epoch visits its rows in the order given, B at a time; an epoch's last batch may be shorter. */
export interface SgdSteps {
  /** Row indices, one array per epoch. */
  readonly epochs: readonly Uint32Array[];
  readonly batchSize: number;
  /**
   * Average weight of a row: a batch of B rows divides its sums by B · meanWeight, so that the expected step is the
   * gradient of J at every B. Default: the mean of s over all rows of the data set.
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
  /** AdamW instead of SGD with momentum; the penalty becomes its decay W ← W − η·2λW. Default: SGD. */
  readonly adamw?: AdamwSettings;
  /** Number of steps before this call, for AdamW's bias correction and the average. Default 0. */
  readonly firstStep?: number;
  /** First step, counted over all calls from 0, whose parameters enter the average. Default: never. */
  readonly averageFrom?: number;
  /**
   * Number of rows that this and later calls will visit, from which a backend decides on tuning. Default: this
   * call's.
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

/** Everything that later steps depend on: after it is written back, they give the same bits. */
export interface OptimiserState {
  readonly parameters: Parameters;
  /** v of SGD, m of AdamW. */
  readonly velocity: Parameters;
  /** v of AdamW, once it has taken steps. */
  readonly secondMoment?: Parameters;
  /** The mean of the parameters since the step `averageFrom`, from that step on. */
  readonly average?: Parameters;
}

/** Results of each step, for the parameters before its update. */
export interface SgdResult {
  /**
   * Mean cross-entropy of the batch over its own weights, Σ s_i CE_i / Σ s_i; 0 if Σ s_i is 0, NaN if a row with s_i >
   * 0 is lost.
   */
  readonly losses: Float64Array;
  /** Σ s_i of the batch. */
  readonly weights: Float64Array;
  /** Number of correctly predicted rows with s_i > 0. */
  readonly correct: Float64Array;
}

/** The plan that a backend chose for speed, and why. As the option `tuning`, the choice gives the same bits again. */
export interface TuningReport {
  readonly choice: object;
  readonly reason: string;
}

/** Options to watch or stop long work. An abort rejects with the signal's reason. */
export interface RunOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called now and then with the number of rows done so far. */
  readonly onRows?: ((rows: number) => void) | undefined;
}

/** Options of an evaluation. */
export interface EvaluationOptions extends RunOptions {
  /** False: labels without the data set's smoothing. Distributions are smoothed as they are stored. Default true. */
  readonly isSmoothed?: boolean | undefined;
}

/** Mean cross-entropy over all rows (no λ term), and the number of correctly predicted rows with s_i > 0. */
export interface Evaluation {
  readonly loss: number;
  readonly correct: number;
}

/** An evaluation with dJ/dW and dJ/db over all rows; the gradient includes 2λW. */
export interface LossAndGradient extends Evaluation {
  readonly dWeights: Float64Array;
  readonly dBias: Float64Array;
}

/** Predictions for each row, `[N]` each: enough for every count over predictions, at twelve bytes a row. */
export interface Outcomes {
  /** Position of the class with the highest score; ties go to the lowest. 0 in a lost row. */
  readonly predicted: Uint32Array;
  /** Its probability; NaN in a lost row. */
  readonly confidence: Float32Array;
  /**
   * Number of classes ranked before the target's (of a distribution: its likeliest class): those with a higher score,
   * or an equal score and a lower position. 0 if the prediction is correct; K in a lost row, and without targets.
   */
  readonly rank: Uint32Array;
}

/**
 * Parameters on a device and the operations on them. One call at a time. A call with a data set that does not fit
 * throws ShapeError, DataError or StateError before anything changes; a call on a device that is gone rejects with
 * DeviceError.
 */
export interface Trainer {
  /** The plan of the last steps if the backend has a choice; null before the first step. */
  readonly tuning: TuningReport | null;
  /** Sets the parameters, clears the moments and forgets the average. */
  write(parameters: Parameters): void;
  read(): Promise<Parameters>;
  readState(): Promise<OptimiserState>;
  writeState(state: OptimiserState): void;
  sgd(data: Dataset, steps: SgdSteps, options?: RunOptions): Promise<SgdResult>;
  lossAndGradient(data: Dataset, l2: number, options?: RunOptions): Promise<LossAndGradient>;
  evaluate(data: Dataset, options?: EvaluationOptions): Promise<Evaluation>;
  /** Z `[N,K]`. */
  logits(data: Dataset, options?: RunOptions): Promise<Float32Array>;
  /** P `[N,K]`. */
  probabilities(data: Dataset, options?: RunOptions): Promise<Float32Array>;
  outcomes(data: Dataset, options?: RunOptions): Promise<Outcomes>;
  /**
   * Computes M = Σ_i w_i x̃_i x̃_iᵀ, x̃ = (x, 1) with a bias, else x; the parameters take no part. Rows with w_i = 0 do not
   * affect it, whatever their values are. Not for sparse rows, whose M would be too large.
   *
   * @param weights w_i ≥ 0 of each row, `[N]`
   * @returns M `[n,n]`, n = D + 1 with a bias, else D; of elements above the diagonal, nothing is promised
   */
  secondMoments(data: Dataset, weights: Float32Array, options?: RunOptions): Promise<Float32Array>;
  /**
   * Solves (H + 2λ) d = −g by conjugate gradients, H the Hessian of the mean cross-entropy. Absent on devices without.
   *
   * @throws LimitError too little memory
   */
  newtonStep?(data: Dataset, newton: NewtonOptions, options?: RunOptions): Promise<NewtonStep>;
  dispose(): void;
}

/** What rows that lie on the device are asked; their values stay there, but for those of `read`. */
export interface RowsOnDevice {
  /**
   * Computes Σ_j ((x_ij − mean_j) / scale_j)² of each row in float32, `[N]`: NaN if a value of the row is NaN or
   * infinite, infinite if the sum overflows. A column whose scale is 0 or infinite counts for nothing.
   *
   * @param columns default: mean 0 and scale 1
   * @throws DataError buffers that the device does not take: destroyed, or of another device
   */
  squaredNorms(x: DeviceRows, columns?: Standardization, options?: RunOptions): Promise<Float32Array>;
  /** Copies rows to the host, as values. @param indices ascending, repetitions allowed */
  read(x: DeviceRows, indices: Uint32Array, options?: RunOptions): Promise<Matrix<Float32Array>>;
  /**
   * Makes a data set, of the rows where they lie if the kernels can read them there, else of a copy.
   *
   * @throws LimitError, DeviceError, or the signal's reason; nothing stays allocated
   */
  createDataset(source: DeviceSource, options?: RunOptions): Promise<Dataset>;
  /** Makes a data set of copies of rows, without targets. @param indices ascending, repetitions allowed */
  copyRows(x: DeviceRows, indices: Uint32Array, scaling?: Scaling, options?: RunOptions): Promise<Dataset>;
}

/** Brings a value of column j to (x − mean_j) / scale_j, limited to ±limit. */
export interface Scaling extends Standardization {
  readonly limit: number;
}

/** A kind of device, opened: creates data sets and trainers on it. */
export interface Backend {
  readonly info: DeviceInfo;
  /** Whether the device still works; once it does not, a new backend is needed. */
  readonly alive: boolean;
  /**
   * Copies checked rows to the device, piece by piece. The caller must not change them before dispose().
   *
   * @throws DataError  for values that `storage` cannot hold
   * @throws LimitError, DeviceError, or the signal's reason; nothing stays allocated
   */
  createDataset(source: DatasetSource<RowsInMemory>, options?: RunOptions): Promise<Dataset>;
  /** Loads the work on rows in buffers of the caller's GPUDevice; null on devices without any. @throws LoadError */
  rowsOnDevice(): Promise<RowsOnDevice | null>;
  /** Creates parameters of zero on the device. @throws LimitError, DeviceError */
  createTrainer(shape: ModelShape): Promise<Trainer>;
  dispose(): void;
}
