/** Fields of parsed JSON with the types they must have. Each function names the field at fault. */
import { FormatError } from "../errors.ts";
import { show } from "./bytes.ts";
import type { JsonObject, JsonValue } from "./json.ts";

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

/** @throws FormatError anything but an array of numbers */
export function numbersOf(value: unknown, argument: string): Float64Array {
  return Float64Array.from(arrayOf(value, argument), (item) => numberOf(item, argument));
}

/** @throws FormatError anything but an array of at least one row, all of the same length */
export function rowsOf(value: unknown, argument: string): Rows {
  const rows = arrayOf(value, argument).map((row) => arrayOf(row, argument));
  if (rows.length === 0) throw new FormatError(argument, "expected at least one row, got none");
  const cols = rows[0].length;
  // All lengths before any memory: one long row among many short ones must not decide how much is taken.
  for (const [i, row] of rows.entries()) {
    if (row.length === cols) continue;
    throw new FormatError(argument, `row 0 has ${cols} numbers and row ${i} has ${row.length}`);
  }
  const values = new Float64Array(rows.length * cols);
  for (const [i, row] of rows.entries()) values.set(numbersOf(row, argument), i * cols);
  return { values, rows: rows.length, cols };
}
