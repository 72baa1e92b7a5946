/**
 * What a benchmark run leaves behind: one JSON document that the command prints and the page draws, that can be
 * saved, sent, opened elsewhere and compared. No figure without its check: a result holds its error beside its
 * time, and is to be shown as wrong, without a time, where the error is over the tolerance.
 */

/** The format's version; a reader refuses others. */
export const RECORD_VERSION = 1;

/** One shape: N rows as one batch, D features, K classes. */
export interface BenchShape {
  readonly rows: number;
  readonly features: number;
  readonly classes: number;
}

/** How X is stored on the device. */
export type BenchStorage = "f32" | "f16" | "u8";

/** A median with the span it comes from. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
  /** Measurements taken. */
  readonly count: number;
}

/** The GPU as WebGPU describes it. */
export interface AdapterRecord {
  readonly vendor: string;
  readonly architecture: string;
  readonly device: string;
  readonly description: string;
  /** A CPU imitates it: times say nothing about a GPU. */
  readonly software: boolean;
  readonly features: readonly string[];
  readonly limits: Readonly<Record<string, number>>;
}

/** Where the figures come from. */
export interface MachineRecord {
  /** `"browser"` or `"node"`. */
  readonly runtime: "browser" | "node";
  /** User agent, or Node's version and platform. */
  readonly agent: string;
  /** The processor in words, where it can be known. */
  readonly cpu?: string;
  readonly cores: number;
  /** null: no WebGPU here. */
  readonly adapter: AdapterRecord | null;
}

/** What the adapter can do at best, measured in the same run. */
export interface CeilingsRecord {
  /** Independent chains of multiply-adds, GFLOP/s (a multiply-add counts two). */
  readonly fma: Spread;
  /** Reading a buffer larger than caches once, coalesced, GB/s. */
  readonly read: Spread;
  /** One empty dispatch inside a pass, µs. */
  readonly dispatch: Spread;
  /** One submit that does nothing, with the wait for it, µs. */
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
  /** Floating-point operations of one dispatch, by the formula (2NDK for a product), padding not counted. */
  readonly flops: number;
  /** Bytes that must move at least: each input read once, each output written once. */
  readonly bytes: number;
  /** Largest difference from the float64 reference, and what is allowed. */
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
  /** What was chosen and why, where the contender says so. */
  readonly note?: string;
}

/** What could not be measured, in plain words. */
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
  /** Versions of what was measured, by name. */
  readonly versions: Readonly<Record<string, string>>;
  /** null where there is no WebGPU, or it was not asked for. */
  readonly ceilings: CeilingsRecord | null;
  readonly kernels: readonly KernelRecord[];
  readonly steps: readonly StepRecord[];
  readonly failures: readonly FailureRecord[];
}

/** True where a result may be shown with its time. */
export function isCorrect({
  error,
  tolerance,
}: {
  readonly error: number;
  readonly tolerance: number;
}): boolean {
  return error <= tolerance;
}
