/** Checks the types of fields in parsed JSON. Each error names the field. */
import { inPieces } from "../data/pieces.ts";
import { FormatError } from "../errors.ts";
import { show } from "./bytes.ts";
import type { JsonObject, JsonValue } from "./json.ts";

/** Rows of equal length, stored one after the other in `values` `[rows × cols]`. */
export interface Rows {
  readonly values: Float64Array;
  readonly rows: number;
  readonly cols: number;
}

/** Checks that a value is an object, and returns it. @throws FormatError */
export function objectOf(value: JsonValue, argument: string): JsonObject {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value as JsonObject;
  throw new FormatError(argument, `expected an object, got ${show(value)}`);
}

/** Checks the names of fields. @throws FormatError a `required` one is missing, or one is in neither list */
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

/** Checks that a value is an array, and returns it. @throws FormatError */
export function arrayOf(value: unknown, argument: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new FormatError(argument, `expected an array, got ${show(value)}`);
}

/** Checks that a value is a number, and returns it. @throws FormatError */
export function numberOf(value: unknown, argument: string): number {
  if (typeof value === "number") return value;
  throw new FormatError(argument, `expected a number, got ${show(value)}`);
}

/** Numbers that JSON cannot express; files hold them as these strings. */
const NOT_FINITE: readonly unknown[] = ["NaN", "Infinity", "-Infinity"];

/** Reads a number that may also be infinite or NaN. @throws FormatError */
export function figureOf(value: unknown, argument: string): number {
  return NOT_FINITE.includes(value) ? Number(value) : numberOf(value, argument);
}

/** Reads an array of numbers, each by `read`. @throws FormatError */
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

/** Reads an array of at least one row, all of equal length. @throws FormatError */
export async function rowsOf(value: unknown, argument: string): Promise<Rows> {
  const rows = arrayOf(value, argument);
  if (rows.length === 0) throw new FormatError(argument, "expected at least one row, got none");
  const cols = arrayOf(rows[0], argument).length;
  // Check all lengths before allocating: one long row among many short ones must not decide how much is allocated.
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
