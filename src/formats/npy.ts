/**
 * Reads NPY files, the arrays that `numpy.save` writes, strictly: versions 1.0 to 3.0, booleans, integers, float16,
 * float32, float64 and strings, but no pickled objects, structured types, complex numbers or archives (`.npz`). The
 * header is a Python dictionary with three known entries, which is parsed by its grammar and never evaluated.
 * Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
import { checkForeign } from "../data/foreign-file.ts";
import { inPieces } from "../data/pieces.ts";
import { fromHalf } from "../data/storage.ts";
import { FormatError } from "../errors.ts";
import { checkBytes, countOf, decodeUtf8, show, sizeOf, viewOf } from "./bytes.ts";

/** An array of any rank, in C order: the last index changes fastest, whatever the order in the file. */
export interface NpyArray {
  /** Empty for a single value. */
  readonly shape: readonly number[];
  /** `[product of the sizes]` */
  readonly values: Float64Array | readonly string[];
}

/** Header of a file. */
export interface NpyHeader {
  /** Element type as NumPy writes it, such as `<f8`. */
  readonly descr: string;
  /** True if the first index changes fastest. */
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
  /** Number of bytes before the first element. */
  readonly length: number;
}

type ReadNumber = (view: DataView, offset: number, little: boolean) => number | bigint;

const NUMBERS: Readonly<Record<string, ReadNumber>> = {
  b1: (view, offset) => view.getUint8(offset),
  u1: (view, offset) => view.getUint8(offset),
  i1: (view, offset) => view.getInt8(offset),
  u2: (view, offset, little) => view.getUint16(offset, little),
  i2: (view, offset, little) => view.getInt16(offset, little),
  u4: (view, offset, little) => view.getUint32(offset, little),
  i4: (view, offset, little) => view.getInt32(offset, little),
  u8: (view, offset, little) => view.getBigUint64(offset, little),
  i8: (view, offset, little) => view.getBigInt64(offset, little),
  f2: (view, offset, little) => fromHalf(view.getUint16(offset, little)),
  f4: (view, offset, little) => view.getFloat32(offset, little),
  f8: (view, offset, little) => view.getFloat64(offset, little),
};

const CODE_POINT_BYTES = 4;

/**
 * Reads a whole file, with pauses. Big-endian elements and Fortran order are converted; booleans become 0 and 1.
 *
 * @throws FormatError  naming the part (`npy.shape`): not an NPY file, another version, a header that is not the
 *                      dictionary of a plain array, an element type not listed above, a shape that overflows or does
 *                      not fit the bytes, integers beyond ±2⁵³, booleans other than 0 and 1, strings that are not
 *                      Unicode
 */
export async function readNpy(bytes: Uint8Array, argument = "npy"): Promise<NpyArray> {
  checkBytes(bytes, argument);
  checkForeign(bytes, argument);
  const header = readNpyHeader(bytes, argument);
  const { shape } = header;
  const descr = readDescr(header.descr, `${argument}.descr`);
  const expected = countOf([...shape, descr.size], `${argument}.shape`);
  const found = bytes.length - header.length;
  if (found !== expected) {
    const problem = found < expected ? "truncated" : "trailing bytes";
    throw new FormatError(
      `${argument}.shape`,
      `${problem}: expected ${expected} bytes of elements, found ${found}`,
    );
  }
  const count = expected / descr.size;
  const elements = { view: viewOf(bytes.subarray(header.length)), count, placeOf: placesOf(header, count) };
  const values = await (descr.kind === "U" ? readStrings : readNumbers)(elements, descr, `${argument}.data`);
  return { shape, values };
}

/** Elements of a file. */
interface Elements {
  readonly view: DataView;
  readonly count: number;
  /** Returns the position in the file of the i-th element in C order. */
  readonly placeOf: (i: number) => number;
}

async function readNumbers(
  { view, count, placeOf }: Elements,
  { kind, size, little }: Descr,
  argument: string,
): Promise<Float64Array> {
  const read = NUMBERS[kind + size];
  const values = new Float64Array(count);
  await inPieces(count, (begin, end) => {
    for (let i = begin; i < end; i++) {
      values[i] = exact(read(view, placeOf(i) * size, little), argument);
      if (kind === "b" && values[i] > 1)
        throw new FormatError(argument, `expected booleans, 0 or 1, got ${values[i]}`);
    }
  });
  return values;
}

async function readStrings(
  { view, count, placeOf }: Elements,
  { size, little }: Descr,
  argument: string,
): Promise<string[]> {
  const values: string[] = [];
  await inPieces(count, (begin, end) => {
    for (let i = begin; i < end; i++)
      values.push(readString(view, placeOf(i) * size, size, little, argument));
  });
  return values;
}

interface Descr {
  readonly kind: string;
  /** Number of bytes of an element, at least 1. */
  readonly size: number;
  readonly little: boolean;
}

/**
 * Parses an element type such as `<f8`: byte order, kind, and the number of bytes of an element (of characters for
 * strings). The byte orders `=`, `|` and none are read as little-endian; single bytes have no order.
 *
 * @throws FormatError
 */
function readDescr(descr: string, argument: string): Descr {
  const [, order, kind, digits] = /^([<>|=]?)([bfiuU])([1-9]\d{0,8})$/.exec(descr) ?? [];
  if (kind !== "U" && !Object.hasOwn(NUMBERS, `${kind}${digits}`)) {
    throw new FormatError(
      argument,
      `expected booleans, integers, float16 to float64 or strings (such as '<i8', '<f8', '<U5'), got ${show(descr)}`,
    );
  }
  const size = Number(digits) * (kind === "U" ? CODE_POINT_BYTES : 1);
  return { kind, size, little: order !== ">" };
}

/** Returns a function from the position of an element in C order to its position in the file. */
function placesOf({ shape, fortranOrder }: NpyHeader, count: number): (i: number) => number {
  const isColumnMajor = fortranOrder && shape.length > 1;
  if (!isColumnMajor) return (i) => i;
  return (i) => {
    let rest = i;
    let place = 0;
    // In C order the last index changes fastest; in Fortran order its step is the product of all sizes before it.
    for (let axis = shape.length - 1, step = count; axis >= 0; axis--) {
      step /= shape[axis];
      place += (rest % shape[axis]) * step;
      rest = Math.floor(rest / shape[axis]);
    }
    return place;
  };
}

function exact(value: number | bigint, argument: string): number {
  if (typeof value === "number") return value;
  const number = Number(value);
  if (Math.abs(number) <= Number.MAX_SAFE_INTEGER) return number;
  throw new FormatError(argument, `an integer beyond ±2⁵³, which float64 does not hold exactly: ${value}`);
}

/** Reads a string: code points of four bytes each, padded with zeros. @throws FormatError */
function readString(view: DataView, start: number, size: number, little: boolean, argument: string): string {
  const points: number[] = [];
  for (let at = start; at < start + size; at += CODE_POINT_BYTES) points.push(view.getUint32(at, little));
  const end = points.findLastIndex((point) => point !== 0) + 1;
  return points
    .slice(0, end)
    .map((point) => {
      if (point <= 0x10ffff) return String.fromCodePoint(point);
      throw new FormatError(argument, `a string with ${point}, which is no character of Unicode`);
    })
    .join("");
}

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
const VERSION_AT = 6;
const LENGTH_AT = 8;

/** Largest header, which is also NumPy's limit for untrusted files; the headers of plain arrays are far shorter. */
const MAX_HEADER_BYTES = 10_000;

/** Largest rank, which is also NumPy's limit. */
const MAX_RANK = 64;

const ENTRY = /\s*(?:'(\w+)'|"(\w+)")\s*:\s*(?:'([^'\\]*)'|"([^"\\]*)"|(True|False)|\(([\d\s,L]*)\))\s*/y;

/** Reads the header. @throws FormatError another magic number or version, a truncated header, or another dictionary */
export function readNpyHeader(bytes: Uint8Array, argument: string): NpyHeader {
  const { start, length } = locate(bytes, argument);
  // Versions 1 and 2 are in ASCII except for names in structured types, which are refused: UTF-8 reads all versions.
  const text = decodeUtf8(bytes.subarray(start, length), `${argument}.header`);
  const entries = readDictionary(text, `${argument}.header`);
  const { descr, fortran_order: fortranOrder, shape } = entries;
  if (typeof descr !== "string") throw new FormatError(`${argument}.descr`, "expected an element type");
  if (typeof fortranOrder !== "boolean") {
    throw new FormatError(`${argument}.fortran_order`, "expected True or False");
  }
  if (!Array.isArray(shape)) throw new FormatError(`${argument}.shape`, "expected a tuple of sizes");
  if (shape.length > MAX_RANK) {
    throw new FormatError(`${argument}.shape`, `expected at most ${MAX_RANK} sizes, got ${shape.length}`);
  }
  return { descr, fortranOrder, shape: shape.map((size) => sizeOf(size, `${argument}.shape`)), length };
}

/** Returns the position of the dictionary, and the length of the whole header. @throws FormatError */
function locate(bytes: Uint8Array, argument: string): { start: number; length: number } {
  if (!MAGIC.every((byte, i) => bytes[i] === byte)) {
    throw new FormatError(argument, "expected an NPY file, which begins with \\x93NUMPY");
  }
  const [major, minor] = bytes.subarray(VERSION_AT, LENGTH_AT);
  if (bytes.length >= LENGTH_AT && !(major >= 1 && major <= 3 && minor === 0)) {
    throw new FormatError(`${argument}.version`, `expected 1.0, 2.0 or 3.0, got ${major}.${minor}`);
  }
  const start = LENGTH_AT + (major === 1 ? 2 : 4);
  if (bytes.length < start) {
    throw new FormatError(`${argument}.header`, `truncated: expected ${start} bytes, found ${bytes.length}`);
  }
  const view = viewOf(bytes);
  const declared = major === 1 ? view.getUint16(LENGTH_AT, true) : view.getUint32(LENGTH_AT, true);
  if (declared > MAX_HEADER_BYTES) {
    throw new FormatError(
      `${argument}.header`,
      `declares ${declared} bytes, at most ${MAX_HEADER_BYTES} are read: structured types are not supported`,
    );
  }
  const length = start + declared;
  if (bytes.length >= length) return { start, length };
  throw new FormatError(`${argument}.header`, `truncated: expected ${length} bytes, found ${bytes.length}`);
}

/**
 * Parses `{'name': value, …}`, whose values are strings, booleans or tuples of sizes; then spaces and a line feed.
 *
 * @throws FormatError
 */
function readDictionary(text: string, argument: string): Record<string, unknown> {
  const body = /^\{(.*)\} *\n$/s.exec(text)?.[1].trimEnd();
  if (body === undefined) throw new FormatError(argument, "expected a Python dictionary and a line feed");
  const entries = new Map<string, unknown>();
  let at = 0;
  while (at < body.length) {
    ENTRY.lastIndex = at;
    const match = ENTRY.exec(body);
    if (match === null) {
      throw new FormatError(
        argument,
        `expected 'descr', 'fortran_order' and 'shape' of a plain array, found ${show(body.slice(at))}`,
      );
    }
    const name = match[1] ?? match[2];
    if (!["descr", "fortran_order", "shape"].includes(name)) {
      throw new FormatError(argument, `an unknown entry ${show(name)}`);
    }
    if (entries.has(name)) throw new FormatError(argument, `${show(name)} occurs twice`);
    entries.set(name, readValue(match, argument));
    at = ENTRY.lastIndex;
    if (at === body.length) break;
    if (body[at++] !== ",") throw new FormatError(argument, `expected a comma after ${show(name)}`);
  }
  return Object.fromEntries(entries);
}

function readValue(match: RegExpExecArray, argument: string): unknown {
  const [, , , single, double, boolean, tuple] = match;
  return tuple === undefined ? (single ?? double ?? boolean === "True") : readTuple(tuple, argument);
}

/**
 * Parses the sizes of a tuple. A single size must have a comma after it: without, Python reads a number. Python 2 wrote
 * an L after some integers.
 *
 * @throws FormatError
 */
function readTuple(text: string, argument: string): number[] {
  if (text.trim() === "") return [];
  const sizes = text.split(",").map((size) => size.trim());
  const hasComma = sizes.length > 1;
  if (hasComma && sizes.at(-1) === "") sizes.pop();
  if (hasComma && sizes.every((size) => /^(?:0|[1-9]\d*)L?$/.test(size)))
    return sizes.map((size) => Number(size.replace("L", "")));
  throw new FormatError(argument, `(${text.slice(0, 40)}) is not a tuple of sizes`);
}
