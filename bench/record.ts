/**
 * The record of a benchmark run: one JSON document that the command prints and the page draws, and that can be saved,
 * sent, opened elsewhere and compared. Every result holds its error beside its time; if the error is over the
 * tolerance, the result is to be shown as wrong, without a time.
 */

/** The format's version; a reader refuses others. */
export const RECORD_VERSION = 1;

/** One shape: N rows as one batch, D features, K classes. */
export interface BenchShape {
  readonly rows: number;
  readonly features: number;
  readonly classes: number;
}

/** Storage of X on the device. */
export type BenchStorage = "f32" | "f16" | "u8";

/** A median with the span of the measurements. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  /** Number of measurements. */
  readonly count: number;
}

/** The GPU as WebGPU describes it. */
export interface AdapterRecord {
  readonly vendor: string;
  readonly architecture: string;
  readonly device: string;
  readonly description: string;
  /** Whether it is a software adapter, whose times say nothing about a GPU. */
  readonly software: boolean;
  readonly features: readonly string[];
  readonly limits: Readonly<Record<string, number>>;
}

/** The machine that was measured. */
export interface MachineRecord {
  readonly runtime: "browser" | "node";
  /** User agent, or Node's version and platform. */
  readonly agent: string;
  /** The processor's name, if it is known. */
  readonly cpu?: string;
  readonly cores: number;
  /** null without WebGPU. */
  readonly adapter: AdapterRecord | null;
}

/** The most that the adapter can do, measured in the same run. */
export interface CeilingsRecord {
  /** GFLOP/s of independent chains of multiply-adds; a multiply-add is two operations. */
  readonly fma: Spread;
  /** GB/s of reading a buffer larger than caches once, coalesced. */
  readonly read: Spread;
  /** µs of one minimal dispatch inside a pass. */
  readonly dispatch: Spread;
  /** µs of one submit of a minimal dispatch, with the wait for it. */
  readonly submit: Spread;
}

/** One kernel at one shape. */
export interface KernelRecord {
  /** The shader's name, for example `"forward"`. */
  readonly kernel: string;
  /** How it was fitted, in words, for example `"4 × 10 tile"`. */
  readonly variant: string;
  readonly shape: BenchShape;
  readonly storage: BenchStorage;
  /** ms of one dispatch. */
  readonly time: Spread;
  /** Floating-point operations of one dispatch by the formula (2NDK for a product), padding not counted. */
  readonly flops: number;
  /** Least bytes that must move: each input read once, each output written once. */
  readonly bytes: number;
  /** Largest difference from the float64 reference, as a share of the largest value, and the most that is allowed. */
  readonly error: number;
  readonly tolerance: number;
}

/** One library taking training steps at one shape. */
export interface StepRecord {
  /** Name and version, for example `"TF.js 4.22.0 webgpu"`. */
  readonly contender: string;
  readonly shape: BenchShape;
  readonly storage: BenchStorage;
  /** ms of one step. */
  readonly time: Spread;
  /** Largest difference of a weight from the float64 reference after three steps, as a share of the largest weight. */
  readonly error: number;
  readonly tolerance: number;
  /** Choices of the contender and their reasons, if it gives any. */
  readonly note?: string;
}

/** A part that could not be measured, and why. */
export interface FailureRecord {
  readonly what: string;
  readonly message: string;
}

/** A whole run. */
export interface BenchRecord {
  readonly version: typeof RECORD_VERSION;
  /** ISO 8601, UTC. */
  readonly date: string;
  readonly machine: MachineRecord;
  /** Versions of the measured libraries, by name. */
  readonly versions: Readonly<Record<string, string>>;
  /** null without WebGPU, or if it was not asked for. */
  readonly ceilings: CeilingsRecord | null;
  readonly kernels: readonly KernelRecord[];
  readonly steps: readonly StepRecord[];
  readonly failures: readonly FailureRecord[];
}

/** Returns whether a result may be shown with its time. */
export function isCorrect({
  error,
  tolerance,
}: {
  readonly error: number;
  readonly tolerance: number;
}): boolean {
  return error <= tolerance;
}
