/** A data set in WebAssembly memory, its rows padded to whole vectors. Bytes and halves keep their types. */
import { type Matrix, scaleOf } from "../../data/matrix.ts";
import { ELEMENT_BYTES, packRows, type Storage, storageOfSource, unitOf } from "../../data/storage.ts";
import { smoothed, type Targets } from "../../data/targets.ts";
import { StateError } from "../../errors.ts";
import { pause } from "../../pause.ts";
import type { DatasetSource, RunOptions } from "../backend.ts";
import { DeviceDataset } from "../device-dataset.ts";
import { Arena, type Heap, heapFor } from "./heap.ts";
import type { Kernels } from "./kernels.ts";

/** Values of the kernels' `storage` and `kind`. */
export const STORAGE: Readonly<Record<Storage, number>> = { f32: 0, u8: 1, f16: 2 };
export const TARGETS = { none: 0, labels: 1, distributions: 2 } as const;

/** Bytes packed between two pauses: some milliseconds of work even if every byte is converted. */
const PIECE = 2 ** 20;

/** Addresses; 0 for none. */
interface Addresses {
  readonly x: number;
  readonly targets: number;
  readonly sampleWeights: number;
}

/** A data set in WebAssembly. */
export class WasmDataset extends DeviceDataset {
  readonly arena: Arena;
  readonly #heap: Heap;
  readonly #source: DatasetSource;
  readonly storage: Storage;
  /** Factor from stored bytes or halves to values. */
  readonly unit: number;
  /** ε of labels; distributions are smoothed when they are packed. */
  readonly labelSmoothing: number;
  /** Vectors of four features in a row. */
  readonly vectors: number;
  readonly rowBytes: number;
  readonly at: Addresses;
  /** End of the data in the arena; a trainer's workspace follows. */
  readonly mark: number;
  #kernels: Kernels | null = null;
  #last: Promise<unknown> = Promise.resolve();

  private constructor(source: DatasetSource) {
    super(source);
    this.#source = source;
    const { x, targets, sampleWeights, labelSmoothing = 0 } = source;
    this.storage = storageOfSource(source);
    this.unit = unitOf(source);
    this.labelSmoothing = labelSmoothing;
    this.vectors = Math.ceil(x.cols / 4);
    this.rowBytes = rowBytesOf(x.cols, this.storage);
    const bytes = {
      x: x.rows * this.rowBytes,
      targets: targets.kind === "none" ? 0 : x.rows * targetBytesOf(targets),
      sampleWeights: sampleWeights ? x.rows * 4 : 0,
    };
    this.#heap = heapFor(bytes.x + bytes.targets + bytes.sampleWeights);
    this.arena = new Arena(this.#heap);
    // Calls in progress still read the rows, so these are released after them.
    this.onDispose(() => void this.exclusively(async () => this.arena.release(0)));
    try {
      this.at = {
        x: this.arena.take(bytes.x, "x"),
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
   * @throws LimitError past 4 GiB, or less if the engine gives less; DeviceError; the signal's reason
   */
  static async create(
    module: WebAssembly.Module,
    source: DatasetSource,
    options: RunOptions = {},
  ): Promise<WasmDataset> {
    const data = new WasmDataset(source);
    try {
      data.#kernels = await data.#heap.kernels(module);
      const { x, targets, sampleWeights } = source;
      await packX(data, options);
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
  get source(): DatasetSource {
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
}

/** Returns the bytes of the target of one row. */
function targetBytesOf(targets: Targets): number {
  return targets.kind === "distributions" ? Math.ceil(targets.distributions.cols / 4) * 16 : 4;
}

/**
 * Returns the bytes of a row: whole vectors of 16 bytes, and for f32 no multiple of 256, at which rows would compete
 * for cache lines.
 */
function rowBytesOf(cols: number, storage: Storage): number {
  const bytes = Math.ceil((cols * ELEMENT_BYTES[storage]) / 16) * 16;
  return bytes % 256 === 0 && storage === "f32" ? bytes + 64 : bytes;
}

async function packX(data: WasmDataset, { signal, onRows }: RunOptions): Promise<void> {
  const { arena, at, rowBytes, storage, source } = data;
  const { x, standardization } = source;
  const stride = rowBytes / ELEMENT_BYTES[storage];
  const rowsAtOnce = Math.max(1, Math.floor(PIECE / rowBytes));
  for (let first = 0; first < x.rows; first += rowsAtOnce) {
    await pause(signal);
    const count = Math.min(rowsAtOnce, x.rows - first);
    // Views are made anew after every pause, since another data set may have let the memory grow.
    const target = targetOf(arena, at.x + first * rowBytes, count * stride, storage);
    packRows(x, storage, first, count, target, stride, standardization);
    onRows?.(first + count);
  }
}

function targetOf(arena: Arena, start: number, length: number, storage: Storage) {
  if (storage === "u8") return arena.bytes(start, length);
  return storage === "f16" ? arena.halves(start, length) : arena.floats(start, length);
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
