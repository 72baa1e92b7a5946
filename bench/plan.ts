/** What a benchmark run is asked to measure, and how it reports its progress. */
import type { BenchRecord, BenchShape, BenchStorage } from "./record.ts";

/** Libraries and devices whose training steps can be measured. Peers are loaded only if they are asked for. */
export type ContenderId =
  | "own-webgpu"
  | "own-webgpu-untuned"
  | "own-wasm"
  | "own-wasm-2"
  | "tfjs-webgpu"
  | "tfjs-wasm"
  | "jax-webgpu"
  | "jax-wasm";

/** What a run measures. */
export interface BenchPlan {
  readonly shapes: readonly BenchShape[];
  /** Storages of X for our own WebGPU steps and kernels; peers and WebAssembly always take f32. */
  readonly storages: readonly BenchStorage[];
  readonly contenders: readonly ContenderId[];
  /** Whether to measure the adapter: multiply-adds, memory reads, dispatch and submit. */
  readonly ceilings: boolean;
  /** Whether to measure each kernel alone. */
  readonly kernels: boolean;
  /** Rounds in which all contenders of a shape alternate; their median is the result. */
  readonly rounds: number;
}

/** How far a run has come. */
export interface BenchProgress {
  /** Parts done, out of `total`. */
  readonly done: number;
  readonly total: number;
  /** The part that runs now, in plain words. */
  readonly doing: string;
}

/** Callbacks and the signal by which a caller follows or stops a run. */
export interface BenchHooks {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: BenchProgress) => void;
  /** Gets the record so far after every part, so that a stopped run keeps its results. */
  readonly onRecord?: (record: BenchRecord) => void;
}

/** Measures a plan. Rejects with the signal's reason after an abort; nothing stays allocated. */
export type RunBenchmark = (plan: BenchPlan, hooks?: BenchHooks) => Promise<BenchRecord>;

/** Counts the parts of a run, which begin one after the other; each ends when the next one begins. */
export class Progress {
  readonly #total: number;
  readonly #report: (progress: BenchProgress) => void;
  #begun = 0;

  constructor(total: number, report: (progress: BenchProgress) => void = () => {}) {
    this.#total = total;
    this.#report = report;
  }

  /** Begins the next part. */
  begin(doing: string): void {
    this.#report({ done: this.#begun, total: this.#total, doing });
    this.#begun++;
  }

  /** Ends the last part. */
  end(): void {
    this.#report({ done: this.#total, total: this.#total, doing: "done" });
  }
}
