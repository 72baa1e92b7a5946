/**
 * Reads a saved benchmark record, which may come from anywhere. Everything that the page relies on is checked here:
 * types, ranges, and sizes that keep it responsive. Fields that are not part of the format are dropped.
 */
import * as v from "valibot";
import { type BenchRecord, RECORD_VERSION } from "../record.ts";

export const MAX_FILE_BYTES = 10e6;

const MAX_RESULTS = 2000;

/** Why a file is not a record; names the field. */
export class RecordError extends Error {
  override readonly name = "RecordError";
}

const text = v.pipe(v.string(), v.maxLength(300));
// A message may quote a whole shader.
const longText = v.pipe(v.string(), v.maxLength(100_000));
const amount = v.pipe(v.number(), v.finite(), v.minValue(0));
const positive = v.pipe(v.number(), v.finite(), v.gtValue(0));
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
// JSON writes an error of NaN as null. It is read as NaN, so the result counts as wrong.
const error = v.pipe(
  v.nullable(amount),
  v.transform((value) => value ?? Number.NaN),
);
const textByName = v.pipe(v.record(text, text), v.maxEntries(50));

const spread = v.pipe(
  v.object({ median: amount, min: amount, max: amount, count }),
  v.check(({ median, min, max }) => min <= median && median <= max, "the median lies outside min to max"),
);
const shape = v.object({ rows: count, features: count, classes: count });
const storage = v.picklist(["f32", "f16", "u8"]);

const adapter = v.object({
  vendor: text,
  architecture: text,
  device: text,
  description: text,
  software: v.boolean(),
  features: v.pipe(v.array(text), v.maxLength(200)),
  limits: v.pipe(v.record(text, amount), v.maxEntries(200)),
});

const machine = v.object({
  runtime: v.picklist(["browser", "node"]),
  agent: longText,
  cpu: v.exactOptional(text),
  cores: count,
  adapter: v.nullable(adapter),
});

const ceilings = v.object({ fma: spread, read: spread, dispatch: spread, submit: spread });

const kernel = v.object({
  kernel: text,
  variant: text,
  shape,
  storage,
  time: spread,
  flops: amount,
  bytes: positive,
  error,
  tolerance: amount,
});

const step = v.object({
  contender: text,
  shape,
  storage,
  time: spread,
  error,
  tolerance: amount,
  note: v.exactOptional(longText),
});

const benchRecord: v.GenericSchema<unknown, BenchRecord> = v.object({
  version: v.literal(RECORD_VERSION),
  date: v.pipe(v.string(), v.isoTimestamp()),
  machine,
  versions: textByName,
  ceilings: v.nullable(ceilings),
  kernels: v.pipe(v.array(kernel), v.maxLength(MAX_RESULTS)),
  steps: v.pipe(v.array(step), v.maxLength(MAX_RESULTS)),
  failures: v.pipe(v.array(v.object({ what: text, message: longText })), v.maxLength(MAX_RESULTS)),
});

/** @throws RecordError the file is too large or not a record */
export async function readRecordFile(file: Pick<Blob, "size" | "text">): Promise<BenchRecord> {
  if (file.size > MAX_FILE_BYTES) throw new RecordError("The file is over 10 MB; no record is that large.");
  return readRecord(await file.text());
}

/** @throws RecordError the text is not a record */
export function readRecord(json: string): BenchRecord {
  const result = v.safeParse(benchRecord, parse(json), { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  const field = v.getDotPath(issue) ?? "the record";
  throw new RecordError(`${field}: ${issue.message}`.slice(0, 300));
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json, refusePrototype);
  } catch (cause) {
    if (cause instanceof RecordError) throw cause;
    throw new RecordError("This is not JSON, or it was cut off.", { cause });
  }
}

function refusePrototype(key: string, value: unknown): unknown {
  if (key === "__proto__") throw new RecordError("__proto__: no field of a record has this name.");
  return value;
}
