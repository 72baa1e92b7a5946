/** A data set in a WebAssembly memory of its own, rows padded to whole vectors. Bytes and halves stay what they are. */
import { type Matrix, scaleOf } from "../../data/matrix.ts";
import { ELEMENT_BYTES, packRows, type Storage, storageOfSource, unitOf } from "../../data/storage.ts";
import { smoothed, type Targets } from "../../data/targets.ts";
import { StateError } from "../../errors.ts";
import { pause } from "../../pause.ts";
import type { DatasetSource, RunOptions } from "../backend.ts";
import { KeptDataset } from "../kept-dataset.ts";
import { Arena } from "./arena.ts";
import { instantiate, type Kernels } from "./kernels.ts";

/** Values of the kernels' `storage` and `kind`. */
export const STORAGE: Readonly<Record<Storage, number>> = { f32: 0, u8: 1, f16: 2 };
export const TARGETS = { none: 0, labels: 1, distributions: 2 } as const;

/** Bytes packed between two pauses: some milliseconds of work, even if every byte is converted. */
const PIECE = 2 ** 20;

/** Addresses; 0 for none. */
interface Addresses {
  readonly x: number;
  readonly targets: number;
  readonly sampleWeights: number;
}

/** A data set in WebAssembly. */
export class WasmDataset extends KeptDataset {
  readonly arena = new Arena();
  /** The caller's rows, which workers get their shares from. */
  readonly source: DatasetSource;
  readonly storage: Storage;
  /** Factor from stored bytes or halves to values. */
  readonly unit: number;
  /** ε of labels; distributions are smoothed while they are packed. */
  readonly labelSmoothing: number;
  /** Vectors of four features in a row. */
  readonly vectors: number;
  readonly rowBytes: number;
  readonly at: Addresses;
  /** End of the data: behind it, a trainer has its workspace. */
  readonly mark: number;
  #kernels: Kernels | null = null;
  #last: Promise<unknown> = Promise.resolve();

  private constructor(source: DatasetSource) {
    super(source);
    this.source = source;
    const { x, targets, sampleWeights, labelSmoothing = 0 } = source;
    this.storage = storageOfSource(source);
    this.unit = unitOf(source);
    this.labelSmoothing = labelSmoothing;
    this.vectors = Math.ceil(x.cols / 4);
    this.rowBytes = rowBytesOf(x.cols, this.storage);
    this.at = {
      x: this.arena.take(x.rows * this.rowBytes, "x"),
      targets: targets.kind === "none" ? 0 : this.arena.take(x.rows * targetBytesOf(targets), "y"),
      sampleWeights: sampleWeights ? this.arena.take(x.rows * 4, "sampleWeights") : 0,
    };
    this.mark = this.arena.mark;
  }

  /** Copies a data set. @throws LimitError past 4 GiB, or less where the engine gives less; the signal's reason */
  static async create(
    module: WebAssembly.Module,
    source: DatasetSource,
    options: RunOptions = {},
  ): Promise<WasmDataset> {
    const data = new WasmDataset(source);
    data.#kernels = await instantiate(module, data.arena.memory);
    const { x, targets, sampleWeights } = source;
    await packX(data, options);
    if (targets.kind === "labels") data.arena.integers(data.at.targets, x.rows).set(targets.labels);
    if (targets.kind === "distributions")
      await packDistributions(data, targets.distributions, options.signal);
    if (sampleWeights) data.arena.floats(data.at.sampleWeights, x.rows).set(sampleWeights);
    return data;
  }

  /** Runs `work` when all that was asked for before is done: workspaces lie in the same place behind the data. */
  exclusively<T>(work: () => Promise<T>): Promise<T> {
    const run = this.#last.then(work);
    this.#last = run.catch(() => {}); // whoever asked for it sees the error
    return run;
  }

  /** The kernels over this data set's memory. */
  get kernels(): Kernels {
    if (!this.#kernels) throw new StateError("data", "the data set is not complete");
    return this.#kernels;
  }
}

/** Bytes of the target of one row. */
function targetBytesOf(targets: Targets): number {
  return targets.kind === "distributions" ? Math.ceil(targets.distributions.cols / 4) * 16 : 4;
}

/** Whole vectors of 16 bytes, and for f32 never a multiple of 256: rows that far apart compete for cache lines. */
function rowBytesOf(cols: number, storage: Storage): number {
  const bytes = Math.ceil((cols * ELEMENT_BYTES[storage]) / 16) * 16;
  return bytes % 256 === 0 && storage === "f32" ? bytes + 64 : bytes;
}

async function packX(data: WasmDataset, { signal, onRows }: RunOptions): Promise<void> {
  const { arena, at, rowBytes, storage, source } = data;
  const { x, standardization } = source;
  const stride = rowBytes / ELEMENT_BYTES[storage];
  const target = targetOf(arena, at.x, x.rows * stride, storage);
  const rowsAtOnce = Math.max(1, Math.floor(PIECE / rowBytes));
  for (let first = 0; first < x.rows; first += rowsAtOnce) {
    await pause(signal);
    const count = Math.min(rowsAtOnce, x.rows - first);
    packRows(x, storage, first, count, target.subarray(first * stride), stride, standardization);
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
  const target = data.arena.floats(data.at.targets, q.rows * stride);
  const rowsAtOnce = Math.max(1, Math.floor(PIECE / (4 * stride)));
  for (let i = 0; i < q.rows; i++) {
    if (i % rowsAtOnce === 0) await pause(signal);
    for (let k = 0; k < q.cols; k++)
      target[i * stride + k] = smoothed(q.data[i * q.cols + k] * scale, data.labelSmoothing, q.cols);
  }
}
