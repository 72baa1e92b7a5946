/** Checks the fields of a saved encoder. Each error names the field. */
import { FormatError } from "../../../../src/index.ts";

/** Fields of an object, and how errors call the object. */
export interface JsonFields {
  readonly path: string;
  readonly fields: ReadonlyMap<string, unknown>;
}

/** Characters of a name or a value at most. */
const MOST_CHARACTERS = 2 ** 16;

/** Returns the fields of an object. @throws FormatError */
export function fieldsOf(value: unknown, path: string): JsonFields {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new FormatError(path, "expected an object");
  return { path, fields: new Map(Object.entries(value)) };
}

/** Returns a list of at most so many items. @throws FormatError */
export function listOf({ path, fields }: JsonFields, name: string, most: number): readonly unknown[] {
  const list = fields.get(name);
  if (Array.isArray(list) && list.length <= most) return list;
  throw new FormatError(`${path}.${name}`, `expected a list of at most ${most} items`);
}

export function textOf({ path, fields }: JsonFields, name: string): string {
  const text = fields.get(name);
  if (typeof text === "string" && text.length <= MOST_CHARACTERS) return text;
  throw new FormatError(`${path}.${name}`, "expected a text");
}

export function textsOf(json: JsonFields, name: string, most: number): readonly string[] {
  const list = listOf(json, name, most);
  if (list.every((item) => typeof item === "string" && item.length <= MOST_CHARACTERS))
    return list as readonly string[];
  throw new FormatError(`${json.path}.${name}`, "expected a list of texts");
}

/** Returns so many numbers. @throws FormatError */
export function numbersOf(json: JsonFields, name: string, count: number): Float64Array {
  const list = listOf(json, name, count);
  if (list.length === count && list.every((item) => Number.isFinite(item)))
    return Float64Array.from(list as readonly number[]);
  throw new FormatError(`${json.path}.${name}`, `expected ${count} numbers`);
}

export function finiteOf({ path, fields }: JsonFields, name: string): number {
  const value = fields.get(name);
  if (typeof value === "number" && Number.isFinite(value)) return value;
  throw new FormatError(`${path}.${name}`, "expected a number");
}

export function booleanOf({ path, fields }: JsonFields, name: string): boolean {
  const value = fields.get(name);
  if (typeof value === "boolean") return value;
  throw new FormatError(`${path}.${name}`, "expected true or false");
}

export function oneOf<Value extends string>(
  { path, fields }: JsonFields,
  name: string,
  values: readonly Value[],
): Value {
  const found = values.find((value) => value === fields.get(name));
  if (found !== undefined) return found;
  throw new FormatError(`${path}.${name}`, `expected one of ${values.join(", ")}`);
}
