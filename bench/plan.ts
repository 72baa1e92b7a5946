/** What a benchmark run is asked to measure, and how it tells how far it has come. Types only. */
import type { BenchRecord, BenchShape, BenchStorage } from "./record.ts";

/** Libraries and devices that can take steps. Peers are loaded only when they are asked for. */
export type ContenderId =
  | "own-webgpu"
  | "own-webgpu-untuned"
  | "own-wasm"
  | "own-wasm-2"
  | "tfjs-webgpu"
  | "tfjs-wasm"
  | "jax-webgpu"
  | "jax-wasm";

/** What to measure. */
export interface BenchPlan {
  readonly shapes: readonly BenchShape[];
  /** Storage of X for our own WebGPU steps and kernels; peers and WebAssembly always take f32. */
  readonly storages: readonly BenchStorage[];
  readonly contenders: readonly ContenderId[];
  /** FMA, read bandwidth, dispatch and submit cost of the adapter. */
  readonly ceilings: boolean;
  /** Each kernel alone, as a share of the ceilings. */
  readonly kernels: boolean;
  /** Rounds in which all contenders of a shape alternate; the median of them counts. */
  readonly rounds: number;
}

/** How far a run has come. */
export interface BenchProgress {
  /** Parts done, of `total`. */
  readonly done: number;
  readonly total: number;
  /** What runs now, in plain words. */
  readonly doing: string;
}

/** How a caller watches or stops a run. */
export interface BenchHooks {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: BenchProgress) => void;
  /** The record as it stands, after every part; a run that is stopped keeps what it has. */
  readonly onRecord?: (record: BenchRecord) => void;
}

/** Measures a plan. Rejects with the signal's reason after an abort; everything it allocated is freed. */
export type RunBenchmark = (plan: BenchPlan, hooks?: BenchHooks) => Promise<BenchRecord>;
