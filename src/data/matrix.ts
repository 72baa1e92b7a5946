/**
 * Dense row-major matrices as this library reads them, and the typed arrays under them. A value is its element times
 * the matrix's scale, in every element type. How the forms that callers pass become matrices is in given-matrix.ts.
 */
import { LimitError } from "../errors.ts";

/** A Float16Array, if the engine has them (Node 20 does not). Declared here because older TypeScript lacks the type. */
export interface Float16Data extends ArrayBufferView, ArrayLike<number>, Iterable<number> {
  readonly [Symbol.toStringTag]: "Float16Array";
  set(values: ArrayLike<number>, offset?: number): void;
  map(callback: (value: number, index: number) => number): Float16Data;
  subarray(begin?: number, end?: number): Float16Data;
  slice(begin?: number, end?: number): Float16Data;
}

/** Element types of a matrix. */
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

/** A dense matrix `[rows, cols]`, stored row after row in `data`. Its values are data × scale. */
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
 * A tensor of two dimensions in the form that other libraries use: stored row after row, with `[rows, cols]` in `shape`
 * or `dims`. Its data must have one of the element types of a matrix.
 */
export type MatrixTensor = {
  readonly data: ArrayLike<unknown>;
  /** As for a {@link Matrix}. */
  readonly scale?: number | undefined;
} & ({ readonly shape: ArrayLike<number> } | { readonly dims: ArrayLike<number> });

/** Type of matrices in the public functions: a `Matrix`, a tensor, or an array of equally long rows. */
export type MatrixLike = Matrix | MatrixTensor | readonly (readonly number[] | MatrixData)[];

/** Largest number of elements: indices in the kernels are 32-bit. */
export const MAX_ELEMENTS = 2 ** 32 - 1;

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

/** Tells whether the elements are unsigned bytes. */
export function isByteData(data: MatrixData): data is Uint8Array | Uint8ClampedArray {
  return BYTE_TAGS.includes(tagOf(data));
}

/** Tells whether the elements are half-precision floats. */
export function isHalfData(data: MatrixData): data is Float16Data {
  return tagOf(data) === "Float16Array";
}

/** Returns the factor from elements to values. */
export function scaleOf({ scale = 1 }: Pick<Matrix, "scale">): number {
  return scale;
}

/** Tells whether `data` is a typed array of an element type that a matrix may have. */
export function isMatrixData(data: unknown): data is MatrixData {
  return ArrayBuffer.isView(data) && DATA_TAGS.includes(tagOf(data));
}

/**
 * Returns the class name of a built-in object, such as `"Float32Array"`. Unlike instanceof, this also recognises
 * objects of another realm, such as a frame.
 */
export function tagOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice("[object ".length, -1);
}

/** Returns up to `count` rows of a matrix from row `first` on, as a view and not a copy. */
export function rowsOf(x: Matrix, first: number, count: number): Matrix {
  const { data, rows, cols, scale } = x;
  const end = Math.min(first + count, rows);
  return { data: data.subarray(first * cols, end * cols), rows: end - first, cols, scale };
}

/**
 * Makes a typed array of zeros.
 *
 * @param argument the argument that needs it, for the error
 * @throws LimitError more than this engine has in one piece
 */
export function allocate<T>(type: new (length: number) => T, length: number, argument: string): T {
  try {
    return new type(length);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new LimitError(
      argument,
      `needs a ${type.name} of ${length} elements, which this engine cannot allocate; pass fewer rows at once`,
      { cause },
    );
  }
}

/** Makes zeros of the same element type as `data`; for a Node Buffer, a plain Uint8Array. @throws LimitError */
export function emptyLike<T extends MatrixData>(data: T, length: number, argument: string): T {
  return allocate<T>(Reflect.get(globalThis, tagOf(data)), length, argument);
}

/** Returns a short name for a value, for an error message. */
export function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === "object") return `an object (${value.constructor?.name ?? "no class"})`;
  if (typeof value === "function") return "a function";
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}
