/**
 * The header of an NPY file: a Python dictionary with three known entries, read by its grammar and never evaluated.
 * Format: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
import { FormatError } from "../errors.ts";
import { decodeUtf8, show, sizeOf, viewOf } from "./bytes.ts";

/** What a header says, and where the elements begin. */
export interface NpyHeader {
  /** The element type as NumPy writes it, such as `<f8`. */
  readonly descr: string;
  /** True where the first index is the fastest. */
  readonly fortranOrder: boolean;
  readonly shape: readonly number[];
  /** The bytes before the first element. */
  readonly length: number;
}

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
const VERSION_AT = 6;
const LENGTH_AT = 8;

/** NumPy reads no longer ones from files it does not trust, and headers of plain arrays are far shorter. */
const MAX_HEADER_BYTES = 10_000;

/** NumPy's own largest rank. */
const MAX_RANK = 64;

const ENTRY = /\s*(?:'(\w+)'|"(\w+)")\s*:\s*(?:'([^'\\]*)'|"([^"\\]*)"|(True|False)|\(([\d\s,L]*)\))\s*/y;

/** @throws FormatError another magic number or version, a truncated header, or one that says something else */
export function readNpyHeader(bytes: Uint8Array, argument: string): NpyHeader {
  const { start, length } = locate(bytes, argument);
  // ASCII in versions 1 and 2, but for names of structured types, which are refused anyway: UTF-8 reads all three.
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

/** Where the dictionary starts and the elements follow. */
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

/** `{'name': value, …}` where values are strings, booleans or tuples of sizes; then spaces and the end of the line. */
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
 * Reads the sizes between two brackets. One alone is a number in Python, and a tuple only with its comma. Python 2
 * wrote an L behind some integers.
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
