/** A data set on the GPU: rows, targets and weights in chunks. */
import { type Storage, storageOfSource, unitOf } from "../../data/storage.ts";
import type { DatasetSource, RunOptions } from "../backend.ts";
import { type DatasetRows, DeviceDataset } from "../device-dataset.ts";
import type { Buffers } from "./buffers.ts";
import { allocateChunk, type Chunk, disposeAll, rangesOf, rowSizes } from "./chunks.ts";
import type { GpuDevice } from "./gpu-device.ts";
import { uploadTargets, uploadX, view } from "./upload.ts";

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
