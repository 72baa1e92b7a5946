/**
 * A data set on the GPU: rows, targets and weights, cut by rows into chunks each of which fits one binding. Rows are
 * padded to whole vectors of four features and uploaded piece by piece.
 */
import { scaleOf } from "../../data/matrix.ts";
import {
  asStored,
  ELEMENT_BYTES,
  emptyRows,
  type Packed,
  packRows,
  type Storage,
  storageOfSource,
  unitOf,
} from "../../data/storage.ts";
import { smoothed, type Targets } from "../../data/targets.ts";
import { LimitError } from "../../errors.ts";
import { pause } from "../../pause.ts";
import type { DatasetSource, RunOptions } from "../backend.ts";
import { DeviceDataset } from "../device-dataset.ts";
import { allocate, type Buffers } from "./buffers.ts";
import type { GpuDevice } from "./gpu-device.ts";

/** Bytes per upload if they need no packing, and if they do: some milliseconds of work each. */
const UPLOAD_BYTES = 2 ** 23;
const PACKED_BYTES = 2 ** 20;

/** Consecutive rows in buffers of their own. */
export interface Chunk {
  /** The chunk's first row in the whole data set. */
  readonly first: number;
  readonly rows: number;
  readonly buffers: Buffers<"x" | "targets" | "sampleWeights">;
}

/** Properties of a data set that a workspace uses. */
export type WorkspaceRows = Pick<
  WebGpuDataset,
  | "rows"
  | "storage"
  | "isScaled"
  | "unit"
  | "labelSmoothing"
  | "targetKind"
  | "chunks"
  | "sampleWeights"
  | "meanWeight"
>;

/** A data set on the GPU. */
export class WebGpuDataset extends DeviceDataset {
  readonly storage: Storage;
  /** Factor from stored bytes or halves to values. */
  readonly unit: number;
  /** ε of label smoothing in the kernels; 0 for distributions, which are smoothed when they are packed. */
  readonly labelSmoothing: number;
  readonly chunks: readonly Chunk[];

  readonly #gpu: GpuDevice;

  constructor(gpu: GpuDevice, source: DatasetSource, chunks: readonly Chunk[]) {
    super(source);
    this.#gpu = gpu;
    this.storage = storageOfSource(source);
    this.unit = unitOf(source);
    this.labelSmoothing = source.targets.kind === "labels" ? (source.labelSmoothing ?? 0) : 0;
    this.chunks = chunks;
    this.onDispose(() => disposeAll(chunks));
  }

  protected override writeWeights(sampleWeights: Float32Array): void {
    for (const { first, rows, buffers } of this.chunks)
      this.#gpu.device.queue.writeBuffer(
        buffers.get.sampleWeights,
        0,
        view(sampleWeights.subarray(first, first + rows)),
      );
  }

  /** Returns the same rows with other weights, which kernels read and batches do not. */
  weightedBy(weights: readonly Buffers<"sampleWeights">[]): WorkspaceRows {
    const { rows, storage, isScaled, unit, labelSmoothing, targetKind } = this;
    const chunks = this.chunks.map(({ buffers, ...chunk }, i) => ({
      ...chunk,
      buffers: { ...buffers, get: { ...buffers.get, ...weights[i].get } },
    }));
    const unweighted = { sampleWeights: undefined, meanWeight: 1 };
    return { rows, storage, isScaled, unit, labelSmoothing, targetKind, chunks, ...unweighted };
  }

  /** Whether kernels multiply by the unit. They read bytes of 1/255 and halves of 1 in one instruction without it. */
  get isScaled(): boolean {
    return this.storage !== "f32" && this.unit !== (this.storage === "u8" ? 1 / 255 : 1);
  }
}

/**
 * Uploads a data set.
 *
 * @param maxChunkBytes largest buffer to use; at most the device's own limit
 * @throws DataError   for values that `storage` cannot hold
 * @throws LimitError  for a single row larger than `maxChunkBytes`
 * @throws DeviceError if the device is out of memory; nothing stays allocated, as after an abort
 */
export async function uploadDataset(
  gpu: GpuDevice,
  source: DatasetSource,
  maxChunkBytes: number,
  options: RunOptions = {},
): Promise<WebGpuDataset> {
  const { x } = source;
  const sizes = rowSizes(source);
  const chunkRows = Math.floor(maxChunkBytes / Math.max(sizes.x, sizes.targets));
  if (chunkRows < 1) {
    throw new LimitError(
      "x",
      `a row of ${Math.max(sizes.x, sizes.targets)} bytes given, this device allows ${maxChunkBytes} in a buffer`,
    );
  }
  const chunks: Chunk[] = [];
  try {
    for (let first = 0; first < x.rows; first += chunkRows) {
      const rows = Math.min(chunkRows, x.rows - first);
      const buffers = await allocate(gpu, "dataset", {
        x: { size: rows * sizes.x, role: "storage" },
        targets: { size: rows * sizes.targets, role: "storage" },
        sampleWeights: { size: rows * sizes.sampleWeights, role: "storage" },
      });
      chunks.push({ first, rows, buffers });
      await uploadChunk(gpu, source, chunks[chunks.length - 1], options);
    }
  } catch (error) {
    disposeAll(chunks);
    throw error;
  }
  return new WebGpuDataset(gpu, source, chunks);
}

/** Returns the bytes of one row in each buffer. */
function rowSizes(source: DatasetSource) {
  const { x, targets, sampleWeights } = source;
  return {
    x: Math.ceil(x.cols / 4) * 4 * ELEMENT_BYTES[storageOfSource(source)],
    targets: {
      none: 0,
      labels: 4,
      distributions: targets.kind === "distributions" ? targets.distributions.cols * 4 : 0,
    }[targets.kind],
    sampleWeights: sampleWeights ? 4 : 0,
  };
}

function disposeAll(chunks: readonly Chunk[]): void {
  for (const { buffers } of chunks) buffers.dispose();
}

async function uploadChunk(
  gpu: GpuDevice,
  source: DatasetSource,
  chunk: Chunk,
  { signal, onRows }: RunOptions,
) {
  const { targets, sampleWeights, labelSmoothing = 0 } = source;
  const { first, rows, buffers } = chunk;
  const sizes = rowSizes(source);
  const send = async (
    name: keyof typeof sizes,
    bytesAtOnce: number,
    pack: (from: number, count: number) => GPUAllowSharedBufferSource,
    onSent: (rowsSent: number) => void = () => {},
  ) => {
    const rowsAtOnce = Math.max(1, Math.floor(bytesAtOnce / sizes[name]));
    for (let from = 0; from < rows; from += rowsAtOnce) {
      const count = Math.min(rowsAtOnce, rows - from);
      gpu.device.queue.writeBuffer(buffers.get[name], from * sizes[name], pack(first + from, count));
      await pause(signal);
      gpu.assertAlive();
      onSent(first + from + count);
    }
  };
  if (targets.kind !== "none") {
    const bytes = targets.kind === "labels" ? UPLOAD_BYTES : PACKED_BYTES;
    await send("targets", bytes, (from, count) => packTargets(targets, labelSmoothing, from, count));
  }
  if (sampleWeights) {
    await send("sampleWeights", UPLOAD_BYTES, (from, count) =>
      view(sampleWeights.subarray(from, from + count)),
    );
  }
  const bytes = storedRows(source) ? UPLOAD_BYTES : PACKED_BYTES;
  await send("x", bytes, (from, count) => packPiece(source, from, count), onRows);
}

/** Returns the caller's own memory if it has the layout that the kernels read, else null. */
function storedRows(source: DatasetSource): Packed | null {
  const { x, standardization } = source;
  return x.cols % 4 === 0 && !standardization ? asStored(x, storageOfSource(source)) : null;
}

/** Returns rows in the layout that the kernels read: the caller's own memory if it has it, else a padded copy. */
function packPiece(source: DatasetSource, first: number, rows: number): GPUAllowSharedBufferSource {
  const { x, standardization } = source;
  const storage = storageOfSource(source);
  const stride = Math.ceil(x.cols / 4) * 4;
  const stored = storedRows(source);
  if (stored) return view(stored.subarray(first * stride, (first + rows) * stride));
  const packed = emptyRows(storage, rows * stride);
  packRows(x, storage, first, rows, packed, stride, standardization);
  return view(packed);
}

function packTargets(
  targets: Exclude<Targets, { kind: "none" }>,
  labelSmoothing: number,
  first: number,
  rows: number,
): GPUAllowSharedBufferSource {
  if (targets.kind === "labels") return view(targets.labels.subarray(first, first + rows));
  const { data, cols } = targets.distributions;
  const scale = scaleOf(targets.distributions);
  const packed = new Float32Array(rows * cols);
  for (let at = 0; at < packed.length; at++)
    packed[at] = smoothed(data[first * cols + at] * scale, labelSmoothing, cols);
  return packed;
}

/** Casts an array for writeBuffer, whose type excludes arrays in shared memory. */
function view(array: ArrayBufferView): GPUAllowSharedBufferSource {
  return array as GPUAllowSharedBufferSource;
}
