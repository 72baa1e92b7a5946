/**
 * Storage of rows on a device: float32, float16 or bytes, chosen by the element type or by name, and packed row by row
 * without a second copy of the whole matrix. A caller's bytes and halves stay unchanged, and the device applies the
 * matrix's scale when it reads them. Other data are stored as values, in bytes as multiples of 1/255. Values that a
 * storage cannot hold are refused.
 */
import { DataError } from "../errors.ts";
import { allocate, isByteData, isHalfData, type Matrix, type MatrixData, scaleOf } from "./matrix.ts";
import type { Standardization } from "./standardization.ts";

/** Name of a storage. */
export type Storage = "f32" | "f16" | "u8";

/** Bytes per element. */
export const ELEMENT_BYTES: Readonly<Record<Storage, number>> = { f32: 4, f16: 2, u8: 1 };

/** Array of stored elements; float16 numbers as their sixteen bits. */
export type Packed = Float32Array | Uint16Array | Uint8Array | Uint8ClampedArray;

/** Largest float16. */
const MAX_HALF = 65_504;

/** Returns the storage of a matrix: the one asked for, or the smallest that stores its elements unchanged. */
export function storageOf({ data }: Matrix, wanted: "auto" | Storage = "auto"): Storage {
  if (wanted !== "auto") return wanted;
  if (isByteData(data)) return "u8";
  return isHalfData(data) ? "f16" : "f32";
}

/** Rows to store on a device. */
export interface RowsSource {
  readonly x: Matrix;
  readonly storage?: "auto" | Storage | undefined;
  readonly standardization?: Standardization | undefined;
}

/**
 * Returns the storage of rows; with `"auto"`, float32 if they are standardised, since the results are no bytes or
 * halves.
 */
export function storageOfSource({ x, storage = "auto", standardization }: RowsSource): Storage {
  return standardization && storage === "auto" ? "f32" : storageOf(x, storage);
}

/** Returns the factor from stored elements to values; 1 for float32. */
export function unitOf(source: RowsSource): number {
  const { x, standardization } = source;
  const storage = storageOfSource(source);
  const isKept = !standardization && storage !== "f32" && asStored(x, storage) !== null;
  if (isKept) return scaleOf(x);
  return storage === "u8" ? 1 / 255 : 1;
}

/** Makes `length` zeros in a storage. @throws LimitError */
export function emptyRows(storage: Storage, length: number): Float32Array | Uint16Array | Uint8Array {
  if (storage === "f32") return allocate(Float32Array, length, "x");
  return storage === "f16" ? allocate(Uint16Array, length, "x") : allocate(Uint8Array, length, "x");
}

/**
 * Returns the matrix's own memory if it already has the form of `storage`; null if elements must be converted, as
 * float32 numbers with a scale must. Bytes and halves are to be multiplied by {@link unitOf}.
 */
export function asStored(x: Matrix, storage: Storage): Packed | null {
  const { data, rows, cols } = x;
  if (storage === "u8" && isByteData(data)) return data;
  if (storage === "f32" && data instanceof Float32Array && scaleOf(x) === 1) return data;
  if (storage === "f16" && isHalfData(data))
    return new Uint16Array(data.buffer, data.byteOffset, rows * cols);
  return null;
}

/**
 * Writes `count` rows from `first` on into `target`, `stride` elements apart. Elements between rows stay unchanged.
 *
 * @param standardization if given, (x − mean) / scale is stored, computed in float64 before rounding
 * @throws DataError a value that the storage cannot hold: beyond ±65,504 in f16, outside [0, 1] in u8
 */
export function packRows(
  x: Matrix,
  storage: Storage,
  first: number,
  count: number,
  target: Packed,
  stride: number,
  standardization?: Standardization,
): void {
  const source = standardization ? null : copyable(x, storage);
  if (source) copyRows(source, x.cols, first, count, target, stride);
  else for (let i = 0; i < count; i++) convertRow(x, storage, first + i, target, i * stride, standardization);
}

/** Number of columns from which copying a row through a view of it is faster than a loop. */
const WIDE = 64;

function copyRows(
  source: MatrixData | Packed,
  cols: number,
  first: number,
  count: number,
  target: Packed,
  stride: number,
): void {
  const [begin, end] = [first * cols, (first + count) * cols];
  if (stride === cols) {
    target.set(source.subarray(begin, end));
  } else if (cols >= WIDE) {
    for (let i = 0, at = begin; i < count; i++, at += cols)
      target.set(source.subarray(at, at + cols), i * stride);
  } else {
    for (let i = 0; i < count; i++)
      for (let j = 0; j < cols; j++) target[i * stride + j] = source[begin + i * cols + j];
  }
}

/** Returns an array whose elements can be copied into `storage` by assignment; null if they must be converted. */
function copyable(x: Matrix, storage: Storage): MatrixData | Packed | null {
  // Assignment to a Float32Array rounds.
  return asStored(x, storage) ?? (storage === "f32" && scaleOf(x) === 1 ? x.data : null);
}

function convertRow(
  x: Matrix,
  storage: Storage,
  row: number,
  target: Packed,
  at: number,
  standardization: Standardization | undefined,
): void {
  const { data, cols } = x;
  const unit = scaleOf(x);
  for (let j = 0; j < cols; j++) {
    const given = data[row * cols + j] * unit;
    const value = standardization ? (given - standardization.mean[j]) / standardization.scale[j] : given;
    if (!isStorable(value, storage)) throw unstorable("x", storage, value, row, j);
    target[at + j] = storage === "f32" ? value : storage === "u8" ? Math.round(255 * value) : toHalf(value);
  }
}

/** Checks that the storage can hold the values of a row. @throws DataError naming row and column */
export function checkStorable(x: Matrix, storage: Storage, row: number, argument: string): void {
  if (storage === "f32" || asStored(x, storage)) return;
  const scale = scaleOf(x);
  for (let j = 0; j < x.cols; j++) {
    const value = x.data[row * x.cols + j] * scale;
    if (!isStorable(value, storage)) throw unstorable(argument, storage, value, row, j);
  }
}

function isStorable(value: number, storage: Storage): boolean {
  if (storage === "u8") return value >= 0 && value <= 1;
  return storage === "f32" || Math.abs(value) <= MAX_HALF;
}

function unstorable(
  argument: string,
  storage: Storage,
  value: number,
  row: number,
  column: number,
): DataError {
  const range = storage === "u8" ? "0 to 1" : `±${MAX_HALF}`;
  return new DataError(
    argument,
    `storage "${storage}" holds values in ${range}, row ${row} column ${column} is ${value}; scale the data or use "f32"`,
  );
}

const FLOAT = new Float32Array(1);
const BITS = new Uint32Array(FLOAT.buffer);

/**
 * Returns the sixteen bits of the float16 nearest to a number within ±65,504, ties to even (IEEE 754, binary16). The
 * number is rounded to float32 first.
 */
export function toHalf(value: number): number {
  FLOAT[0] = value;
  const sign = (BITS[0] >>> 16) & 0x8000;
  const magnitude = BITS[0] & 0x7fff_ffff;
  // Below 2⁻¹⁴ float16 numbers are multiples of 2⁻²⁴, which is the spacing of float32 at 0.5: adding 0.5 rounds to
  // them.
  if (magnitude < 0x3880_0000) {
    FLOAT[0] = Math.abs(FLOAT[0]) + 0.5;
    return sign | (BITS[0] - 0x3f00_0000);
  }
  // Change the exponent's bias from 127 to 15, and round off thirteen bits by adding half a unit, ties to even.
  const rounded = magnitude - 0x3800_0000 + 0xfff + ((magnitude >>> 13) & 1);
  return sign | (rounded >>> 13);
}

/** Returns the number with these sixteen bits of a float16. */
export function fromHalf(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  return exponent === 31
    ? fraction
      ? Number.NaN
      : sign * Infinity
    : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}
