/**
 * A data set of sparse rows on the GPU, in chunks: the begin of each row, columns, and values in float32 unless all are
 * 1. The host keeps the caller's arrays, from which columns are listed for gradients.
 */
import { inPieces } from "../../data/pieces.ts";
import { type SparseMatrix, storedValues } from "../../data/sparse-matrix.ts";
import { LimitError } from "../../errors.ts";
import type { DatasetSource, RunOptions } from "../backend.ts";
import { DeviceDataset } from "../device-dataset.ts";
import { allocate, type Buffers } from "./buffers.ts";
import { type RowRange, type RowSizes, rowSizes, targetSpecs } from "./chunks.ts";
import type { GpuDevice } from "./gpu-device.ts";
import { uploadTargets, view } from "./upload.ts";

/** Stored values that are uploaded between two pauses: some milliseconds of work. */
const PIECE = 2 ** 18;

/** Bytes of a stored value in the largest buffer that it comes to lie in, and of a row: see sparse-columns.ts. */
const ENTRY_BYTES = 8;
const ROW_BYTES = 2 * ENTRY_BYTES;

/** Sparse rows with targets and weights. */
type SparseSource = DatasetSource<SparseMatrix>;

/** Consecutive sparse rows in buffers of their own. The begin of each row is counted from the first value of the chunk. */
export interface SparseChunk extends RowRange {
  readonly buffers: Buffers<"indptr" | "indices" | "values" | "targets" | "sampleWeights">;
}

/** A data set of sparse rows on the GPU. */
export class SparseWebGpuDataset extends DeviceDataset {
  readonly x: SparseMatrix;
  /** ε of label smoothing in the kernels; 0 for distributions, which are smoothed when they are packed. */
  readonly labelSmoothing: number;
  /** False if all values are 1, and none is stored. */
  readonly isValued: boolean;
  /** Stored values of a row, on average and at most. */
  readonly meanRow: number;
  readonly longestRow: number;
  readonly chunks: readonly SparseChunk[];
  readonly #gpu: GpuDevice;
  readonly #scale: Float64Array | undefined;

  constructor(gpu: GpuDevice, source: SparseSource, chunks: readonly SparseChunk[]) {
    super(source);
    const { x, targets, labelSmoothing = 0, standardization } = source;
    this.#gpu = gpu;
    this.x = x;
    this.labelSmoothing = targets.kind === "labels" ? labelSmoothing : 0;
    this.isValued = isValued(source);
    this.meanRow = storedValues(x) / x.rows;
    this.longestRow = longestRowOf(x);
    this.chunks = chunks;
    this.#scale = standardization?.scale;
    this.onDispose(() => disposeChunks(chunks));
  }

  /** Returns stored value `at`, standardised. */
  valueAt(at: number): number {
    return valueAt(this.x, this.#scale, at);
  }

  protected override writeWeights(sampleWeights: Float32Array): void {
    for (const { first, rows, buffers } of this.chunks)
      this.#gpu.device.queue.writeBuffer(
        buffers.get.sampleWeights,
        0,
        view(sampleWeights.subarray(first, first + rows)),
      );
  }
}

/**
 * Uploads a data set of sparse rows.
 *
 * @param maxChunkBytes largest buffer to use, unless a single row takes more
 * @throws LimitError  for a single row larger than the device's own limit
 * @throws DeviceError if the device is out of memory; nothing stays allocated, as after an abort
 */
export async function uploadSparse(
  gpu: GpuDevice,
  source: SparseSource,
  maxChunkBytes: number,
  options: RunOptions = {},
): Promise<SparseWebGpuDataset> {
  const { x } = source;
  const sizes = rowSizes(source, "f32");
  const chunks: SparseChunk[] = [];
  try {
    const { maxStorageBufferBindingSize, maxBufferSize } = gpu.device.limits;
    const limit = Math.min(maxStorageBufferBindingSize, maxBufferSize);
    for (const range of sparseRangesOf(x, sizes, maxChunkBytes, limit)) {
      const buffers = await allocateChunk(gpu, source, range, sizes);
      const chunk = { ...range, buffers };
      chunks.push(chunk);
      await uploadTargets(gpu, source, chunk, options);
      await uploadRows(gpu, source, chunk, options);
    }
  } catch (error) {
    disposeChunks(chunks);
    throw error;
  }
  return new SparseWebGpuDataset(gpu, source, chunks);
}

/**
 * Cuts rows so that no buffer exceeds `maxChunkBytes`, unless it has one row.
 *
 * @throws LimitError a single row that exceeds `limit`
 */
export function sparseRangesOf(
  { indptr, rows }: SparseMatrix,
  { targets }: Pick<RowSizes, "targets">,
  maxChunkBytes: number,
  limit: number,
): RowRange[] {
  const bytesOf = (first: number, end: number) =>
    Math.max(
      ENTRY_BYTES * (indptr[end] - indptr[first]) + ROW_BYTES * (end - first),
      targets * (end - first),
    );
  const ranges: RowRange[] = [];
  for (let first = 0; first < rows; ) {
    let end = first + 1;
    if (bytesOf(first, end) > limit)
      throw new LimitError(
        "x",
        `row ${first} takes ${bytesOf(first, end)} bytes, this device allows ${limit} in a buffer`,
      );
    while (end < rows && bytesOf(first, end + 1) <= maxChunkBytes) end++;
    ranges.push({ first, rows: end - first });
    first = end;
  }
  return ranges;
}

function allocateChunk(
  gpu: GpuDevice,
  source: SparseSource,
  { first, rows }: RowRange,
  sizes: RowSizes,
): Promise<SparseChunk["buffers"]> {
  const { indptr } = source.x;
  const values = indptr[first + rows] - indptr[first];
  return allocate(gpu, "dataset", {
    indptr: { size: 4 * (rows + 1), role: "storage" },
    indices: { size: 4 * values, role: "storage" },
    values: { size: isValued(source) ? 4 * values : 0, role: "storage" },
    ...targetSpecs(rows, sizes),
  });
}

/** Writes where rows begin, columns and values, some rows at a time. */
async function uploadRows(
  gpu: GpuDevice,
  source: SparseSource,
  { first, rows, buffers }: SparseChunk,
  { signal, onRows }: RunOptions,
): Promise<void> {
  const { x, standardization } = source;
  const { queue } = gpu.device;
  const begins = x.indptr.slice(first, first + rows + 1);
  const start = begins[0];
  for (let i = 0; i < begins.length; i++) begins[i] -= start;
  queue.writeBuffer(buffers.get.indptr, 0, begins);
  const write = (from: number, to: number) => {
    gpu.assertAlive();
    const [begin, end] = [begins[from], begins[to]];
    if (end > begin) {
      queue.writeBuffer(buffers.get.indices, 4 * begin, view(x.indices.subarray(start + begin, start + end)));
      if (isValued(source)) {
        const values = new Float32Array(end - begin);
        for (let i = 0; i < values.length; i++)
          values[i] = valueAt(x, standardization?.scale, start + begin + i);
        queue.writeBuffer(buffers.get.values, 4 * begin, values);
      }
    }
    onRows?.(first + to);
  };
  const rowsAtOnce = Math.max(1, Math.floor((PIECE * rows) / (begins[rows] + rows)));
  await inPieces(rows, write, rowsAtOnce, signal);
  gpu.assertAlive();
}

function isValued({ x, standardization }: SparseSource): boolean {
  return x.data !== undefined || standardization !== undefined;
}

function valueAt({ data, indices }: SparseMatrix, scale: Float64Array | undefined, at: number): number {
  const value = data ? data[at] : 1;
  return scale ? value / scale[indices[at]] : value;
}

function longestRowOf({ indptr, rows }: SparseMatrix): number {
  let longest = 0;
  for (let i = 0; i < rows; i++) longest = Math.max(longest, indptr[i + 1] - indptr[i]);
  return longest;
}

function disposeChunks(chunks: readonly SparseChunk[]): void {
  for (const { buffers } of chunks) buffers.dispose();
}
