/** JSON as text for people: an entry a line, arrays of plain values in one line. Everything reads back bit for bit. */
import { FormatError } from "../errors.ts";
import { show } from "./bytes.ts";
import { isUnsafeKey, type JsonObject, type JsonValue, MAX_ENTRIES } from "./json.ts";

/** Levels of arrays and objects that a value given from outside may have: a file holds it some levels down. */
const MAX_VALUE_DEPTH = 32;

/** A value as JSON text; numbers in the shortest form that reads back the same, −0 too. */
export function formatJson(value: JsonValue, indent = ""): string {
  if (typeof value === "number") return formatNumber(value);
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const deeper = `${indent}  `;
  if (isArray(value)) {
    if (value.every(isScalar)) return `[${value.map((item) => formatJson(item)).join(", ")}]`;
    return `[\n${value.map((item) => deeper + formatJson(item, deeper)).join(",\n")}\n${indent}]`;
  }
  const entries = Object.entries(value);
  if (entries.length === 0) return "{}";
  const lines = entries.map(([key, item]) => `${deeper}${JSON.stringify(key)}: ${formatJson(item, deeper)}`);
  return `{\n${lines.join(",\n")}\n${indent}}`;
}

/** `JSON.stringify` writes −0 as 0. */
function formatNumber(value: number): string {
  return Object.is(value, -0) ? "-0" : JSON.stringify(value);
}

/**
 * Checks that a value can be written and read back the same.
 *
 * @throws FormatError  numbers that are not finite, objects with a class, functions, `undefined`, keys that
 *                      {@link parseJson} refuses, cycles and other deep nesting
 */
export function checkJson(value: unknown, argument: string, depth = 0): asserts value is JsonValue {
  if (value === null || typeof value === "boolean" || typeof value === "string") return;
  if (typeof value === "number" && Number.isFinite(value)) return;
  if (depth === MAX_VALUE_DEPTH) {
    throw new FormatError(argument, `more than ${MAX_VALUE_DEPTH} levels of arrays and objects`);
  }
  if (Array.isArray(value)) {
    for (const [i, item] of value.entries()) checkJson(item, `${argument}[${i}]`, depth + 1);
  } else if (isPlainObject(value)) {
    const entries = Object.entries(value);
    if (entries.length > MAX_ENTRIES) {
      throw new FormatError(argument, `more than ${MAX_ENTRIES} entries in an object`);
    }
    for (const [key, item] of entries) {
      checkKey(key, argument);
      checkJson(item, `${argument}.${key.slice(0, 40)}`, depth + 1);
    }
  } else {
    throw new FormatError(argument, `expected a value that JSON can hold, got ${show(value)}`);
  }
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

function isScalar(value: JsonValue): boolean {
  return typeof value !== "object" || value === null;
}

function isArray(value: readonly JsonValue[] | JsonObject): value is readonly JsonValue[] {
  return Array.isArray(value);
}
