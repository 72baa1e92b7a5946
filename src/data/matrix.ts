/**
 * Dense row-major matrices: what a caller may pass, how it is checked, and its numbers as this library
 * reads them. Eight-bit data means value/255; everything else means itself.
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

/** Element types a matrix may have. `Uint8Array` and `Uint8ClampedArray` stand for value/255 in [0, 1]. */
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

/** A dense matrix `[rows, cols]`, row after row in `data`. */
export interface Matrix<T extends MatrixData = MatrixData> {
  readonly data: T;
  readonly rows: number;
  readonly cols: number;
}

/** What the public functions take for a matrix: a `Matrix`, or an array of equally long rows. */
export type MatrixLike = Matrix | readonly (readonly number[])[];

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

/** True where values are eight-bit fractions: `value / 255`. */
export function isByteData(data: MatrixData): data is Uint8Array | Uint8ClampedArray {
  return BYTE_TAGS.includes(tagOf(data));
}

/** True for half-precision floats. */
export function isHalfData(data: MatrixData): data is Float16Data {
  return tagOf(data) === "Float16Array";
}

/** What one element of the matrix is multiplied by to give its value: 1/255 for eight-bit data, else 1. */
export function scaleOf({ data }: Pick<Matrix, "data">): number {
  return isByteData(data) ? 1 / 255 : 1;
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
 * @throws DataError   not a matrix, or an array of rows that holds something other than numbers
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
  const { data, rows, cols } = value;
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
  return value;
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
export function rowsOf({ data, rows, cols }: Matrix, first: number, count: number): Matrix {
  const end = Math.min(first + count, rows);
  return { data: data.subarray(first * cols, end * cols), rows: end - first, cols };
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
