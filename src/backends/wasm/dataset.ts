/** A data set in WebAssembly memory: rows, dense or sparse, with targets and weights. */
import { type Matrix, scaleOf } from "../../data/matrix.ts";
import type { RowsInMemory } from "../../data/rows.ts";
import { isSparse } from "../../data/sparse-matrix.ts";
import { smoothed, type Targets } from "../../data/targets.ts";
import { StateError } from "../../errors.ts";
import { pause } from "../../pause.ts";
import type { DatasetSource, RunOptions } from "../backend.ts";
import { DeviceDataset } from "../device-dataset.ts";
import { DenseRows, denseBytesOf } from "./dense-rows.ts";
import { Arena, type Heap, heapFor } from "./heap.ts";
import type { Kernels, SparseKernels } from "./kernels.ts";
import { SparseRowsInWasm, sparseBytesOf } from "./sparse-rows.ts";
import type { StoredRows } from "./stored-rows.ts";

/** Values of the kernels' `kind`. */
export const TARGETS = { none: 0, labels: 1, distributions: 2 } as const;

/** Bytes of distributions packed between two pauses: some milliseconds of work. */
const PIECE = 2 ** 20;

/** Addresses; 0 for none. */
interface Addresses {
  readonly targets: number;
  readonly sampleWeights: number;
}

/** A data set in WebAssembly. */
export class WasmDataset extends DeviceDataset {
  readonly arena: Arena;
  readonly #heap: Heap;
  readonly #source: DatasetSource<RowsInMemory>;
  readonly x: StoredRows;
  /** ε of labels; distributions are smoothed when they are packed. */
  readonly labelSmoothing: number;
  readonly at: Addresses;
  /** End of the data in the arena; a trainer's workspace follows. */
  readonly mark: number;
  /** The module of the kernels, for workers. */
  readonly module: WebAssembly.Module;
  #kernels: Kernels | null = null;
  #last: Promise<unknown> = Promise.resolve();

  private constructor(module: WebAssembly.Module, source: DatasetSource<RowsInMemory>) {
    super(source);
    this.module = module;
    this.#source = source;
    const { x, targets, sampleWeights, labelSmoothing = 0 } = source;
    this.labelSmoothing = labelSmoothing;
    const bytes = {
      x: isSparse(x) ? sparseBytesOf({ ...source, x }) : denseBytesOf({ ...source, x }),
      targets: targets.kind === "none" ? 0 : x.rows * targetBytesOf(targets),
      sampleWeights: sampleWeights ? x.rows * 4 : 0,
    };
    this.#heap = heapFor(bytes.x + bytes.targets + bytes.sampleWeights);
    this.arena = new Arena(this.#heap);
    // Calls in progress still read the rows, so these are released after them.
    this.onDispose(() => void this.exclusively(async () => this.arena.release(0)));
    try {
      this.x = isSparse(x)
        ? new SparseRowsInWasm(this.arena, { ...source, x })
        : new DenseRows(this.arena, { ...source, x });
      this.at = {
        targets: bytes.targets && this.arena.take(bytes.targets, "y"),
        sampleWeights: bytes.sampleWeights && this.arena.take(bytes.sampleWeights, "sampleWeights"),
      };
    } catch (error) {
      this.arena.release(0);
      throw error;
    }
    this.mark = this.arena.mark;
  }

  /**
   * Copies a data set into WebAssembly memory.
   *
   * @param module kernels, with those for sparse rows if rows are sparse
   * @throws LimitError past 4 GiB, or less if the engine gives less; DeviceError; the signal's reason
   */
  static async create(
    module: WebAssembly.Module,
    source: DatasetSource<RowsInMemory>,
    options: RunOptions = {},
  ): Promise<WasmDataset> {
    const data = new WasmDataset(module, source);
    try {
      data.#kernels = await data.#heap.kernels(module);
      const { x, targets, sampleWeights } = source;
      await data.x.pack(options);
      if (targets.kind === "labels") data.arena.integers(data.at.targets, x.rows).set(targets.labels);
      if (targets.kind === "distributions")
        await packDistributions(data, targets.distributions, options.signal);
      if (sampleWeights) data.arena.floats(data.at.sampleWeights, x.rows).set(sampleWeights);
      return data;
    } catch (error) {
      data.dispose();
      throw error;
    }
  }

  /**
   * Runs `work` when all earlier calls are done, since workspaces share the memory behind the data, and then releases
   * the memory that `work` has taken.
   */
  exclusively<T>(work: () => Promise<T>): Promise<T> {
    const run = this.#last.then(work).finally(() => this.arena.release(this.mark));
    this.#last = run.catch(() => {}); // the caller handles the error
    return run;
  }

  /** The caller's rows, from which workers get their shares. */
  get source(): DatasetSource<RowsInMemory> {
    return { ...this.#source, ...(this.sampleWeights && { sampleWeights: this.sampleWeights }) };
  }

  protected override writeWeights(sampleWeights: Float32Array): void {
    this.arena.floats(this.at.sampleWeights, this.rows).set(sampleWeights);
  }

  /** Kernels over the memory of this data set. */
  get kernels(): Kernels {
    if (!this.#kernels) throw new StateError("data", "the data set is not complete");
    return this.#kernels;
  }

  /** Kernels over the memory of a data set of sparse rows. */
  get sparseKernels(): SparseKernels {
    return this.kernels as SparseKernels;
  }
}

/** Returns the bytes of the target of one row. */
function targetBytesOf(targets: Targets): number {
  return targets.kind === "distributions" ? Math.ceil(targets.distributions.cols / 4) * 16 : 4;
}

async function packDistributions(
  data: WasmDataset,
  q: Matrix,
  signal: AbortSignal | undefined,
): Promise<void> {
  const scale = scaleOf(q);
  const stride = Math.ceil(q.cols / 4) * 4;
  const rowsAtOnce = Math.max(1, Math.floor(PIECE / (4 * stride)));
  for (let first = 0; first < q.rows; first += rowsAtOnce) {
    await pause(signal);
    const count = Math.min(rowsAtOnce, q.rows - first);
    const target = data.arena.floats(data.at.targets + 4 * first * stride, count * stride);
    for (let i = 0; i < count; i++) {
      for (let k = 0; k < q.cols; k++) {
        const probability = q.data[(first + i) * q.cols + k] * scale;
        target[i * stride + k] = smoothed(probability, data.labelSmoothing, q.cols);
      }
    }
  }
}
