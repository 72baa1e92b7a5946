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

/** The sorts of parts that a run consists of; those of a sort take similar times. */
export type PartKind = "first steps" | "round" | "ceilings" | "kernels";

/** How far a run has come. */
export interface BenchProgress {
  /** Parts done, out of `total`. */
  readonly done: number;
  readonly total: number;
  /** The part that runs now, in plain words. */
  readonly doing: string;
  /** The sort of that part. Left out at the end. */
  readonly kind?: PartKind;
  /** Parts of each sort that are left, the one that runs now included. */
  readonly left: Readonly<Partial<Record<PartKind, number>>>;
}

/** Tells when something disturbs the measurements, as a tab in the background does. */
export interface Attention {
  /** Number of disturbances so far. What was measured while it grew is measured again. */
  readonly disturbances: number;
  /** Resolves when nothing disturbs. Rejects with the signal's reason after an abort. */
  ready(signal?: AbortSignal): Promise<void>;
}

/** Callbacks and the signal by which a caller follows or stops a run. */
export interface BenchHooks {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: BenchProgress) => void;
  /** Gets the record so far after every part, so that a stopped run keeps its results. */
  readonly onRecord?: (record: BenchRecord) => void;
  /** Default: nothing disturbs. */
  readonly attention?: Attention;
}

/** Measures a plan. Rejects with the signal's reason after an abort; nothing stays allocated. */
export type RunBenchmark = (plan: BenchPlan, hooks?: BenchHooks) => Promise<BenchRecord>;

/** Counts the parts of a run, which begin one after the other; each ends when the next one begins. */
export class Progress {
  readonly #total: number;
  readonly #left: Map<PartKind, number>;
  readonly #report: (progress: BenchProgress) => void;
  #begun = 0;
  #current: PartKind | null = null;

  /** @param parts the number of parts of each sort */
  constructor(
    parts: Readonly<Partial<Record<PartKind, number>>>,
    report: (progress: BenchProgress) => void = () => {},
  ) {
    this.#left = new Map(Object.entries(parts) as [PartKind, number][]);
    this.#total = [...this.#left.values()].reduce((sum, count) => sum + count, 0);
    this.#report = report;
  }

  /** Begins the next part. */
  begin(kind: PartKind, doing: string): void {
    this.#leave();
    this.#current = kind;
    this.#report({ done: this.#begun, total: this.#total, doing, kind, left: this.#counts() });
    this.#begun++;
  }

  /** Ends the last part. */
  end(): void {
    this.#leave();
    this.#report({ done: this.#total, total: this.#total, doing: "done", left: {} });
  }

  #leave(): void {
    if (this.#current) this.#left.set(this.#current, (this.#left.get(this.#current) ?? 1) - 1);
    this.#current = null;
  }

  #counts(): Partial<Record<PartKind, number>> {
    return Object.fromEntries([...this.#left].filter(([, count]) => count > 0));
  }
}
