/**
 * A data set on the GPU: rows, targets and weights, cut by rows into chunks that each fit one binding.
 * Eight-bit data stays eight-bit; everything else is stored as f32. Rows are padded to whole vectors of four.
 */
import { elementScale, isByteData, type Matrix } from "../../data/matrix.ts";
import type { Targets } from "../../data/targets.ts";
import { LimitError } from "../../errors.ts";
import { pause } from "../../pause.ts";
import type { Dataset, DatasetSource } from "../backend.ts";
import { allocate, type Buffers } from "./buffers.ts";
import type { GpuDevice } from "./gpu-device.ts";

/** Bytes copied to the device at once. */
const UPLOAD_BYTES = 2 ** 23;

/** How X is stored: the values of the kernels' constant STORAGE. */
export const STORAGE = { f32: 0, u8: 1 } as const;

/** Consecutive rows in buffers of their own. */
export interface Chunk {
  /** The chunk's first row in the whole data set. */
  readonly first: number;
  readonly rows: number;
  readonly buffers: Buffers<"x" | "targets" | "sampleWeights">;
}

/** {@link Dataset} on the GPU. */
export interface WebGpuDataset extends Dataset {
  readonly storage: keyof typeof STORAGE;
  readonly targets: Targets["kind"];
  /** Kept on the host as well, for the sums of batches. */
  readonly sampleWeights: Float32Array | undefined;
  readonly chunks: readonly Chunk[];
}

/**
 * Uploads a data set.
 *
 * @param maxChunkBytes largest buffer to use; the device's own limit at most
 * @throws LimitError  a single row larger than that
 * @throws DeviceError out of memory; nothing stays allocated
 */
export async function uploadDataset(
  gpu: GpuDevice,
  source: DatasetSource,
  maxChunkBytes: number,
): Promise<WebGpuDataset> {
  const { x, targets, sampleWeights } = source;
  const storage = isByteData(x.data) ? "u8" : "f32";
  const rowBytes = Math.ceil(x.cols / 4) * (storage === "u8" ? 4 : 16);
  const targetBytes = targets.kind === "distributions" ? targets.distributions.cols * 4 : 4;
  const chunkRows = Math.floor(maxChunkBytes / Math.max(rowBytes, targetBytes));
  if (chunkRows < 1)
    throw new LimitError("x", `a row of ${rowBytes} bytes, this device allows ${maxChunkBytes} in a buffer`);

  const chunks: Chunk[] = [];
  const dispose = () => {
    for (const chunk of chunks) chunk.buffers.dispose();
  };
  try {
    for (let first = 0; first < x.rows; first += chunkRows) {
      const rows = Math.min(chunkRows, x.rows - first);
      const buffers = await allocate(gpu, "dataset", {
        x: { size: rows * rowBytes, role: "storage" },
        targets: { size: targets.kind === "none" ? 0 : rows * targetBytes, role: "storage" },
        sampleWeights: { size: sampleWeights ? rows * 4 : 0, role: "storage" },
      });
      chunks.push({ first, rows, buffers });
      const { get } = buffers;
      await upload(gpu, get.x, rows, rowBytes, (from, count) => packRows(x, storage, first + from, count));
      if (targets.kind !== "none") {
        await upload(gpu, get.targets, rows, targetBytes, (from, count) =>
          packTargets(targets, first + from, count),
        );
      }
      if (sampleWeights)
        gpu.device.queue.writeBuffer(get.sampleWeights, 0, view(sampleWeights.subarray(first, first + rows)));
    }
  } catch (error) {
    dispose();
    throw error;
  }
  return { rows: x.rows, features: x.cols, storage, targets: targets.kind, sampleWeights, chunks, dispose };
}

async function upload(
  gpu: GpuDevice,
  buffer: GPUBuffer,
  rows: number,
  rowBytes: number,
  pack: (from: number, count: number) => GPUAllowSharedBufferSource,
): Promise<void> {
  const rowsAtOnce = Math.max(1, Math.floor(UPLOAD_BYTES / rowBytes));
  for (let from = 0; from < rows; from += rowsAtOnce) {
    const count = Math.min(rowsAtOnce, rows - from);
    gpu.device.queue.writeBuffer(buffer, from * rowBytes, pack(from, count));
    await pause();
    gpu.assertAlive();
  }
}

/** Rows as the kernels read them: the caller's own memory where it has that form already, else a padded copy. */
function packRows(
  { data, cols }: Matrix,
  storage: keyof typeof STORAGE,
  first: number,
  rows: number,
): GPUAllowSharedBufferSource {
  const stride = Math.ceil(cols / 4) * 4;
  const source = data.subarray(first * cols, (first + rows) * cols);
  const isStorable = storage === "u8" || data instanceof Float32Array;
  if (isStorable && stride === cols) return view(source);
  const packed = storage === "u8" ? new Uint8Array(rows * stride) : new Float32Array(rows * stride);
  for (let i = 0; i < rows; i++) packed.set(source.subarray(i * cols, (i + 1) * cols), i * stride);
  return packed;
}

function packTargets(
  targets: Exclude<Targets, { kind: "none" }>,
  first: number,
  rows: number,
): GPUAllowSharedBufferSource {
  if (targets.kind === "labels") return view(targets.labels.subarray(first, first + rows));
  const { data, cols } = targets.distributions;
  const scale = elementScale(data);
  return Float32Array.from(data.subarray(first * cols, (first + rows) * cols), (q) => q * scale);
}

/** A view for writeBuffer, whose type does not admit that an array may lie in shared memory. */
function view(array: ArrayBufferView): GPUAllowSharedBufferSource {
  return array as GPUAllowSharedBufferSource;
}
