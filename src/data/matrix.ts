/**
 * Dense row-major matrices: what a caller may pass, how it is checked, and its numbers as this library
 * reads them. Numbers mean what they are in every element type, times the matrix's scale if it has one.
 */
import { DataError, LimitError, ShapeError } from "../errors.ts";

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
   * What each element is multiplied by to give its value, a number above 0 that float32 holds: with 1/255, bytes are
   * pixels in [0, 1]. Default 1, for every element type.
   */
  readonly scale?: number | undefined;
}

/** What the public functions take for a matrix: a `Matrix`, or an array of equally long rows. */
export type MatrixLike = Matrix | readonly (readonly number[])[];

/** The largest number of elements: indices in the kernels are 32-bit. */
export const MAX_ELEMENTS = 2 ** 32 - 1;

/** The smallest and the largest normal float32. */
const MIN_SCALE = 2 ** -126;
const MAX_SCALE = (2 - 2 ** -23) * 2 ** 127;

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

/** Whether the elements are unsigned bytes. */
export function isByteData(data: MatrixData): data is Uint8Array | Uint8ClampedArray {
  return BYTE_TAGS.includes(tagOf(data));
}

/** Whether the elements are half-precision floats. */
export function isHalfData(data: MatrixData): data is Float16Data {
  return tagOf(data) === "Float16Array";
}

/** What one element of the matrix is multiplied by to give its value. */
export function scaleOf({ scale = 1 }: Pick<Matrix, "scale">): number {
  return scale;
}

/** Asks whether `value` has the parts of a {@link Matrix}, whatever they hold. */
export function isMatrix(value: unknown): value is Matrix {
  return typeof value === "object" && value !== null && "data" in value && "rows" in value && "cols" in value;
}

/**
 * A checked matrix: typed data, at least one row and column, `rows × cols` elements. Arrays of rows are
 * copied into a `Float64Array`; a `Matrix` is taken as it is, without a copy.
 *
 * @throws ShapeError  empty, ragged, or `rows × cols` that is not the length of `data`
 * @throws DataError   not a matrix, an array of rows that holds something other than numbers, or an impossible scale
 * @throws LimitError  2³² elements or more
 */
export function toMatrix(value: MatrixLike, argument: string): Matrix {
  if (Array.isArray(value)) return fromRows(value, argument);
  if (!isMatrix(value)) {
    throw new DataError(
      argument,
      `expected { data, rows, cols } or an array of rows, got ${describe(value)}`,
    );
  }
  const { data, rows, cols, scale } = value;
  if (!isTypedData(data)) {
    throw new DataError(`${argument}.data`, `expected a typed array of numbers, got ${describe(data)}`);
  }
  for (const [name, size] of [
    ["rows", rows],
    ["cols", cols],
  ] as const) {
    if (!Number.isInteger(size) || size < 1) {
      throw new ShapeError(`${argument}.${name}`, `expected an integer of at least 1, got ${describe(size)}`);
    }
  }
  checkCount(rows, cols, argument);
  if (data.length !== rows * cols) {
    throw new ShapeError(
      `${argument}.data`,
      `expected ${rows} × ${cols} = ${rows * cols} elements, got ${data.length}`,
    );
  }
  checkScale(scale, argument);
  return value;
}

/** Above 0, and no number that float32 rounds to 0 or infinity, since kernels multiply by it. */
function checkScale(scale: unknown, argument: string): void {
  if (scale === undefined) return;
  if (typeof scale === "number" && scale >= MIN_SCALE && scale <= MAX_SCALE) return;
  throw new DataError(
    `${argument}.scale`,
    `expected a number above 0 that float32 holds (1.2e-38 to 3.4e38), got ${describe(scale)}`,
  );
}

function fromRows(rows: readonly unknown[], argument: string): Matrix<Float64Array> {
  const first: unknown = rows[0];
  if (rows.length === 0) throw new ShapeError(argument, "expected at least one row, got none");
  if (!Array.isArray(first))
    throw new DataError(argument, `expected an array of rows, row 0 is ${describe(first)}`);
  const cols = first.length;
  if (cols === 0) throw new ShapeError(argument, "expected at least one column, row 0 is empty");
  checkCount(rows.length, cols, argument);
  const data = new Float64Array(rows.length * cols);
  for (const [i, row] of rows.entries()) {
    if (!Array.isArray(row))
      throw new DataError(argument, `expected an array of rows, row ${i} is ${describe(row)}`);
    if (row.length !== cols) {
      throw new ShapeError(
        argument,
        `expected rows of equal length, row 0 has ${cols} columns and row ${i} has ${row.length}`,
      );
    }
    for (let j = 0; j < cols; j++) {
      const element: unknown = row[j];
      if (typeof element !== "number") {
        throw new DataError(argument, `expected numbers, row ${i} column ${j} is ${describe(element)}`);
      }
      data[i * cols + j] = element;
    }
  }
  return { data, rows: rows.length, cols };
}

function isTypedData(data: unknown): data is MatrixData {
  return ArrayBuffer.isView(data) && DATA_TAGS.includes(tagOf(data));
}

function tagOf(view: ArrayBufferView): string {
  return Object.prototype.toString.call(view).slice("[object ".length, -1);
}

/** `count` rows of a matrix from `first` on, or what there is of them; without a copy. */
export function rowsOf(x: Matrix, first: number, count: number): Matrix {
  const { data, rows, cols, scale } = x;
  const end = Math.min(first + count, rows);
  return { data: data.subarray(first * cols, end * cols), rows: end - first, cols, scale };
}

/** Zeros of the same element type. A Node Buffer gives a plain Uint8Array. */
export function emptyLike<T extends MatrixData>(data: T, length: number): T {
  return Reflect.construct(Reflect.get(globalThis, tagOf(data)), [length]);
}

function checkCount(rows: number, cols: number, argument: string): void {
  if (rows * cols <= MAX_ELEMENTS) return;
  throw new LimitError(argument, `${rows} × ${cols} elements given, at most ${MAX_ELEMENTS} can be indexed`);
}

/** A short name for a value in an error message. */
export function describe(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === "object") return `an object (${value.constructor?.name ?? "no class"})`;
  if (typeof value === "function") return "a function";
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}
