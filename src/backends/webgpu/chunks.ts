/** Chunks: the parts of a data set on the GPU, cut by rows so that each fits one binding. */
import { ELEMENT_BYTES, type Storage } from "../../data/storage.ts";
import { LimitError } from "../../errors.ts";
import type { DatasetRows } from "../device-dataset.ts";
import { allocate, type Buffers } from "./buffers.ts";
import type { GpuDevice } from "./gpu-device.ts";
import type { Bound } from "./kernel.ts";

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
