/** Reads a saved benchmark record, which may come from anywhere. Fields that are not part of the format are dropped. */
import * as v from "valibot";
import { type BenchRecord, benchRecord } from "../record.ts";

export const MAX_FILE_BYTES = 10e6;

/** Why a file is not a record; names the field. */
export class RecordError extends Error {
  override readonly name = "RecordError";
}

/** @throws RecordError the file is too large or not a record */
export async function readRecordFile(file: Pick<Blob, "size" | "text">): Promise<BenchRecord> {
  if (file.size > MAX_FILE_BYTES) throw new RecordError("The file is over 10 MB; no record is that large.");
  return readRecord(await file.text());
}

/** @throws RecordError the text is not a record */
export function readRecord(json: string): BenchRecord {
  return checkedRecord(parse(json));
}

/** @throws RecordError the value is no record */
export function checkedRecord(value: unknown): BenchRecord {
  const result = v.safeParse(benchRecord, value, { abortEarly: true });
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
