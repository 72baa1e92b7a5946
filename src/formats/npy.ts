/**
 * A strict reader of NPY files, the arrays that `numpy.save` writes: versions 1.0 to 3.0, integers, float32, float64
 * and strings. Not pickled objects, structured types, complex numbers or archives (`.npz`).
 */
import { FormatError } from "../errors.ts";
import { checkBytes, countOf, show, viewOf } from "./bytes.ts";
import { type NpyHeader, readNpyHeader } from "./npy-header.ts";

/** An array of any rank; its values in C order, the last index fastest, however the file keeps them. */
export interface NpyArray {
  /** Empty for a single value. */
  readonly shape: readonly number[];
  /** As many as the sizes multiplied. */
  readonly values: Float64Array | readonly string[];
}

type ReadNumber = (view: DataView, offset: number, little: boolean) => number | bigint;

const NUMBERS: Readonly<Record<string, ReadNumber>> = {
  u1: (view, offset) => view.getUint8(offset),
  i1: (view, offset) => view.getInt8(offset),
  u2: (view, offset, little) => view.getUint16(offset, little),
  i2: (view, offset, little) => view.getInt16(offset, little),
  u4: (view, offset, little) => view.getUint32(offset, little),
  i4: (view, offset, little) => view.getInt32(offset, little),
  u8: (view, offset, little) => view.getBigUint64(offset, little),
  i8: (view, offset, little) => view.getBigInt64(offset, little),
  f4: (view, offset, little) => view.getFloat32(offset, little),
  f8: (view, offset, little) => view.getFloat64(offset, little),
};

const CODE_POINT_BYTES = 4;

/**
 * Reads a whole file. Big-endian elements and Fortran order are converted.
 *
 * @throws FormatError  naming the part (`npy.shape`): not an NPY file, another version, a header that is not the
 *                      dictionary of a plain array, an element type not listed above, a shape that overflows or does
 *                      not fit the bytes, integers beyond ±2⁵³, strings that are not Unicode
 */
export function readNpy(bytes: Uint8Array, argument = "npy"): NpyArray {
  checkBytes(bytes, argument);
  const header = readNpyHeader(bytes, argument);
  const { shape } = header;
  const { kind, size, little } = readDescr(header.descr, `${argument}.descr`);
  const expected = countOf([...shape, size], `${argument}.shape`);
  const found = bytes.length - header.length;
  if (found !== expected) {
    const problem = found < expected ? "truncated" : "trailing bytes";
    throw new FormatError(
      `${argument}.shape`,
      `${problem}: expected ${expected} bytes of elements, found ${found}`,
    );
  }
  const view = viewOf(bytes.subarray(header.length));
  const offsets = offsetsOf(header, expected / size);
  if (kind === "U") {
    const strings = Array.from(offsets, (i) => readString(view, i * size, size, little, `${argument}.data`));
    return { shape, values: strings };
  }
  const read = NUMBERS[kind + size];
  const values = offsets.map((i) => exact(read(view, i * size, little), `${argument}.data`));
  return { shape, values };
}

interface Descr {
  readonly kind: string;
  /** Bytes of an element, at least 1. */
  readonly size: number;
  readonly little: boolean;
}

/** `<f8` and the like: the byte order, the kind, and the bytes (of strings: the characters) of an element. */
function readDescr(descr: string, argument: string): Descr {
  const [, order, kind, digits] = /^([<>|])([fiuU])([1-9]\d{0,8})$/.exec(descr) ?? [];
  const isKnown = kind === "U" || Object.hasOwn(NUMBERS, `${kind}${digits}`);
  const hasOrder = kind === "U" || digits !== "1";
  if (!isKnown || hasOrder !== (order !== "|")) {
    throw new FormatError(
      argument,
      `expected integers, float32, float64 or strings (such as '<i8', '<f8', '<U5'), got ${show(descr)}`,
    );
  }
  const size = Number(digits) * (kind === "U" ? CODE_POINT_BYTES : 1);
  return { kind, size, little: order !== ">" };
}

/** Where the elements, taken in C order, stand in the file. */
function offsetsOf({ shape, fortranOrder }: NpyHeader, count: number): Float64Array {
  const offsets = new Float64Array(count);
  const isColumnMajor = fortranOrder && shape.length > 1;
  if (!isColumnMajor) return offsets.map((_, i) => i);
  return offsets.map((_, i) => {
    let rest = i;
    let offset = 0;
    // The last index is what C order counts first, and in Fortran order it steps over all sizes before it.
    for (let axis = shape.length - 1, step = count; axis >= 0; axis--) {
      step /= shape[axis];
      offset += (rest % shape[axis]) * step;
      rest = Math.floor(rest / shape[axis]);
    }
    return offset;
  });
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
