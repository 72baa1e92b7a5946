/** The options of the estimator: what they mean and their defaults. Their ranges are in option-rules.ts. */
import type { DeviceOption } from "./backends/open-backend.ts";
import type { Tuning, TuningCache } from "./backends/webgpu/choose-plan.ts";
import type { Label } from "./data/labels.ts";
import type { ClassWeight } from "./data/row-weights.ts";
import type { Storage } from "./data/storage.ts";
import type { LearningRateSchedule } from "./solvers/schedules.ts";
import type { EarlyStopping } from "./solvers/sgd.ts";

/**
 * Options of {@link SoftmaxRegression}. An option that the chosen solver does not use is refused. Options of SGD's
 * steps may be given with L-BFGS, for `partialFit`; `fit` refuses them then.
 */
export interface SoftmaxRegressionOptions {
  /** λ ≥ 0, the coefficient of ‖W‖². Default 1e-4. */
  readonly l2?: number;
  /**
   * λ₁ ≥ 0, the coefficient of ‖W‖₁, which sets weights to exactly 0; with `l2` the elastic
   * net. Not with AdamW. Default 0.
   */
  readonly l1?: number;
  /**
   * How parameters move. `"lbfgs"`, the default, goes to the optimum with passes over all rows; `"sgd"` and `"adamw"`
   * take many small steps on batches, for data or classes so many that a pass is long.
   */
  readonly solver?: "lbfgs" | "sgd" | "adamw";
  /** Whether there is a bias per class. Default true. */
  readonly bias?: boolean;
  /**
   * Bring every feature to mean 0 and standard deviation 1 over the training rows, each counted by its weight, and keep
   * what that takes with the model; a constant feature becomes 0. The penalties are on the weights of the standardised
   * features. X is kept as float32 then unless `storage` says `"f16"`. Default false.
   */
  readonly standardize?: boolean;
  /**
   * Weight of each class's rows, times their sample weights: numbers by label (or in the order of `classes`), or
   * `"balanced"`: S / (K S_k), with S the sum of the sample weights of all rows and S_k that of class k. The class is
   * that of the label before smoothing. Default: 1.
   */
  readonly classWeight?: ClassWeight | undefined;
  /** ε in [0, 1): training targets become (1 − ε) q + ε/K; evaluations take them as they are. Default 0. */
  readonly labelSmoothing?: number;
  /** A label whose rows count for nothing, for example −1; it is no class. Default: none. */
  readonly ignoreLabel?: Exclude<Label, boolean> | undefined;
  /**
   * L-BFGS stops when max |∂J/∂w| ≤ tolerance, ≥ 0. For rows stored as float32, and for bytes and halves far from 0,
   * the gradient is measured on standardised features, so that it does not depend on their units (scaled by the spread
   * of most cells, if a few cells decide the standard deviation). Default 1e-6.
   */
  readonly tolerance?: number;
  /** Iterations after which L-BFGS stops, ≥ 1. Default 1000. */
  readonly maxIterations?: number;
  /** Seconds after which L-BFGS begins no further iteration, > 0. Default: no limit. */
  readonly maxSeconds?: number;
  /** Rows per step of SGD and AdamW, B ≥ 1; more than there are means all of them. Default 256. */
  readonly batchSize?: number;
  /** Passes of SGD and AdamW over the data, ≥ 1. Default 10. */
  readonly epochs?: number;
  /**
   * A rate η > 0, a schedule, or `"auto"`, which falls to 0: for SGD from what the data's curvature allows, for AdamW
   * from 0.01. Default `"auto"`.
   */
  readonly learningRate?: "auto" | number | LearningRateSchedule;
  /** μ of SGD in [0, 1). Default 0.9. */
  readonly momentum?: number;
  /** Nesterov's form of momentum. Default false. */
  readonly nesterov?: boolean;
  /** Decay of AdamW's first moment, in [0, 1). Default 0.9. */
  readonly beta1?: number;
  /** Decay of AdamW's second moment, in [0, 1). Default 0.999. */
  readonly beta2?: number;
  /** ε of AdamW, > 0. Default 1e-8. */
  readonly epsilon?: number;
  /**
   * Share of the steps, at their end, over which SGD and AdamW average the parameters (Polyak), in [0, 1]. Default 0.
   */
  readonly averaging?: number;
  /**
   * Stop SGD and AdamW when the loss of the validation rows has not fallen by `minDelta` for `patience` epochs. The
   * parameters of the best epoch are restored, even if all epochs were run. L-BFGS goes to its optimum. Default: no.
   */
  readonly earlyStopping?: EarlyStopping | undefined;
  /** Fixes the order of rows: an integer in [0, 2³²). Default 0. */
  readonly seed?: number;
  /**
   * Default `"auto"`: WebGPU on a real adapter that answers within five seconds, else WebAssembly, else the reference.
   * A device asked for by name is waited for up to ten seconds.
   */
  readonly device?: DeviceOption;
  /**
   * Threads of the WebAssembly backend. Default `"auto"`: one per core, at most 8, for large batches, if workers prove
   * faster in the first steps. A number from 1 to 64: always so many.
   */
  readonly threads?: "auto" | number;
  /**
   * How X is kept on the device. Default `"auto"`: bytes as bytes, a `Float16Array` as halves, the rest as float32; the
   * scale of bytes and halves is applied as they are read. `"f16"` rounds other values to eleven significant bits (to
   * multiples of 2⁻²⁴ below 2⁻¹⁴) and halves the memory and its traffic; `"u8"` rounds values in [0, 1] to multiples of
   * 1/255 and quarters them. The reference ignores it.
   */
  readonly storage?: "auto" | Storage;
  /**
   * How WebGPU's kernels are chosen. Default `"auto"`: `"quick"` if a fit has enough work to pay for it, else `"off"`.
   * `"quick"` begins no further plan after 300 ms, `"full"` measures all of them, `"off"` takes the default plan. A
   * choice that a fit reported (`history.tuning.choice`) pins that plan, and with it the bits of the result.
   */
  readonly tuning?: Tuning;
  /**
   * Storage for measured plans by adapter and shape: `localStorage`, or anything with its getItem and setItem. Default:
   * in memory.
   */
  readonly tuningCache?: TuningCache | undefined;
  /**
   * URL of this package's `worker.js`, for pages whose policy forbids workers from blobs; in Node a URL, or a path from
   * the working directory. Default: a blob.
   */
  readonly workerUrl?: string | URL | undefined;
}

/** All options, checked. */
export type ResolvedOptions = Required<SoftmaxRegressionOptions>;

export const DEFAULTS: ResolvedOptions = {
  l2: 1e-4,
  l1: 0,
  solver: "lbfgs",
  bias: true,
  standardize: false,
  classWeight: undefined,
  labelSmoothing: 0,
  ignoreLabel: undefined,
  tolerance: 1e-6,
  maxIterations: 1000,
  maxSeconds: Infinity,
  batchSize: 256,
  epochs: 10,
  learningRate: "auto",
  momentum: 0.9,
  nesterov: false,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  averaging: 0,
  earlyStopping: undefined,
  seed: 0,
  device: "auto",
  threads: "auto",
  storage: "auto",
  tuning: "auto",
  tuningCache: undefined,
  workerUrl: undefined,
};
