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
import { type DatasetRows, DeviceDataset } from "../device-dataset.ts";
import { allocate, type Buffers } from "./buffers.ts";
import type { GpuDevice } from "./gpu-device.ts";
import type { Bound } from "./kernel.ts";

/** Bytes per upload if they need no packing, and if they do: some milliseconds of work each. */
const UPLOAD_BYTES = 2 ** 23;
const PACKED_BYTES = 2 ** 20;

/** Consecutive rows of a data set. */
export interface RowRange {
  readonly first: number;
  readonly rows: number;
}

/** Consecutive rows in buffers of their own, or in a range of the caller's. */
export interface Chunk extends RowRange {
  readonly buffers: {
    readonly get: Readonly<Record<"targets" | "sampleWeights", GPUBuffer> & { x: Bound }>;
    dispose(): void;
  };
}

/** How rows lie on the GPU. */
export interface StoredRows extends DatasetRows, Pick<DatasetSource, "labelSmoothing"> {
  readonly storage: Storage;
  /** Factor from stored bytes or halves to values. */
  readonly unit: number;
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

  constructor(gpu: GpuDevice, source: StoredRows, chunks: readonly Chunk[]) {
    super(source);
    this.#gpu = gpu;
    this.storage = source.storage;
    this.unit = source.unit;
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
  const storage = storageOfSource(source);
  const sizes = rowSizes(source, storage);
  const chunks: Chunk[] = [];
  try {
    for (const { first, rows } of rangesOf(source.x.rows, sizes, maxChunkBytes)) {
      const buffers = await allocateChunk(gpu, rows, sizes);
      chunks.push({ first, rows, buffers });
      await uploadTargets(gpu, source, { first, rows, buffers }, options);
      await uploadX(gpu, source, { first, rows, buffers }, options);
    }
  } catch (error) {
    disposeAll(chunks);
    throw error;
  }
  return new WebGpuDataset(gpu, { ...source, storage, unit: unitOf(source) }, chunks);
}

/** Bytes of one row in each buffer. */
export type RowSizes = Readonly<Record<"x" | "targets" | "sampleWeights", number>>;

/** Returns the bytes of one row in each buffer. */
export function rowSizes({ x, targets, sampleWeights }: DatasetRows, storage: Storage): RowSizes {
  return {
    x: Math.ceil(x.cols / 4) * 4 * ELEMENT_BYTES[storage],
    targets: {
      none: 0,
      labels: 4,
      distributions: targets.kind === "distributions" ? targets.distributions.cols * 4 : 0,
    }[targets.kind],
    sampleWeights: sampleWeights ? 4 : 0,
  };
}

/** Cuts rows so that no buffer exceeds `maxChunkBytes`. @throws LimitError a single row that is larger */
export function rangesOf(rows: number, { x, targets }: RowSizes, maxChunkBytes: number): RowRange[] {
  const chunkRows = Math.floor(maxChunkBytes / Math.max(x, targets));
  if (chunkRows < 1) {
    throw new LimitError(
      "x",
      `a row of ${Math.max(x, targets)} bytes given, this device allows ${maxChunkBytes} in a buffer`,
    );
  }
  return Array.from({ length: Math.ceil(rows / chunkRows) }, (_, i) => ({
    first: i * chunkRows,
    rows: Math.min(chunkRows, rows - i * chunkRows),
  }));
}

/** Allocates the buffers of a chunk. @throws LimitError, DeviceError */
export function allocateChunk(
  gpu: GpuDevice,
  rows: number,
  sizes: RowSizes,
): Promise<Buffers<"x" | "targets" | "sampleWeights">> {
  const x = { size: rows * sizes.x, role: "storage" } as const;
  return allocate(gpu, "dataset", { x, ...targetSpecs(rows, sizes) });
}

/** Returns the buffers of a chunk beside X. */
export function targetSpecs(rows: number, { targets, sampleWeights }: RowSizes) {
  return {
    targets: { size: rows * targets, role: "storage" },
    sampleWeights: { size: rows * sampleWeights, role: "storage" },
  } as const;
}

/** Frees the buffers of chunks, but not those that the caller has given. */
export function disposeAll(chunks: readonly Chunk[]): void {
  for (const { buffers } of chunks) buffers.dispose();
}

/** Rows whose buffers are there, to be filled. */
interface Filling<Name extends string> extends RowRange {
  readonly buffers: Buffers<Name>;
}

/** Uploads the targets and weights of a chunk. */
export async function uploadTargets(
  gpu: GpuDevice,
  {
    targets,
    sampleWeights,
    labelSmoothing = 0,
  }: Pick<DatasetSource, "targets" | "sampleWeights" | "labelSmoothing">,
  { first, rows, buffers }: Filling<"targets" | "sampleWeights">,
  { signal }: RunOptions,
): Promise<void> {
  const range = { first, rows };
  if (targets.kind !== "none") {
    const isLabels = targets.kind === "labels";
    const rowBytes = isLabels ? 4 : targets.distributions.cols * 4;
    const bytes = isLabels ? UPLOAD_BYTES : PACKED_BYTES;
    await send(gpu, buffers.get.targets, range, rowBytes, bytes, signal, (from, count) =>
      packTargets(targets, labelSmoothing, from, count),
    );
  }
  if (sampleWeights) {
    await send(gpu, buffers.get.sampleWeights, range, 4, UPLOAD_BYTES, signal, (from, count) =>
      view(sampleWeights.subarray(from, from + count)),
    );
  }
}

async function uploadX(
  gpu: GpuDevice,
  source: DatasetSource,
  { first, rows, buffers }: Filling<"x">,
  { signal, onRows }: RunOptions,
): Promise<void> {
  const bytes = storedRows(source) ? UPLOAD_BYTES : PACKED_BYTES;
  const rowBytes = rowSizes(source, storageOfSource(source)).x;
  const pack = (from: number, count: number) => packPiece(source, from, count);
  await send(gpu, buffers.get.x, { first, rows }, rowBytes, bytes, signal, pack, onRows);
}

/** Writes rows into a buffer, about `bytesAtOnce` at a time, as `pack` gives them. */
async function send(
  gpu: GpuDevice,
  buffer: GPUBuffer,
  { first, rows }: RowRange,
  rowBytes: number,
  bytesAtOnce: number,
  signal: AbortSignal | undefined,
  pack: (from: number, count: number) => GPUAllowSharedBufferSource,
  onSent: (rowsSent: number) => void = () => {},
): Promise<void> {
  const rowsAtOnce = Math.max(1, Math.floor(bytesAtOnce / rowBytes));
  for (let from = 0; from < rows; from += rowsAtOnce) {
    const count = Math.min(rowsAtOnce, rows - from);
    gpu.device.queue.writeBuffer(buffer, from * rowBytes, pack(first + from, count));
    await pause(signal);
    gpu.assertAlive();
    onSent(first + from + count);
  }
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
