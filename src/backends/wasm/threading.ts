/**
 * Decides between one thread and several. The number of partial gradients of a batch follows from the shape and the
 * number of threads alone, so the bits do not depend on which thread computes a part. With `threads: "auto"`, the
 * times of the first steps decide; see {@link Stage}.
 */
import { DeviceError, StateError } from "../../errors.ts";
import { eachBlock, type Pass, partition, passOver, type Share, type Sums, sharesOf } from "./backward.ts";
import type { WasmDataset } from "./dataset.ts";
import { layoutOf, type PackedShape } from "./parameters.ts";
import { WorkerPool } from "./pool.ts";
import type { Workspace } from "./workspace.ts";

/** Number of threads, and how workers are started. */
export interface ThreadingOptions {
  /** A number: always that many; `"auto"`: one per core, at most 8, if a step is large and workers prove faster. */
  readonly threads: "auto" | number;
  /** Address of the worker's script, for pages whose policy forbids blobs. */
  readonly workerUrl: string | URL | undefined;
}

/** Smallest B·D·K for which workers are tried: smaller steps take less time than two messages to a worker. */
const MIN_STEP_PRODUCTS = 2 ** 22;

/** Most threads: more would wait for memory. */
const MAX_THREADS = 8;

/** Most memory for partial gradients, bytes, beyond which `"auto"` uses fewer threads. */
const MAX_PARTIAL_BYTES = 2 ** 28;

/** Steps that are timed without and with workers. The first of each is a warm-up. */
const TIMED_STEPS = 4;

/**
 * Which threads compute the steps. With `"auto"`: alone → trial → workers or settled. With a number: alone → workers.
 * - `alone`: this thread computes all parts; with `"auto"`, the first {@link TIMED_STEPS} steps are timed.
 * - `trial`: workers compute all parts but the first, and as many steps are timed.
 * - `workers`: workers were faster, or were asked for by number.
 * - `settled`: this thread computes all parts from now on; workers were slower, or failed.
 */
type Stage =
  | { readonly kind: "alone"; readonly times: number[] }
  | { readonly kind: "trial"; readonly pool: WorkerPool; readonly alone: number; readonly times: number[] }
  | { readonly kind: "workers"; readonly pool: WorkerPool }
  | { readonly kind: "settled" };

/** The threads of one trainer for one data set. */
export class Threading {
  readonly #data: WasmDataset;
  readonly #shape: PackedShape;
  readonly #options: ThreadingOptions;
  #stage: Stage = { kind: "alone", times: [] };
  /** The weights s that the workers have. */
  #weightsOfWorkers: Float32Array | undefined;

  constructor(data: WasmDataset, shape: PackedShape, options: ThreadingOptions) {
    this.#data = data;
    this.#shape = shape;
    this.#options = options;
  }

  /** Whether the number of threads is fixed by an option. */
  get #isForced(): boolean {
    return this.#options.threads !== "auto";
  }

  /** Returns the number of partial gradients of a batch. It depends on the shape and the number of threads only. */
  splitsFor(batchRows: number): number {
    const { threads } = this.#options;
    const rows = Math.min(batchRows, this.#data.rows);
    const products = rows * this.#data.x.meanRow * this.#shape.classes;
    if (threads === "auto" && products < MIN_STEP_PRODUCTS) return 1;
    const affordable = Math.max(1, Math.floor(MAX_PARTIAL_BYTES / layoutOf(this.#shape).bytes));
    const wanted = threads === "auto" ? Math.min(threadsHere(), affordable) : threads;
    return sharesOf(this.#data.rows, wanted).length;
  }

  /**
   * Computes a pass over a batch, by default rows → logits → softmax, loss and dLogits → partial gradients, in the
   * workspace.
   */
  async backward(
    workspace: Workspace,
    rows: Uint32Array,
    scale: number,
    splits: number,
    signal: AbortSignal | undefined,
    pass: Pass = "gradient",
  ): Promise<Sums> {
    const shares = sharesOf(this.#data.rows, splits);
    const pool = splits > 1 ? await this.#poolFor(pass, shares, signal) : null;
    const started = performance.now();
    const parts = splits > 1 ? partition(rows, shares, pool !== null) : [rows as Uint32Array<ArrayBuffer>];
    // Workers start first, since this thread is busy afterwards.
    const inWorkers = pool && this.#inWorkers(pool, shares, workspace, pass, parts, scale);
    const onThisThread = backwardParts(workspace, pass, pool ? parts.slice(0, 1) : parts, scale, signal);
    const isDone = onThisThread.then(
      () => true,
      () => false,
    );
    const ofWorkers = inWorkers
      ?.then(async ({ sums, put }) => {
        // An abort on this thread is no failure of the workers.
        if (await isDone) await put();
        return sums;
      })
      .catch(async (error: unknown) => {
        this.#giveUp(pool as WorkerPool, error);
        await onThisThread;
        const all = partition(rows, shares, false);
        // What a worker has kept is gone with it.
        if (pass === "product") await keepProbabilities(workspace, all, signal);
        return backwardParts(workspace, pass, all, scale, signal, 1);
      });
    // Both end before an error of either is thrown, so that no worker is left in the middle of a step.
    await Promise.allSettled([ofWorkers, onThisThread]);
    // Added in the order of the parts, whichever thread computed them: another order would give other bits.
    const sums = [...(await onThisThread), ...((await ofWorkers) ?? [])];
    signal?.throwIfAborted();
    if (splits > 1 && pass === "gradient") this.#recordTime(performance.now() - started);
    return {
      loss: sums.reduce((total, { loss }) => total + loss, 0),
      correct: sums.reduce((total, { correct }) => total + correct, 0),
    };
  }

  /** Lets the workers compute their parts, with the weights that the data set has now. */
  async #inWorkers(
    pool: WorkerPool,
    shares: readonly Share[],
    workspace: Workspace,
    pass: Pass,
    parts: readonly Uint32Array<ArrayBuffer>[],
    scale: number,
  ): ReturnType<WorkerPool["backward"]> {
    const { sampleWeights } = this.#data;
    if (sampleWeights && sampleWeights !== this.#weightsOfWorkers)
      await pool.setWeights(sampleWeights, shares);
    this.#weightsOfWorkers = sampleWeights;
    return pool.backward(workspace, pass, parts, scale);
  }

  /**
   * Ends the workers after one of them failed. With `"auto"`, this thread does all work from then on, with the same
   * bits.
   *
   * @throws the error, if the number of threads is fixed; the next call starts new workers then
   */
  #giveUp(pool: WorkerPool, error: unknown): void {
    const isInUse = "pool" in this.#stage && this.#stage.pool === pool;
    pool.dispose();
    if (isInUse) this.#stage = this.#isForced ? { kind: "alone", times: [] } : { kind: "settled" };
    if (!isInUse || this.#isForced || !(error instanceof DeviceError)) throw error;
  }

  dispose(): void {
    if ("pool" in this.#stage) this.#stage.pool.dispose();
    this.#stage = { kind: "settled" };
  }

  /**
   * Returns the workers that compute a pass, if any. Between the first and the last pass of a Newton step they stay the
   * same, since each keeps probabilities of its rows; so they are started with other passes, and judged by gradients.
   */
  async #poolFor(
    pass: Pass,
    shares: readonly Share[],
    signal: AbortSignal | undefined,
  ): Promise<WorkerPool | null> {
    if (pass !== "product") return this.#pool(shares, signal);
    return "pool" in this.#stage ? this.#stage.pool : null;
  }

  /** Returns the workers if they are to be used now, and starts them if necessary. */
  async #pool(shares: readonly Share[], signal: AbortSignal | undefined): Promise<WorkerPool | null> {
    const stage = this.#stage;
    const isForced = this.#isForced;
    if (stage.kind === "trial" || stage.kind === "workers") return stage.pool;
    if (stage.kind === "settled" || (!isForced && stage.times.length < TIMED_STEPS)) return null;
    this.#weightsOfWorkers = this.#data.sampleWeights;
    const pool = await this.#start(shares, signal);
    if (this.#stage !== stage) {
      pool?.dispose();
      throw new StateError("trainer", "the trainer or its data set was disposed of");
    }
    if (!pool) this.#stage = { kind: "settled" };
    else if (isForced) this.#stage = { kind: "workers", pool };
    else this.#stage = { kind: "trial", pool, alone: median(stage.times), times: [] };
    return pool;
  }

  /** Starts workers. Returns null if threads are `"auto"` and no worker starts: the bits are the same without them. */
  async #start(shares: readonly Share[], signal: AbortSignal | undefined): Promise<WorkerPool | null> {
    const { workerUrl } = this.#options;
    const { module, source } = this.#data;
    try {
      return await WorkerPool.start(module, source, this.#shape, shares, workerUrl, signal);
    } catch (error) {
      if (this.#isForced || !(error instanceof DeviceError)) throw error;
      return null;
    }
  }

  #recordTime(time: number): void {
    const stage = this.#stage;
    if (stage.kind === "alone") stage.times.push(time);
    if (stage.kind !== "trial" || stage.times.push(time) < TIMED_STEPS) return;
    const isFaster = median(stage.times) < stage.alone;
    if (!isFaster) stage.pool.dispose();
    this.#stage = isFaster ? { kind: "workers", pool: stage.pool } : { kind: "settled" };
  }
}

/** Keeps the probabilities of all parts but the first on this thread, which had left them to workers. */
async function keepProbabilities(
  workspace: Workspace,
  parts: readonly Uint32Array[],
  signal: AbortSignal | undefined,
): Promise<void> {
  for (const rows of parts.slice(1))
    await eachBlock(workspace, workspace.weighted(rows), signal, (block) => {
      workspace.forward(block);
      workspace.keepProbabilities(block.length);
    });
}

/** Computes a pass over `parts` from index `first` on, and returns the sums of each part. */
async function backwardParts(
  workspace: Workspace,
  pass: Pass,
  parts: readonly Uint32Array[],
  scale: number,
  signal: AbortSignal | undefined,
  first = 0,
): Promise<Sums[]> {
  const sums: Sums[] = [];
  for (let split = first; split < parts.length; split++) {
    await passOver(workspace, pass, parts[split], scale, split, signal);
    workspace.completePart(split);
    sums.push(workspace.takeSums());
  }
  return sums;
}

/** Returns the median of all times but the first. */
function median(times: readonly number[]): number {
  const sorted = times.slice(1).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

/** Returns the number of threads that `"auto"` allows on this machine. */
export function threadsHere(): number {
  // Node 20 has no navigator.
  const cores =
    globalThis.navigator?.hardwareConcurrency ??
    globalThis.process?.getBuiltinModule?.("node:os").availableParallelism() ??
    1;
  return Math.min(MAX_THREADS, cores);
}
