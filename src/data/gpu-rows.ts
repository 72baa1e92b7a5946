/**
 * Rows that lie in GPU buffers of the caller's: their public form, and what can be checked of it without a device. Their
 * values are checked on the device, by backends/webgpu/rows-on-device.ts.
 */
import { DataError, LimitError, ShapeError, type SoftmaxError } from "../errors.ts";
import { sizeOf } from "./flat.ts";
import { describe, MAX_ELEMENTS, type Matrix, type MatrixLike } from "./matrix.ts";

/** Element types of rows on a GPU. */
export type GpuDtype = "f32" | "f16";

/**
 * Rows `[rows, cols]` that lie in a GPU buffer, as onnxruntime-web and Transformers.js leave embeddings there. The model
 * needs the option `device` with the GPUDevice that the buffer belongs to. The buffer is read, and never written to or
 * destroyed; it must stay as it is until the call has ended.
 *
 * Rows are used where they lie, without a copy, if the kernels can read them there:
 *
 * - `cols` is a multiple of 4 and `stride` is the default, so that rows are whole vectors without gaps;
 * - `offset` is a multiple of the device's limit `minStorageBufferOffsetAlignment`, 256 by default;
 * - the buffer reaches to the next multiple of 16 bytes after the last row (with `"f32"` it always does).
 *
 * Several pieces, unless each has 64 MiB or more, and rows of any other layout are copied once, from buffer to buffer on
 * the device, padded to a multiple of 4 columns; the copy is freed when the call ends.
 *
 * With a learning rate that is given as a number or a schedule, SGD and AdamW give the same bits as on the same rows
 * from a `Float32Array` (with `"f16"`, from a `Float16Array`), and so do predictions and evaluations by equal parameters;
 * rows used in place in several pieces, or in more than one binding, and tuned plans may differ in the last bits. L-BFGS
 * reaches the same optimum on another way, since it does not centre and scale rows on the device as it does with an
 * upload; `learningRate: "auto"` differs by rounding. Refused are `standardize: true`, a model that was fitted with it in
 * a fit that begins there, and a `storage` other than `"auto"` and `dtype`.
 *
 * Errors: `ShapeError` for sizes; `DataError` for a buffer that is too small, mapped, without the usage STORAGE,
 * destroyed or of another device, for an offset or stride that does not fit, and for a row that counts and holds NaN or
 * an infinity; `LimitError` for 2³² elements or more.
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

/** Rows as callers pass them: a matrix in memory, or rows on a GPU in one piece or several, one after the other. */
export type RowsLike = MatrixLike | GpuRows | readonly GpuRows[];

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

/** Rows of a call, in memory or on a GPU. */
export type Rows = Matrix | DeviceRows;

/** Tells whether rows lie on a GPU. */
export function isOnDevice(rows: Rows): rows is DeviceRows {
  return "pieces" in rows;
}

/** Bytes of an element. */
const DTYPE_BYTES: Readonly<Record<GpuDtype, number>> = { f32: 4, f16: 2 };

/** Buffers are bound by words of this many bytes. */
const WORD = 4;

/** Value of `GPUBufferUsage.STORAGE`, which a page without WebGPU does not have. */
const STORAGE_USAGE = 0x80;

/** Returns the bytes of a row, without what lies between it and the next. */
export function rowBytesOf({ cols, dtype }: Pick<DeviceRows, "cols" | "dtype">): number {
  return cols * DTYPE_BYTES[dtype];
}

/** Tells whether a value is meant as rows on a GPU, or as pieces of them; they are not checked. */
export function isGpuRows(value: unknown): value is GpuRows | readonly GpuRows[] {
  return isPiece(Array.isArray(value) ? value[0] : value);
}

function isPiece(value: unknown): boolean {
  return (
    typeof value === "object" &&
    value !== null &&
    "buffer" in value &&
    !("data" in value) &&
    !ArrayBuffer.isView(value)
  );
}

/**
 * Checks rows on a GPU, as far as that needs no device.
 *
 * @throws ShapeError, DataError, LimitError as {@link GpuRows} says
 */
export function openGpuRows(value: GpuRows | readonly GpuRows[], argument: string): DeviceRows {
  if (!Array.isArray(value)) return joined([value as GpuRows], [argument], argument);
  return joined(
    value,
    value.map((_, i) => `${argument}[${i}]`),
    argument,
  );
}

/** Joins pieces, each of which has a name for errors. */
function joined(given: readonly GpuRows[], names: readonly string[], argument: string): DeviceRows {
  const pieces: GpuPiece[] = [];
  let rows = 0;
  for (const [i, piece] of given.entries()) {
    pieces.push({ ...openPiece(piece, names[i]), first: rows });
    requireEqual(given[0], piece, names[i]);
    rows += piece.rows;
  }
  const { cols, dtype = "f32" } = given[0];
  if (rows * cols > MAX_ELEMENTS)
    throw new LimitError(
      argument,
      `${rows} × ${cols} elements given, at most ${MAX_ELEMENTS} can be indexed`,
    );
  return { pieces, rows, cols, dtype, argument };
}

/** Checks a piece by itself. @throws ShapeError, DataError */
function openPiece(value: unknown, name: string): Omit<GpuPiece, "first"> {
  if (!isPiece(value))
    throw new DataError(name, `expected { buffer, rows, cols } like the first piece, got ${describe(value)}`);
  const { buffer, dtype = "f32", ...given } = value as GpuRows;
  requireUsable(buffer, `${name}.buffer`);
  const rows = sizeOf(given.rows, `${name}.rows`);
  const cols = sizeOf(given.cols, `${name}.cols`);
  if (!Object.hasOwn(DTYPE_BYTES, dtype))
    throw new DataError(`${name}.dtype`, `expected "f32" or "f16", got ${describe(dtype)}`);
  const size = DTYPE_BYTES[dtype];
  const { offset = 0, stride = cols * size } = given;
  requireMultiple(offset, 0, size, `${name}.offset`);
  requireMultiple(stride, cols * size, size, `${name}.stride`);
  const end = offset + (rows - 1) * stride + cols * size;
  const needed = Math.ceil(end / WORD) * WORD;
  if (buffer.size < needed)
    throw new ShapeError(
      `${name}.buffer`,
      `expected at least ${needed} bytes for ${rows} × ${cols} elements from byte ${offset} on, in whole words of ${WORD}, got ${buffer.size}; check rows, cols, offset and stride`,
    );
  return { buffer, rows, offset, stride };
}

/** @throws DataError something else than a buffer, or one that kernels cannot read now */
function requireUsable(buffer: GPUBuffer, name: string): void {
  if (!isBuffer(buffer))
    throw new DataError(
      name,
      `expected a GPUBuffer, got ${describe(buffer)}; rows in memory are given as { data, rows, cols }`,
    );
  if ((buffer.usage & STORAGE_USAGE) === 0)
    throw new DataError(
      name,
      "expected a buffer with the usage GPUBufferUsage.STORAGE, this one is without; create it with STORAGE, or copy it into a buffer that has it",
    );
  if (buffer.mapState !== "unmapped")
    throw new DataError(
      name,
      `expected a buffer that is not mapped, it is ${buffer.mapState}; call unmap() first`,
    );
}

function isBuffer(value: unknown): value is GPUBuffer {
  if (typeof value !== "object" || value === null) return false;
  const isNumber = (name: string) => typeof Reflect.get(value, name) === "number";
  return isNumber("size") && isNumber("usage") && typeof Reflect.get(value, "mapAsync") === "function";
}

/** @throws DataError anything but an integer of at least `least` that is a multiple of the element's size */
function requireMultiple(value: number, least: number, size: number, name: string): void {
  if (Number.isSafeInteger(value) && value >= least && value % size === 0) return;
  throw new DataError(
    name,
    `expected bytes, a multiple of the element's ${size} and at least ${least}, got ${describe(value)}`,
  );
}

/** @throws ShapeError, DataError a piece that differs from the first one */
function requireEqual(first: GpuRows, piece: GpuRows, name: string): void {
  const { cols, dtype = "f32" } = first;
  const differ = (expected: unknown, got: unknown) =>
    `expected ${describe(expected)} as in the first piece, got ${describe(got)}; pieces need equal cols and dtype`;
  const error: SoftmaxError | null =
    piece.cols !== cols
      ? new ShapeError(`${name}.cols`, differ(cols, piece.cols))
      : (piece.dtype ?? "f32") !== dtype
        ? new DataError(`${name}.dtype`, differ(dtype, piece.dtype ?? "f32"))
        : null;
  if (error) throw error;
}
