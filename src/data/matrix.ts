/**
 * Dense row-major matrices as this library reads them. Numbers mean what they are in every element type, times the
 * matrix's scale if it has one. How callers' forms become one is in given-matrix.ts.
 */
import { allocate } from "./allocate.ts";

/** A Float16Array, where the engine has them (Node 20 does not); not every TypeScript knows the name. */
export interface Float16Data extends ArrayBufferView, ArrayLike<number>, Iterable<number> {
  readonly [Symbol.toStringTag]: "Float16Array";
  set(values: ArrayLike<number>, offset?: number): void;
  map(callback: (value: number, index: number) => number): Float16Data;
  subarray(begin?: number, end?: number): Float16Data;
  slice(begin?: number, end?: number): Float16Data;
}

/** Element types a matrix may have. */
export type MatrixData =
  | Float32Array
  | Float64Array
  | Float16Data
  | Uint8Array
  | Uint8ClampedArray
  | Int8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array;

/** A dense matrix `[rows, cols]`, row after row in `data`: its values are data × scale. */
export interface Matrix<T extends MatrixData = MatrixData> {
  readonly data: T;
  readonly rows: number;
  readonly cols: number;
  /**
   * Factor from elements to values, a number above 0 that float32 holds: with 1/255, bytes are pixels in [0, 1].
   * Default 1, for every element type.
   */
  readonly scale?: number | undefined;
}

/**
 * A tensor of two dimensions, row after row, as many libraries have it: with `shape` or `dims`, which are
 * `[rows, cols]`. Its data must be one of the element types of a matrix.
 */
export type MatrixTensor = {
  readonly data: ArrayLike<unknown>;
  /** As for a {@link Matrix}. */
  readonly scale?: number | undefined;
} & ({ readonly shape: ArrayLike<number> } | { readonly dims: ArrayLike<number> });

/** What the public functions take for a matrix: a `Matrix`, a tensor, or an array of equally long rows. */
export type MatrixLike = Matrix | MatrixTensor | readonly (readonly number[] | MatrixData)[];

/** The largest number of elements: indices in the kernels are 32-bit. */
export const MAX_ELEMENTS = 2 ** 32 - 1;

// By tag and not by instanceof: arrays may come from another realm, such as a frame.
const BYTE_TAGS: readonly string[] = ["Uint8Array", "Uint8ClampedArray"];
const DATA_TAGS: readonly string[] = [
  ...BYTE_TAGS,
  "Float32Array",
  "Float64Array",
  "Float16Array",
  "Int8Array",
  "Int16Array",
  "Uint16Array",
  "Int32Array",
  "Uint32Array",
];

/** Says whether the elements are unsigned bytes. */
export function isByteData(data: MatrixData): data is Uint8Array | Uint8ClampedArray {
  return BYTE_TAGS.includes(tagOf(data));
}

/** Says whether the elements are half-precision floats. */
export function isHalfData(data: MatrixData): data is Float16Data {
  return tagOf(data) === "Float16Array";
}

/** Returns the factor from elements to values. */
export function scaleOf({ scale = 1 }: Pick<Matrix, "scale">): number {
  return scale;
}

/** Says whether `data` is a typed array of one of the element types that a matrix may have. */
export function isMatrixData(data: unknown): data is MatrixData {
  return ArrayBuffer.isView(data) && DATA_TAGS.includes(tagOf(data));
}

/** Names the kind of typed array that a view is. */
export function tagOf(view: ArrayBufferView): string {
  return Object.prototype.toString.call(view).slice("[object ".length, -1);
}

/** `count` rows of a matrix from `first` on, or what there is of them; without a copy. */
export function rowsOf(x: Matrix, first: number, count: number): Matrix {
  const { data, rows, cols, scale } = x;
  const end = Math.min(first + count, rows);
  return { data: data.subarray(first * cols, end * cols), rows: end - first, cols, scale };
}

/** Zeros of the same element type. A Node Buffer gives a plain Uint8Array. @throws LimitError */
export function emptyLike<T extends MatrixData>(data: T, length: number, argument: string): T {
  return allocate<T>(Reflect.get(globalThis, tagOf(data)), length, argument);
}

/** A short name for a value in an error message. */
export function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === "object") return `an object (${value.constructor?.name ?? "no class"})`;
  if (typeof value === "function") return "a function";
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}
