/** JSON as text for people: an entry a line, arrays of plain values in one line. Everything reads back bit for bit. */
import { FormatError } from "../errors.ts";
import { pause } from "../pause.ts";
import { show } from "./bytes.ts";
import { isUnsafeKey, type JsonValue, MAX_ENTRIES } from "./json.ts";
import { inPieces } from "./pieces.ts";

/** Levels of arrays and objects that a value given from outside may have: a file holds it some levels down. */
const MAX_VALUE_DEPTH = 32;

/** Numbers put into text between two looks at the clock: well under a millisecond. */
const NUMBERS = 2 ** 10;

/** A value without parts. */
type Scalar = null | boolean | number | string;

/** A value that can be written: JSON, and numbers in a typed array, which become a list. */
export type Writable = JsonValue | Float64Array | readonly Writable[] | { readonly [key: string]: Writable };

/**
 * Writes a value as JSON text: numbers in the shortest form that reads back the same, −0 too, and those that are not
 * finite by their names, such as `"Infinity"`. Pauses come between its pieces, which are then joined in one go.
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

/** Writes `[1, 2]`. */
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

/** Tells whether the text that engines make of a number, which is quick to have, reads back the same. */
function isPlain(value: number): boolean {
  return Number.isFinite(value) && !Object.is(value, -0);
}

/** Writes −0, and numbers that are not finite, which `JSON.stringify` would write as 0 and null. */
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
    // By index: a callback would not see holes.
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

/** @throws FormatError a name that {@link parseJson} refuses as a key */
export function checkKey(key: string, argument: string): void {
  if (isUnsafeKey(key)) throw new FormatError(argument, `${show(key)} cannot be a key`);
}

/** True for `{…}` of any realm, false for instances of classes. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function isScalar(value: Writable): value is Scalar {
  return typeof value !== "object" || value === null;
}

/** Tells whether a list fits in one line: nothing in it has parts. */
function isLine(value: Writable): value is readonly Scalar[] {
  return isArray(value) && value.every(isScalar);
}

function isArray(value: Writable): value is readonly Writable[] {
  return Array.isArray(value);
}
