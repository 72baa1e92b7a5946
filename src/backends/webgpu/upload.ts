/**
 * Uploads rows, targets and weights into the buffers of a chunk, piece by piece. Rows are padded to whole vectors of four
 * features.
 */
import { scaleOf } from "../../data/matrix.ts";
import { asStored, emptyRows, type Packed, packRows, storageOfSource } from "../../data/storage.ts";
import { smoothed, type Targets } from "../../data/targets.ts";
import { pause } from "../../pause.ts";
import type { DatasetSource, RunOptions } from "../backend.ts";
import type { Buffers } from "./buffers.ts";
import { type RowRange, rowSizes } from "./chunks.ts";
import type { GpuDevice } from "./gpu-device.ts";

/** Bytes per upload if they need no packing, and if they do: some milliseconds of work each. */
const UPLOAD_BYTES = 2 ** 23;
const PACKED_BYTES = 2 ** 20;

/** Rows whose buffers are there, to be filled. */
interface Filling<Name extends string> extends RowRange {
  readonly buffers: Buffers<Name>;
}

/** Uploads the targets and weights of a chunk. */
export async function uploadTargets(
  gpu: GpuDevice,
  source: Pick<DatasetSource, "targets" | "sampleWeights" | "labelSmoothing">,
  { first, rows, buffers }: Filling<"targets" | "sampleWeights">,
  { signal }: RunOptions,
): Promise<void> {
  const { targets, sampleWeights, labelSmoothing = 0 } = source;
  if (targets.kind !== "none") {
    const isLabels = targets.kind === "labels";
    const sending: Sending = {
      buffer: buffers.get.targets,
      rowBytes: isLabels ? 4 : targets.distributions.cols * 4,
      bytesAtOnce: isLabels ? UPLOAD_BYTES : PACKED_BYTES,
      pack: (from, count) => packTargets(targets, labelSmoothing, from, count),
    };
    await send(gpu, sending, { first, rows }, { signal });
  }
  if (sampleWeights) {
    const sending: Sending = {
      buffer: buffers.get.sampleWeights,
      rowBytes: 4,
      bytesAtOnce: UPLOAD_BYTES,
      pack: (from, count) => view(sampleWeights.subarray(from, from + count)),
    };
    await send(gpu, sending, { first, rows }, { signal });
  }
}

/** Uploads the rows of a chunk. @throws DataError values that the storage cannot hold */
export function uploadX(
  gpu: GpuDevice,
  source: DatasetSource,
  { first, rows, buffers }: Filling<"x">,
  options: RunOptions,
): Promise<void> {
  const sending: Sending = {
    buffer: buffers.get.x,
    rowBytes: rowSizes(source, storageOfSource(source)).x,
    bytesAtOnce: storedRows(source) ? UPLOAD_BYTES : PACKED_BYTES,
    pack: (from, count) => packPiece(source, from, count),
  };
  return send(gpu, sending, { first, rows }, options);
}

/** What goes into a buffer. */
interface Sending {
  readonly buffer: GPUBuffer;
  readonly rowBytes: number;
  readonly bytesAtOnce: number;
  /** Returns rows as they lie in the buffer. */
  readonly pack: (from: number, count: number) => GPUAllowSharedBufferSource;
}

/** Writes rows into a buffer, piece by piece. */
async function send(
  gpu: GpuDevice,
  { buffer, rowBytes, bytesAtOnce, pack }: Sending,
  { first, rows }: RowRange,
  { signal, onRows }: RunOptions,
): Promise<void> {
  const rowsAtOnce = Math.max(1, Math.floor(bytesAtOnce / rowBytes));
  for (let from = 0; from < rows; from += rowsAtOnce) {
    const count = Math.min(rowsAtOnce, rows - from);
    gpu.device.queue.writeBuffer(buffer, from * rowBytes, pack(first + from, count));
    await pause(signal);
    gpu.assertAlive();
    onRows?.(first + from + count);
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
export function view(array: ArrayBufferView): GPUAllowSharedBufferSource {
  return array as GPUAllowSharedBufferSource;
}
