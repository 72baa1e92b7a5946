/**
 * A data set on the GPU: rows, targets and weights, cut by rows into chunks that each fit one binding.
 * Eight-bit data stays eight-bit; everything else is stored as f32. Rows are padded to whole vectors of four.
 */
import { elementScale, isByteData, type Matrix } from "../../data/matrix.ts";
import type { Targets } from "../../data/targets.ts";
import { LimitError } from "../../errors.ts";
import { pause } from "../../pause.ts";
import type { DatasetSource } from "../backend.ts";
import { KeptDataset } from "../kept-dataset.ts";
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

/** A data set on the GPU. */
export class WebGpuDataset extends KeptDataset {
  readonly storage: keyof typeof STORAGE;
  readonly chunks: readonly Chunk[];

  constructor(source: DatasetSource, chunks: readonly Chunk[]) {
    super(source);
    this.storage = storageOf(source.x);
    this.chunks = chunks;
    this.onDispose(() => disposeAll(chunks));
  }
}

/**
 * Uploads a data set.
 *
 * @param maxChunkBytes largest buffer to use; the device's own limit at most
 * @throws LimitError  a single row larger than that
 * @throws DeviceError out of memory; nothing stays allocated, as after an abort
 */
export async function uploadDataset(
  gpu: GpuDevice,
  source: DatasetSource,
  maxChunkBytes: number,
  signal: AbortSignal | undefined,
): Promise<WebGpuDataset> {
  const { x } = source;
  const sizes = rowSizes(source);
  const chunkRows = Math.floor(maxChunkBytes / Math.max(sizes.x, sizes.targets));
  if (chunkRows < 1) {
    throw new LimitError(
      "x",
      `a row of ${sizes.x} bytes given, this device allows ${maxChunkBytes} in a buffer`,
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
      await uploadChunk(gpu, source, chunks[chunks.length - 1], signal);
    }
  } catch (error) {
    disposeAll(chunks);
    throw error;
  }
  return new WebGpuDataset(source, chunks);
}

function storageOf({ data }: Matrix): keyof typeof STORAGE {
  return isByteData(data) ? "u8" : "f32";
}

/** Bytes of one row in each buffer. */
function rowSizes({ x, targets, sampleWeights }: DatasetSource) {
  return {
    x: Math.ceil(x.cols / 4) * (storageOf(x) === "u8" ? 4 : 16),
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
  signal: AbortSignal | undefined,
) {
  const { x, targets, sampleWeights } = source;
  const { first, rows, buffers } = chunk;
  const sizes = rowSizes(source);
  const send = (
    name: keyof typeof sizes,
    pack: (from: number, count: number) => GPUAllowSharedBufferSource,
  ) => upload(gpu, buffers.get[name], rows, sizes[name], signal, (from, count) => pack(first + from, count));
  await send("x", (from, count) => packRows(x, storageOf(x), from, count));
  if (targets.kind !== "none") await send("targets", (from, count) => packTargets(targets, from, count));
  if (sampleWeights) {
    await send("sampleWeights", (from, count) => view(sampleWeights.subarray(from, from + count)));
  }
}

async function upload(
  gpu: GpuDevice,
  buffer: GPUBuffer,
  rows: number,
  rowBytes: number,
  signal: AbortSignal | undefined,
  pack: (from: number, count: number) => GPUAllowSharedBufferSource,
): Promise<void> {
  const rowsAtOnce = Math.max(1, Math.floor(UPLOAD_BYTES / rowBytes));
  for (let from = 0; from < rows; from += rowsAtOnce) {
    const count = Math.min(rowsAtOnce, rows - from);
    gpu.device.queue.writeBuffer(buffer, from * rowBytes, pack(from, count));
    await pause(signal);
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
