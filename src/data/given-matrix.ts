/**
 * Opens what callers pass for a matrix, in every form that is plainly rows of numbers. The form is checked at once, in
 * a time that does not grow with the rows; numbers that need converting are converted later, once and in pieces.
 */
import { DataError, LimitError, ShapeError } from "../errors.ts";
import { pause } from "../pause.ts";
import { checkData, type Flat, flatOf, isFlat } from "./flat.ts";
import {
  allocate,
  describe,
  emptyLike,
  isMatrixData,
  MAX_ELEMENTS,
  type Matrix,
  type MatrixData,
  type MatrixLike,
  tagOf,
} from "./matrix.ts";
import { inPieces } from "./pieces.ts";
import { fromHalf } from "./storage.ts";

/** A row as callers pass it. */
export type Row = readonly unknown[] | MatrixData;

/** Elements copied, and rows checked, between two pauses: some milliseconds of work. */
const PIECE = 2 ** 17;
const PIECE_ROWS = 2 ** 15;

/** A matrix whose form is checked. If it is an array of rows, only the first row is checked so far. */
export interface GivenMatrix {
  readonly rows: number;
  readonly cols: number;
  /**
   * Returns the matrix. Typed data are used without a copy. Arrays of rows are copied: into their own element type if
   * all rows share one, else into float64.
   *
   * @throws ShapeError, DataError rows of unequal length, or of something other than numbers
   * @throws LimitError more than this engine has in one piece; the signal's reason
   */
  convert(signal?: AbortSignal): Promise<Matrix>;
}

/**
 * Opens a matrix.
 *
 * @throws ShapeError  empty, not of two dimensions, or `rows × cols` that is not the length of `data`
 * @throws DataError   a value that is not plainly rows of numbers, with what to write instead; an impossible scale
 * @throws LimitError  2³² elements or more
 */
export function openMatrix(value: MatrixLike, argument: string): GivenMatrix {
  if (Array.isArray(value)) return openRows(value, argument);
  if (isFlat(value)) return openFlat(value, flatOf(value, argument), argument);
  throw new DataError(
    argument,
    `expected { data, rows, cols }, { data, shape } or an array of rows, got ${instead(value, argument)}`,
  );
}

/** Opens and converts a matrix. @throws as {@link openMatrix} and {@link GivenMatrix.convert} */
export async function toMatrix(value: MatrixLike, argument: string, signal?: AbortSignal): Promise<Matrix> {
  return openMatrix(value, argument).convert(signal);
}

/** Opens a matrix whose flat form has been read. @throws as {@link openMatrix} */
export function openFlat(value: object, flat: Flat, argument: string): GivenMatrix {
  const [rows, cols] = twoOf(flat.sizes, argument);
  checkCount(rows, cols, argument);
  const { scale } = flat;
  const data = checkData(flat.data, rows, cols, argument);
  if (flat.areHalfBits) {
    const convert = async (signal?: AbortSignal) => ({
      data: await convertHalfBits(data, argument, signal),
      rows,
      cols,
      scale,
    });
    return { rows, cols, convert };
  }
  const isMatrix = "rows" in value && "cols" in value;
  const matrix = isMatrix ? (value as Matrix) : { data, rows, cols, scale };
  return { rows, cols, convert: async () => matrix };
}

function openRows(rows: readonly unknown[], argument: string): GivenMatrix {
  if (rows.length === 0) throw new ShapeError(argument, "expected at least one row, got none");
  const first = rows[0];
  if (!isRow(first)) {
    throw new DataError(argument, `expected an array of rows, row 0 is ${insteadOfRow(first, argument)}`);
  }
  const cols = first.length;
  if (cols === 0) throw new ShapeError(argument, "expected at least one column, row 0 is empty");
  checkCount(rows.length, cols, argument);
  return { rows: rows.length, cols, convert: (signal) => convertRows(rows, cols, argument, signal) };
}

/** Tells whether a value is an array that may be a row. Its elements are not checked. */
export function isRow(value: unknown): value is Row {
  return Array.isArray(value) || isMatrixData(value);
}

function twoOf(sizes: readonly number[], argument: string): readonly [rows: number, cols: number] {
  const [rows, cols] = sizes;
  if (sizes.length === 2) return [rows, cols];
  const hint = sizes.length === 1 ? `; for one row, write [1, ${rows}]` : "";
  throw new ShapeError(
    `${argument}.shape`,
    `expected two dimensions, [rows, cols], got [${sizes.join(", ")}]${hint}`,
  );
}

function checkCount(rows: number, cols: number, argument: string): void {
  if (rows * cols <= MAX_ELEMENTS) return;
  throw new LimitError(argument, `${rows} × ${cols} elements given, at most ${MAX_ELEMENTS} can be indexed`);
}

/**
 * Copies rows of `cols` numbers each into one matrix: of their own element type if all are typed arrays of one type,
 * else of float64.
 *
 * @throws ShapeError, DataError rows of unequal length, or of something other than numbers
 * @throws LimitError the array for them is too large for the engine; the signal's reason
 */
async function convertRows(
  rows: readonly unknown[],
  cols: number,
  argument: string,
  signal: AbortSignal | undefined,
): Promise<Matrix> {
  const type = await typeOfRows(rows, cols, argument, signal);
  const length = rows.length * cols;
  const data = type ? emptyLike(type, length, argument) : allocate(Float64Array, length, argument);
  const rowsAtOnce = Math.max(1, Math.min(PIECE_ROWS, Math.floor(PIECE / cols)));
  const copy = (first: number, end: number) => {
    for (let i = first; i < end; i++) copyRow(rows[i] as Row, data, i, cols, argument);
  };
  await inPieces(rows.length, copy, rowsAtOnce, signal);
  return { data, rows: rows.length, cols };
}

/** Converts the bits of float16 numbers to float32. @throws LimitError; the signal's reason */
async function convertHalfBits(
  halves: MatrixData,
  argument: string,
  signal: AbortSignal | undefined,
): Promise<Float32Array> {
  const data = allocate(Float32Array, halves.length, argument);
  const convert = (begin: number, end: number) => {
    for (let at = begin; at < end; at++) data[at] = fromHalf(halves[at]);
  };
  await inPieces(data.length, convert, PIECE, signal);
  return data;
}

/** Returns the first row if all rows are typed arrays of its type; else null. @throws DataError, ShapeError */
async function typeOfRows(
  rows: readonly unknown[],
  cols: number,
  argument: string,
  signal: AbortSignal | undefined,
): Promise<MatrixData | null> {
  const first = rows[0];
  let common = isMatrixData(first) ? first : null;
  for (let i = 0; i < rows.length; i++) {
    if (i % PIECE_ROWS === 0) await pause(signal);
    const row = rows[i];
    const isTyped = isMatrixData(row);
    if (!isTyped && !Array.isArray(row))
      throw new DataError(argument, `expected an array of rows, row ${i} is ${describe(row)}`);
    if (row.length !== cols) {
      throw new ShapeError(
        argument,
        `expected rows of equal length, row 0 has ${cols} columns and row ${i} has ${row.length}`,
      );
    }
    if (common && !(isTyped && tagOf(row) === tagOf(common))) common = null;
  }
  return common;
}

/** Copies row `i` into `data`, which is a Float64Array if any row is a plain array. @throws DataError */
function copyRow(row: Row, data: MatrixData, i: number, cols: number, argument: string): void {
  const start = i * cols;
  if (!Array.isArray(row)) {
    data.set(row as MatrixData, start);
    return;
  }
  for (let j = 0; j < cols; j++) {
    const element: unknown = row[j];
    if (typeof element !== "number")
      throw new DataError(argument, `expected numbers, row ${i} column ${j} is ${describe(element)}`);
    (data as Float64Array)[start + j] = element;
  }
}

/** Tests for objects that hold rows in a form that is not accepted, with what to write instead. */
const REMEDIES: readonly (readonly [matches: (value: object) => boolean, write: (name: string) => string])[] =
  [
    [(value) => hasMethod(value, "then"), () => "await it first"],
    [(value) => "schema" in value, (x) => `write ${x}.toArray().map((row) => row.toArray())`],
    [(value) => hasMethod(value, "toArray"), (x) => `write ${x}.toArray()`],
    [(value) => Array.isArray(Reflect.get(value, "values")), (x) => `write its rows, ${x}.values`],
    [
      (value) => Symbol.asyncIterator in value,
      (x) => `collect them first: for await (const row of ${x}) rows.push(row)`,
    ],
    [(value) => Symbol.iterator in value && !ArrayBuffer.isView(value), (x) => `write Array.from(${x})`],
  ];

/** Describes a value that is no matrix and no list of labels, for an error message that says what to write instead. */
export function instead(value: unknown, name: string): string {
  if (typeof value === "string") return `${describe(value)}; text must be parsed first`;
  if (typeof value !== "object" || value === null) return describe(value);
  if (isMatrixData(value)) {
    return `a ${tagOf(value)} of ${value.length}; write { data: ${name}, rows, cols }, or [${name}] for one row`;
  }
  const found = REMEDIES.find(([matches]) => matches(value));
  return found ? `${describe(value)}; ${found[1](name)}` : describe(value);
}

/**
 * Describes an element that is no row of numbers, for an error message that says what to write instead of the array.
 */
export function insteadOfRow(row: unknown, name: string): string {
  if (typeof row === "number") return `${row}; write [${name}] for one row`;
  if (typeof row !== "object" || row === null) return describe(row);
  if ("data" in row) return `${describe(row)}; write ${name}.map((row) => row.data)`;
  if (hasMethod(row, "then")) return `${describe(row)}; write await Promise.all(${name})`;
  const isRecord = Object.getPrototypeOf(row) === Object.prototype;
  return isRecord ? `${describe(row)}; write ${name}.map((row) => Object.values(row))` : describe(row);
}

function hasMethod(value: object, name: string): boolean {
  return typeof Reflect.get(value, name) === "function";
}
