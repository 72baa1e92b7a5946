/** Checks rows that lie in GPU buffers of the caller's, as far as that needs no device. */
import { DataError, LimitError, ShapeError, type SoftmaxError } from "../errors.ts";
import { sizeOf } from "./flat.ts";
import { type DeviceRows, DTYPE_BYTES, type GpuPiece, type GpuRows, isPiece } from "./gpu-rows.ts";
import { describe, MAX_ELEMENTS } from "./matrix.ts";

/** Buffers are bound by words of this many bytes. */
const WORD = 4;

/** Value of `GPUBufferUsage.STORAGE`, which a page without WebGPU does not have. */
const STORAGE_USAGE = 0x80;

/**
 * Checks rows on a GPU, in one piece or several.
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
