/**
 * One thread or several? The arithmetic is fixed before: a batch's gradient is the sum of as many partial ones as
 * the shape and the number of threads say, so that the bits do not depend on where the parts are worked out.
 * Where that is, here or in workers, the time of the first steps decides.
 */
import { DeviceError, StateError } from "../../errors.ts";
import type { ModelShape } from "../backend.ts";
import { backward, partition, type Share, type Sums, sharesOf } from "./backward.ts";
import type { WasmDataset } from "./dataset.ts";
import { WorkerPool } from "./pool.ts";
import { layoutOf, type Workspace } from "./workspace.ts";

/** How many threads may be used, and how workers are started. */
export interface ThreadingOptions {
  readonly module: WebAssembly.Module;
  /** A number: so many, always; `"auto"`: one per core where a step is large and workers prove faster. */
  readonly threads: "auto" | number;
  /** Where the worker's script lies, for pages whose policy forbids blobs. */
  readonly workerUrl: string | URL | undefined;
}

/** B·D·K below which a step, some hundred microseconds, is not worth two messages to a worker. */
const MIN_STEP_PRODUCTS = 2 ** 22;

/** More threads than this would wait for memory. */
const MAX_THREADS = 8;

/** Memory that partial gradients may take before `"auto"` uses fewer threads. */
const MAX_PARTIAL_BYTES = 2 ** 28;

/** Steps that are timed on each side. The first one of each warms up. */
const TIMED_STEPS = 4;

/** Where steps are worked out now, and what is known of the time they take. */
type Stage =
  | { readonly kind: "here"; readonly times: number[] }
  | { readonly kind: "trial"; readonly pool: WorkerPool; readonly here: number; readonly times: number[] }
  | { readonly kind: "workers"; readonly pool: WorkerPool }
  | { readonly kind: "settled" };

/** The threads of one trainer for one data set. */
export class Threading {
  readonly #data: WasmDataset;
  readonly #shape: ModelShape;
  readonly #options: ThreadingOptions;
  #stage: Stage = { kind: "here", times: [] };

  constructor(data: WasmDataset, shape: ModelShape, options: ThreadingOptions) {
    this.#data = data;
    this.#shape = shape;
    this.#options = options;
  }

  /** Whether a number of threads was asked for. */
  get #isForced(): boolean {
    return this.#options.threads !== "auto";
  }

  /** Partial gradients of a batch of so many rows: fixed by the shape and the number of threads. */
  splitsFor(batchRows: number): number {
    const { threads } = this.#options;
    const rows = Math.min(batchRows, this.#data.rows);
    const { features, classes } = this.#shape;
    if (threads === "auto" && rows * features * classes < MIN_STEP_PRODUCTS) return 1;
    const affordable = Math.max(1, Math.floor(MAX_PARTIAL_BYTES / layoutOf(this.#shape).bytes));
    const wanted = threads === "auto" ? Math.min(threadsHere(), affordable) : threads;
    return sharesOf(this.#data.rows, wanted).length;
  }

  /** Leaves the partial gradients of a batch in the workspace. */
  async backward(
    workspace: Workspace,
    rows: Uint32Array,
    scale: number,
    splits: number,
    signal: AbortSignal | undefined,
  ): Promise<Sums> {
    const shares = sharesOf(this.#data.rows, splits);
    const pool = splits > 1 ? await this.#pool(shares, signal) : null;
    const started = performance.now();
    const parts = splits > 1 ? partition(rows, shares, pool !== null) : [rows as Uint32Array<ArrayBuffer>];
    // Workers are asked first, since this thread is busy then.
    const asked = pool?.backward(workspace, parts, scale);
    const own = here(workspace, pool ? parts.slice(0, 1) : parts, scale, signal);
    const theirs = asked?.catch(async (error: unknown) => {
      this.#giveUp(pool as WorkerPool, error);
      await own;
      for (let split = 1; split < shares.length; split++) workspace.partial(split).fill(0);
      return here(workspace, partition(rows, shares, false), scale, signal, 1);
    });
    // Both end before an error of one is seen, so that no worker is left in the middle of a step.
    await Promise.allSettled([theirs, own]);
    // In the order of the parts, wherever each was worked out: another order would give other bits.
    const sums = [...(await own), ...((await theirs) ?? [])];
    signal?.throwIfAborted();
    if (splits > 1) this.#learn(performance.now() - started);
    return {
      loss: sums.reduce((total, { loss }) => total + loss, 0),
      correct: sums.reduce((total, { correct }) => total + correct, 0),
    };
  }

  /**
   * Ends workers one of which failed. With `"auto"` this thread does all of the work from then on, with the same bits.
   *
   * @throws the error, if a number of threads was asked for; the next call starts new workers then
   */
  #giveUp(pool: WorkerPool, error: unknown): void {
    const isInUse = "pool" in this.#stage && this.#stage.pool === pool;
    pool.dispose();
    if (isInUse) this.#stage = this.#isForced ? { kind: "here", times: [] } : { kind: "settled" };
    if (!isInUse || this.#isForced || !(error instanceof DeviceError)) throw error;
  }

  dispose(): void {
    if ("pool" in this.#stage) this.#stage.pool.dispose();
    this.#stage = { kind: "settled" };
  }

  /** The workers, if they are to be used now. */
  async #pool(shares: readonly Share[], signal: AbortSignal | undefined): Promise<WorkerPool | null> {
    const stage = this.#stage;
    const isForced = this.#isForced;
    if (stage.kind === "trial" || stage.kind === "workers") return stage.pool;
    if (stage.kind === "settled" || (!isForced && stage.times.length < TIMED_STEPS)) return null;
    const pool = await this.#start(shares, signal);
    if (this.#stage !== stage) {
      pool?.dispose();
      throw new StateError("trainer", "the trainer or its data set was disposed of");
    }
    if (!pool) this.#stage = { kind: "settled" };
    else if (isForced) this.#stage = { kind: "workers", pool };
    else this.#stage = { kind: "trial", pool, here: median(stage.times), times: [] };
    return pool;
  }

  /** Workers; null where nobody asked for them by number and they cannot be had: the bits are the same without. */
  async #start(shares: readonly Share[], signal: AbortSignal | undefined): Promise<WorkerPool | null> {
    const { module, workerUrl } = this.#options;
    try {
      return await WorkerPool.start(module, this.#data.source, this.#shape, shares, workerUrl, signal);
    } catch (error) {
      if (this.#isForced || !(error instanceof DeviceError)) throw error;
      return null;
    }
  }

  #learn(time: number): void {
    const stage = this.#stage;
    if (stage.kind === "here") stage.times.push(time);
    if (stage.kind !== "trial" || stage.times.push(time) < TIMED_STEPS) return;
    const isFaster = median(stage.times) < stage.here;
    if (!isFaster) stage.pool.dispose();
    this.#stage = isFaster ? { kind: "workers", pool: stage.pool } : { kind: "settled" };
  }
}

/** Leaves the partial gradients of `parts`, from the `first` on; returns what each part adds up to. */
async function here(
  workspace: Workspace,
  parts: readonly Uint32Array[],
  scale: number,
  signal: AbortSignal | undefined,
  first = 0,
): Promise<Sums[]> {
  const sums: Sums[] = [];
  for (let split = first; split < parts.length; split++) {
    await backward(workspace, parts[split], scale, split, signal);
    sums.push(workspace.takeSums());
  }
  return sums;
}

/** The middle of all but the first. */
function median(times: readonly number[]): number {
  const sorted = times.slice(1).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

/** How many threads `"auto"` means here. */
export function threadsHere(): number {
  // Node 20 has no navigator.
  const cores =
    globalThis.navigator?.hardwareConcurrency ??
    globalThis.process?.getBuiltinModule?.("node:os").availableParallelism() ??
    1;
  return Math.min(MAX_THREADS, cores);
}
