/**
 * Reads objects that hold numbers or labels in one flat array beside its sizes: `{ data, rows, cols }`, and the tensors
 * of other libraries, `{ data, shape }` and `{ data, dims }`. Elements are not checked here.
 */
import { DataError, ShapeError } from "../errors.ts";
import { describe, isMatrixData, type MatrixData, tagOf } from "./matrix.ts";

/** A flat array and its sizes. */
export interface Flat {
  readonly data: unknown;
  /** Size of each dimension, an integer of at least 1; any number of dimensions. */
  readonly sizes: readonly number[];
  readonly scale: number | undefined;
  /** True if the 16-bit integers in `data` are the bits of float16 numbers, as in an engine without Float16Array. */
  readonly areHalfBits: boolean;
}

/** Property names that libraries use for the sizes of a tensor, and for the steps between its elements. */
const SHAPE_NAMES = ["shape", "dims"] as const;
const STRIDE_NAMES = ["strides", "stride"] as const;

/** Values of a tensor's `location` if its data are in memory. */
const IN_MEMORY: readonly unknown[] = [undefined, "cpu", "cpu-pinned"];

/** Smallest and largest normal float32. */
const MIN_SCALE = 2 ** -126;
const MAX_SCALE = (2 - 2 ** -23) * 2 ** 127;

/** Tells whether `value` has data and sizes, which are not checked. */
export function isFlat(value: unknown): value is object {
  if (typeof value !== "object" || value === null || !("data" in value)) return false;
  return ("rows" in value && "cols" in value) || SHAPE_NAMES.some((name) => name in value);
}

/**
 * Reads the array, its sizes and its scale.
 *
 * @throws ShapeError sizes that are not integers of at least 1
 * @throws DataError  data that lie on a GPU, or that are not stored row after row; an impossible scale
 */
export function flatOf(value: object, argument: string): Flat {
  const data = readData(value, argument);
  const scale: unknown = Reflect.get(value, "scale");
  checkScale(scale, argument);
  const flat = { scale, areHalfBits: false };
  if ("rows" in value && "cols" in value) {
    const sizes = (["rows", "cols"] as const).map((name) => sizeOf(value[name], `${argument}.${name}`));
    return { ...flat, data, sizes };
  }
  const name = SHAPE_NAMES.find((known) => known in value) ?? "shape";
  const given: unknown = Reflect.get(value, name);
  if (!isListLike(given))
    throw new ShapeError(`${argument}.${name}`, `expected [rows, cols], got ${describe(given)}`);
  const sizes = Array.from(given, (size) => sizeOf(size, `${argument}.${name}`));
  checkStrides(value, sizes, argument);
  const isHalf = Reflect.get(value, "type") === "float16" || Reflect.get(value, "dtype") === "float16";
  return {
    ...flat,
    data,
    sizes,
    areHalfBits: isHalf && ArrayBuffer.isView(data) && tagOf(data) === "Uint16Array",
  };
}

/** Checks that data are a typed array of rows × cols elements. @throws DataError, ShapeError */
export function checkData(data: unknown, rows: number, cols: number, argument: string): MatrixData {
  if (!isMatrixData(data))
    throw new DataError(
      `${argument}.data`,
      `expected a typed array of numbers, got ${describe(data)}${remedy(data)}`,
    );
  checkLength(data, rows, cols, argument);
  return data;
}

/** Checks that there are rows × cols elements. @throws ShapeError */
export function checkLength(
  { length }: ArrayLike<unknown>,
  rows: number,
  cols: number,
  argument: string,
): void {
  if (length === rows * cols) return;
  throw new ShapeError(
    `${argument}.data`,
    `expected ${rows} × ${cols} = ${rows * cols} elements, got ${length}`,
  );
}

/** Tells whether a value is an array, plain or typed. */
export function isListLike(value: unknown): value is ArrayLike<unknown> & Iterable<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && "length" in value);
}

function remedy(data: unknown): string {
  if (Array.isArray(data)) return "; write Float64Array.from(data)";
  if (isListLike(data)) return "; write Float64Array.from(data, Number)";
  return "";
}

/** Returns what else can be done with a tensor that lies on a GPU. */
function remedyOf(location: unknown): string {
  return location === "gpu-buffer"
    ? ", or give { buffer: x.gpuBuffer, rows, cols } to a model on the same device"
    : "";
}

function readData(value: object, argument: string): unknown {
  const location: unknown = Reflect.get(value, "location");
  if (!("rows" in value) && !IN_MEMORY.includes(location)) {
    throw new DataError(
      argument,
      `expected a tensor whose data are in memory, this one has the location ${describe(location)}; read it back first, as with await x.getData()${remedyOf(location)}`,
    );
  }
  try {
    const data: unknown = Reflect.get(value, "data");
    if (typeof data !== "function") return data;
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new DataError(
      `${argument}.data`,
      `expected a typed array, and reading it failed (${message}); read the tensor back first, as with await x.getData()`,
      { cause },
    );
  }
  throw new DataError(
    `${argument}.data`,
    "expected a typed array, got a function; for a tensor, write { data: await x.data(), shape: x.shape }",
  );
}

/** Checks a number of rows or columns. @throws ShapeError */
export function sizeOf(size: unknown, argument: string): number {
  if (Number.isInteger(size) && (size as number) >= 1) return size as number;
  throw new ShapeError(argument, `expected an integer of at least 1, got ${describe(size)}`);
}

/**
 * Checks that elements are stored row after row. The stride of an axis of size 1 may be anything, since it is never
 * used.
 *
 * @throws DataError
 */
function checkStrides(value: object, sizes: readonly number[], argument: string): void {
  const name = STRIDE_NAMES.find((known) => isListLike(Reflect.get(value, known)));
  if (!name) return;
  const strides = Array.from(Reflect.get(value, name) as ArrayLike<unknown>);
  const expected = sizes.map((_, axis) => sizes.slice(axis + 1).reduce((step, size) => step * size, 1));
  const offset: unknown = Reflect.get(value, "offset") ?? 0;
  if (offset === 0 && sizes.every((size, axis) => size === 1 || strides[axis] === expected[axis])) return;
  throw new DataError(
    `${argument}.${name}`,
    `expected elements stored row after row, with strides [${expected.join(", ")}] and offset 0, got strides [${strides.join(", ")}] and offset ${describe(offset)}; copy them into that order first`,
  );
}

/** Refuses a scale that is not a normal float32, since kernels multiply by it in float32. @throws DataError */
function checkScale(scale: unknown, argument: string): asserts scale is number | undefined {
  if (scale === undefined) return;
  if (typeof scale === "number" && scale >= MIN_SCALE && scale <= MAX_SCALE) return;
  throw new DataError(
    `${argument}.scale`,
    `expected a number above 0 that float32 holds (1.2e-38 to 3.4e38), got ${describe(scale)}`,
  );
}
