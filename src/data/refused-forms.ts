/** Says what to write instead of a value that is no matrix and no labels, for error messages. */
import { describe, isMatrixData, tagOf } from "./matrix.ts";

const REMEDIES: readonly (readonly [matches: (value: object) => boolean, write: (name: string) => string])[] =
  [
    [(value) => hasMethod(value, "then"), () => "await it first"],
    [(value) => "schema" in value, (x) => `write ${x}.toArray().map((row) => row.toArray())`],
    [(value) => hasMethod(value, "toArray"), (x) => `write ${x}.toArray()`],
    [(value) => Array.isArray(Reflect.get(value, "values")), (x) => `write its rows, ${x}.values`],
    [(value) => Symbol.asyncIterator in value, (x) => `write await Array.fromAsync(${x})`],
    [(value) => Symbol.iterator in value && !ArrayBuffer.isView(value), (x) => `write Array.from(${x})`],
  ];

/** Describes a value that is no matrix or no list of labels, and says what to write instead, if that is known. */
export function instead(value: unknown, name: string): string {
  if (typeof value === "string") return `${describe(value)}; text must be parsed first`;
  if (typeof value !== "object" || value === null) return describe(value);
  if (isMatrixData(value)) {
    return `a ${tagOf(value)} of ${value.length}; write { data: ${name}, rows, cols }, or of one row [${name}]`;
  }
  const found = REMEDIES.find(([matches]) => matches(value));
  return found ? `${describe(value)}; ${found[1](name)}` : describe(value);
}

/** Does the same for an element of an array that is no row of numbers. */
export function insteadOfRow(row: unknown, name: string): string {
  if (typeof row === "number") return `${row}; one row is written [${name}]`;
  if (typeof row !== "object" || row === null) return describe(row);
  if ("data" in row) return `${describe(row)}; write ${name}.map((row) => row.data)`;
  if (hasMethod(row, "then")) return `${describe(row)}; write await Promise.all(${name})`;
  const isRecord = Object.getPrototypeOf(row) === Object.prototype;
  return isRecord ? `${describe(row)}; write ${name}.map((row) => Object.values(row))` : describe(row);
}

function hasMethod(value: object, name: string): boolean {
  return typeof Reflect.get(value, name) === "function";
}
