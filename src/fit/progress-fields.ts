/** The numbers and records of an interrupted fit, to JSON and back. */
import { FormatError } from "../errors.ts";
import type { EpochRecord, IterationRecord, ModelEvaluation } from "../fit-options.ts";
import { show } from "../formats/bytes.ts";
import type { JsonValue } from "../formats/json.ts";
import { figureOf as readFigure } from "../formats/json-fields.ts";
import { pause } from "../pause.ts";

/** What a field of a record is: a whole number ≥ 0, or a figure, which may have overflowed. */
type Kind = "count" | "figure";

type Fields<T> = Readonly<Record<Exclude<keyof T & string, "validation">, Kind>>;

const EVALUATION: Fields<ModelEvaluation> = { objective: "figure", loss: "figure", accuracy: "figure" };
const EPOCH: Fields<EpochRecord> = {
  epoch: "count",
  loss: "figure",
  accuracy: "figure",
  learningRate: "figure",
};
const ITERATION: Fields<IterationRecord> = {
  iteration: "count",
  objective: "figure",
  loss: "figure",
  accuracy: "figure",
  gradientNorm: "figure",
  passes: "count",
  work: "figure",
};

/** Returns plain data as JSON. Figures may have overflowed: numbers that are not finite become their names. */
export async function asJson(value: unknown): Promise<JsonValue> {
  if (typeof value === "number" && !Number.isFinite(value)) return String(value);
  if (typeof value !== "object" || value === null) return value as JsonValue;
  await pause();
  if (Array.isArray(value)) {
    const items: JsonValue[] = [];
    for (const item of value) items.push(await asJson(item));
    return items;
  }
  const object: Record<string, JsonValue> = {};
  for (const [name, item] of Object.entries(value)) if (item !== undefined) object[name] = await asJson(item);
  return object;
}

/** Reads the records of epochs 1 to `last`. @throws FormatError */
export function epochsOf(value: unknown, last: number): Promise<EpochRecord[]> {
  return recordsOf(value, EPOCH, { name: "epoch", first: 1, last });
}

/** Reads the records of the start, which is iteration 0, to iteration `last`. @throws FormatError */
export function iterationsOf(value: unknown, last: number): Promise<IterationRecord[]> {
  return recordsOf(value, ITERATION, { name: "iteration", first: 0, last });
}

/** Reads what was reported before. A page shows it again, so it has to be what it was: numbers, in their order. */
async function recordsOf<T>(
  value: unknown,
  fields: Fields<T>,
  { name, first, last }: { readonly name: string; readonly first: number; readonly last: number },
): Promise<T[]> {
  const count = last - first + 1;
  if (!Array.isArray(value) || value.length !== count) throw bad("history", `not ${count} records`);
  const records: T[] = [];
  for (const [i, item] of value.entries()) {
    await pause();
    const { validation, ...figures } = objectOf(item);
    const record = fieldsOf(figures, fields);
    if (record[name] !== first + i) throw bad(`history.${name}`, record[name]);
    const seen = validation !== undefined && { validation: fieldsOf(objectOf(validation), EVALUATION) };
    records.push({ ...record, ...seen } as T);
  }
  return records;
}

function fieldsOf(
  from: Record<string, unknown>,
  fields: Readonly<Record<string, Kind>>,
): Record<string, number> {
  for (const name of Object.keys(from)) {
    if (!Object.hasOwn(fields, name)) throw bad(`history.${name.slice(0, 40)}`, "an unknown field");
  }
  const entries = Object.entries(fields).map(([name, kind]): [string, number] => [
    name,
    kind === "count" ? countOf(from, name) : figureOf(from[name], `history.${name}`),
  ]);
  return Object.fromEntries(entries);
}

/** Reads a number that may have overflowed. Older files have null instead of such numbers. @throws FormatError */
export function figureOf(value: unknown, field: string): number {
  if (value === null) return Number.NaN;
  return readFigure(value, `model.progress.${field}`);
}

/** @throws FormatError anything but `{…}` */
export function objectOf(value: unknown): Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) throw bad("state", value);
  return value as Record<string, unknown>;
}

/** @throws FormatError anything but a finite number */
export function numberOf(from: Record<string, unknown>, name: string): number {
  const value = from[name];
  if (typeof value !== "number" || !Number.isFinite(value)) throw bad(name, value);
  return value;
}

/** @throws FormatError anything but an integer from 0 to `most` */
export function countOf(from: Record<string, unknown>, name: string, most = 2 ** 32 - 1): number {
  const value = numberOf(from, name);
  if (!Number.isInteger(value) || value < 0 || value > most) throw bad(name, value);
  return value;
}

/** Makes the error for what a field of a file holds. */
export function bad(field: string, given: unknown): FormatError {
  const what = typeof given === "string" ? given.slice(0, 60) : show(given);
  return new FormatError(`model.progress.${field}`, `no fit can go on from this: got ${what}`);
}
