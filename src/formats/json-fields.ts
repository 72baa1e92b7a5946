/** Fields of parsed JSON with the types they must have. Each function names the field at fault. */
import { FormatError } from "../errors.ts";
import { show } from "./bytes.ts";
import type { JsonObject, JsonValue } from "./json.ts";
import { inPieces } from "./pieces.ts";

/** Rows of one length, one after the other: `values` `[rows × cols]`. */
export interface Rows {
  readonly values: Float64Array;
  readonly rows: number;
  readonly cols: number;
}

/** @throws FormatError anything but `{…}` */
export function objectOf(value: JsonValue, argument: string): JsonObject {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as JsonObject;
  throw new FormatError(argument, `expected an object, got ${show(value)}`);
}

/** @throws FormatError one of `required` is missing, or a field is in neither list */
export function checkFields(
  object: JsonObject,
  argument: string,
  required: readonly string[],
  optional: readonly string[] = [],
): void {
  for (const name of required) {
    if (!Object.hasOwn(object, name)) throw new FormatError(`${argument}.${name}`, "missing");
  }
  for (const name of Object.keys(object)) {
    if (required.includes(name) || optional.includes(name)) continue;
    throw new FormatError(`${argument}.${name.slice(0, 40)}`, "an unknown field");
  }
}

/** @throws FormatError anything but `[…]` */
export function arrayOf(value: unknown, argument: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new FormatError(argument, `expected an array, got ${show(value)}`);
}

/** @throws FormatError anything but a number */
export function numberOf(value: unknown, argument: string): number {
  if (typeof value === "number") return value;
  throw new FormatError(argument, `expected a number, got ${show(value)}`);
}

/** Names of the numbers that JSON cannot write; files hold them in quotation marks. */
const NOT_FINITE: readonly unknown[] = ["NaN", "Infinity", "-Infinity"];

/** Reads a number that may be infinite or NaN. @throws FormatError anything but a number or one of those names */
export function figureOf(value: unknown, argument: string): number {
  return NOT_FINITE.includes(value) ? Number(value) : numberOf(value, argument);
}

/** @throws FormatError anything but an array of numbers */
export async function numbersOf(
  value: unknown,
  argument: string,
  read: (item: unknown, argument: string) => number = numberOf,
): Promise<Float64Array> {
  const list = arrayOf(value, argument);
  const numbers = new Float64Array(list.length);
  await inPieces(list.length, (begin, end) => {
    for (let i = begin; i < end; i++) numbers[i] = read(list[i], argument);
  });
  return numbers;
}

/** @throws FormatError anything but an array of at least one row, all of the same length */
export async function rowsOf(value: unknown, argument: string): Promise<Rows> {
  const rows = arrayOf(value, argument);
  if (rows.length === 0) throw new FormatError(argument, "expected at least one row, got none");
  const cols = arrayOf(rows[0], argument).length;
  // All lengths before any memory: one long row among many short ones must not decide how much is taken.
  await inPieces(rows.length, (begin, end) => {
    for (let i = begin; i < end; i++) {
      const { length } = arrayOf(rows[i], argument);
      if (length === cols) continue;
      throw new FormatError(argument, `row 0 has ${cols} numbers and row ${i} has ${length}`);
    }
  });
  const values = new Float64Array(rows.length * cols);
  await inPieces(values.length, (begin, end) => {
    for (let at = begin; at < end; ) {
      const i = Math.floor(at / cols);
      const row = rows[i] as readonly unknown[];
      for (const stop = Math.min(end, (i + 1) * cols); at < stop; at++) {
        values[at] = numberOf(row[at - i * cols], argument);
      }
    }
  });
  return { values, rows: rows.length, cols };
}
