/** Writes JSON for people: one entry per line, arrays of plain values in one line. Numbers read back bit for bit. */
import { inPieces } from "../data/pieces.ts";
import { FormatError } from "../errors.ts";
import { pause } from "../pause.ts";
import { show } from "./bytes.ts";
import { isUnsafeKey, type JsonValue, MAX_ENTRIES } from "./json.ts";

/** Largest depth of a value to write. Less than the reader's limit, since the file nests the value some levels deep. */
const MAX_VALUE_DEPTH = 32;

/** Number of numbers formatted between two looks at the clock: well under a millisecond. */
const NUMBERS = 2 ** 10;

/** A value without items. */
type Scalar = null | boolean | number | string;

/** A value that can be written: JSON, or numbers in a typed array, which are written as a list. */
export type Writable = JsonValue | Float64Array | readonly Writable[] | { readonly [key: string]: Writable };

/**
 * Formats a value as JSON text, with pauses. Numbers, −0 too, are in the shortest form that reads back the same; those
 * that are not finite are strings, such as `"Infinity"`. The parts of the text are joined at once at the end.
 */
export async function formatJson(value: Writable): Promise<string> {
  const parts: string[] = [];
  await write(value, "", parts);
  return parts.join("");
}

async function write(value: Writable, indent: string, parts: string[]): Promise<void> {
  await pause();
  if (isScalar(value)) parts.push(formatScalar(value));
  else if (value instanceof Float64Array || isLine(value)) await writeLine(value, parts);
  else if (isArray(value)) await writeItems(value, indent, parts);
  else await writeEntries(value, indent, parts);
}

/** Writes a list in one line: `[1, 2]`. */
async function writeLine(values: Float64Array | readonly Scalar[], parts: string[]): Promise<void> {
  parts.push("[");
  await inPieces(
    values.length,
    (begin, end) => {
      if (begin > 0) parts.push(", ");
      parts.push(formatList(values, begin, end));
    },
    NUMBERS,
  );
  parts.push("]");
}

function formatList(values: Float64Array | readonly Scalar[], begin: number, end: number): string {
  if (!(values instanceof Float64Array)) return values.slice(begin, end).map(formatScalar).join(", ");
  const piece = values.subarray(begin, end);
  return piece.every(isPlain) ? piece.join(", ") : Array.from(piece, formatScalar).join(", ");
}

async function writeItems(items: readonly Writable[], indent: string, parts: string[]): Promise<void> {
  const deeper = `${indent}  `;
  for (const [i, item] of items.entries()) {
    parts.push(i === 0 ? `[\n${deeper}` : `,\n${deeper}`);
    await write(item, deeper, parts);
  }
  parts.push(`\n${indent}]`);
}

async function writeEntries(
  object: { readonly [key: string]: Writable },
  indent: string,
  parts: string[],
): Promise<void> {
  const entries = Object.entries(object);
  if (entries.length === 0) parts.push("{}");
  else {
    const deeper = `${indent}  `;
    for (const [i, [key, item]] of entries.entries()) {
      parts.push(i === 0 ? `{\n${deeper}` : `,\n${deeper}`, JSON.stringify(key), ": ");
      await write(item, deeper, parts);
    }
    parts.push(`\n${indent}}`);
  }
}

/** Tells whether `String(value)`, which is fast, reads back as the same number. */
function isPlain(value: number): boolean {
  return Number.isFinite(value) && !Object.is(value, -0);
}

/** Formats a scalar; −0 and numbers that are not finite too, for which `JSON.stringify` would write 0 and null. */
function formatScalar(value: Scalar): string {
  if (typeof value === "number" && !isPlain(value)) return value === 0 ? "-0" : `"${value}"`;
  return JSON.stringify(value);
}

/**
 * Checks that a value can be written and read back the same.
 *
 * @throws FormatError  numbers that are not finite, objects with a class, functions, `undefined`, keys that
 *                      {@link parseJson} refuses, cycles and other deep nesting
 */
export async function checkJson(value: unknown, argument: string, depth = 0): Promise<void> {
  if (isFiniteScalar(value)) return;
  await pause();
  if (depth === MAX_VALUE_DEPTH) {
    throw new FormatError(argument, `more than ${MAX_VALUE_DEPTH} levels of arrays and objects`);
  }
  if (Array.isArray(value)) {
    // Loop by index: a callback would skip holes.
    for (let i = 0; i < value.length; i++) {
      if (!isFiniteScalar(value[i])) await checkJson(value[i], `${argument}[${i}]`, depth + 1);
    }
  } else if (isPlainObject(value)) {
    const entries = Object.entries(value);
    if (entries.length > MAX_ENTRIES) {
      throw new FormatError(argument, `more than ${MAX_ENTRIES} entries in an object`);
    }
    for (const [key, item] of entries) {
      checkKey(key, argument);
      await checkJson(item, `${argument}.${key.slice(0, 40)}`, depth + 1);
    }
  } else {
    throw new FormatError(argument, `expected a value that JSON can hold, got ${show(value)}`);
  }
}

function isFiniteScalar(value: unknown): boolean {
  return (
    value === null ||
    typeof value === "boolean" ||
    typeof value === "string" ||
    (typeof value === "number" && Number.isFinite(value))
  );
}

/** Checks that {@link parseJson} would accept a name as a key. @throws FormatError */
export function checkKey(key: string, argument: string): void {
  if (isUnsafeKey(key)) throw new FormatError(argument, `${show(key)} cannot be a key`);
}

/** Tells whether a value is a plain object, of any realm, and not an instance of a class. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function isScalar(value: Writable): value is Scalar {
  return typeof value !== "object" || value === null;
}

/** Tells whether a list is written in one line: all of its items are scalars. */
function isLine(value: Writable): value is readonly Scalar[] {
  return isArray(value) && value.every(isScalar);
}

function isArray(value: Writable): value is readonly Writable[] {
  return Array.isArray(value);
}
