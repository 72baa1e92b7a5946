/**
 * A strict reader of NPY files, the arrays that `numpy.save` writes: versions 1.0 to 3.0, booleans, integers, float16,
 * float32, float64 and strings. Not pickled objects, structured types, complex numbers or archives (`.npz`).
 */
import { checkForeign } from "../data/foreign-file.ts";
import { fromHalf } from "../data/storage.ts";
import { FormatError } from "../errors.ts";
import { checkBytes, countOf, show, viewOf } from "./bytes.ts";
import { type NpyHeader, readNpyHeader } from "./npy-header.ts";
import { inPieces } from "./pieces.ts";

/** An array of any rank; its values in C order, the last index fastest, however the file keeps them. */
export interface NpyArray {
  /** Empty for a single value. */
  readonly shape: readonly number[];
  /** As many as the sizes multiplied. */
  readonly values: Float64Array | readonly string[];
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

/** The elements of a file. */
interface Elements {
  readonly view: DataView;
  readonly count: number;
  /** Where the i-th element in C order stands among those of the file. */
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
  /** Bytes of an element, at least 1. */
  readonly size: number;
  readonly little: boolean;
}

/**
 * Reads `<f8` and the like: the byte order, the kind, and the bytes (of strings: the characters) of an element. Single
 * bytes have no order, whatever the sign before them; `=`, `|` and no sign mean the machine's, taken as little-endian.
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

/** Returns the place in the file of an element counted in C order. */
function placesOf({ shape, fortranOrder }: NpyHeader, count: number): (i: number) => number {
  const isColumnMajor = fortranOrder && shape.length > 1;
  if (!isColumnMajor) return (i) => i;
  return (i) => {
    let rest = i;
    let place = 0;
    // The last index is what C order counts first, and in Fortran order it steps over all sizes before it.
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

/** Code points in four bytes each, filled up with zeros. */
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
