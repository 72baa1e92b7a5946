/**
 * Rows that lie in GPU buffers of the caller's: their public form, and the form in which the library takes them.
 * open-gpu-rows.ts checks what can be checked without a device, backends/webgpu/rows-on-device.ts their values.
 */
/** Element types of rows on a GPU. */
export type GpuDtype = "f32" | "f16";

/**
 * Rows `[rows, cols]` that lie in a GPU buffer, as onnxruntime-web leaves embeddings there. The model needs the option
 * `device` with the GPUDevice that the buffer belongs to. The buffer is read, and never written to or destroyed; it
 * must stay as it is until the call has ended.
 *
 * Rows are used where they lie, without a copy, if the kernels can read them there:
 *
 * - `cols` is a multiple of 4 and `stride` is the default, so that rows are whole vectors without gaps;
 * - `offset` is a multiple of the device's limit `minStorageBufferOffsetAlignment`, 256 by default;
 * - the buffer reaches to the next multiple of 16 bytes after the last row (with `"f32"` it always does).
 *
 * Rows of any other layout, and several pieces unless each has 64 MiB or more, are copied once from buffer to buffer
 * on the device, padded to a multiple of 4 columns. The copy is freed when the call ends.
 *
 * SGD and AdamW with a rate or schedule that is given have the same bits as on the same rows from a `Float32Array`
 * (with `"f16"`, from a `Float16Array`), and so has what a model predicts that was fitted so. The last bits
 * may differ if `learningRate` is `"auto"`, if plans are tuned, and if rows used in place take more than one binding.
 * L-BFGS reaches the same optimum on another way, since rows in place are not centred and scaled as an upload is; a
 * fit by L-BFGS that was interrupted is resumed only where its rows lay.
 *
 * Options that need rows on the host are refused with an `OptionError`: `standardize: true`, also of the model that a
 * fit goes on from, and a `storage` other than `"auto"` and `dtype`. Validation rows may lie on the GPU if x does.
 *
 * Errors: `ShapeError` for sizes, and for a buffer that is too small for them; `DataError` for another `device`, for a
 * buffer that is mapped, destroyed, of another device or without the usage STORAGE, for an `offset`, `stride` or
 * `dtype` that is not possible, and for a row that counts and holds NaN or an infinity; `LimitError` for 2³² elements
 * or more.
 */
export interface GpuRows {
  /** The buffer, with the usage `GPUBufferUsage.STORAGE`. */
  readonly buffer: GPUBuffer;
  /** N */
  readonly rows: number;
  /** D */
  readonly cols: number;
  /** Element type; `"f16"` needs no feature of the device. Default `"f32"`. */
  readonly dtype?: GpuDtype | undefined;
  /** Bytes before the first row, a multiple of the element's size. Default 0. */
  readonly offset?: number | undefined;
  /** Bytes from row to row, a multiple of the element's size. Default: `cols` × the element's size. */
  readonly stride?: number | undefined;
}

/** Consecutive rows in one buffer. */
export interface GpuPiece {
  readonly buffer: GPUBuffer;
  /** The piece's first row among all. */
  readonly first: number;
  readonly rows: number;
  /** Bytes before its first row, and from row to row. */
  readonly offset: number;
  readonly stride: number;
}

/** Rows on a GPU whose form is checked. */
export interface DeviceRows {
  readonly pieces: readonly GpuPiece[];
  readonly rows: number;
  readonly cols: number;
  readonly dtype: GpuDtype;
  /** Name of the argument, for errors that the device finds. */
  readonly argument: string;
}

/** Bytes of an element. */
export const DTYPE_BYTES: Readonly<Record<GpuDtype, number>> = { f32: 4, f16: 2 };

/** Returns the bytes of a row, without what lies between it and the next. */
export function rowBytesOf({ cols, dtype }: Pick<DeviceRows, "cols" | "dtype">): number {
  return cols * DTYPE_BYTES[dtype];
}

/** Tells whether a value is meant as rows on a GPU, or as pieces of them; they are not checked. */
export function isGpuRows(value: unknown): value is GpuRows | readonly GpuRows[] {
  return isPiece(Array.isArray(value) ? value[0] : value);
}

/** Tells whether a value is meant as a piece of such rows. */
export function isPiece(value: unknown): boolean {
  return (
    typeof value === "object" &&
    value !== null &&
    "buffer" in value &&
    !("data" in value) &&
    !ArrayBuffer.isView(value)
  );
}
