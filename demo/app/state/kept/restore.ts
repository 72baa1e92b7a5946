/** Restores the session that this browser kept. Nothing that is read is trusted. */

import { type BuiltIn, makeBuiltIn } from "../../data/built-in.ts";
import type { DemoDataset } from "../../data/demo-dataset.ts";
import { Session } from "../session.ts";
import { bytesOf, readerOf } from "./bytes.ts";
import { Fields, fail } from "./fields.ts";
import { loadRun } from "./load-models.ts";
import { type RunRecord, readRun } from "./run-record.ts";
import type { Records } from "./store.ts";
import { builtInOf, unpackDataset } from "./unpack-dataset.ts";

/** Name of the session in errors. */
const PLACE = "session";

/** A session in the database; its data are not read yet. */
export interface KeptSession {
  readonly id: string;
  /** Null for own data. */
  readonly builtIn: BuiltIn | null;
  readonly data: unknown;
  readonly run: unknown;
  /** Null if no run was kept. */
  readonly record: RunRecord | null;
}

/** Returns what there is; null if nothing is. @throws FormatError a damaged record */
export function keptIn({ id, data, run }: Records): KeptSession | null {
  if (id === undefined) return null;
  if (typeof id !== "string") return fail(PLACE, "an id");
  const builtIn = builtInOf(new Fields(data, PLACE));
  return { id, builtIn, data, run, record: run === undefined ? null : readRun(run, PLACE) };
}

/** Makes a session of what was kept. @throws FormatError, LimitError, OptionError what is damaged */
export async function restoreKept(kept: KeptSession): Promise<Session> {
  const dataset = await datasetOf(kept);
  const session = new Session(dataset);
  const { record } = kept;
  if (record) {
    const fields = new Fields(kept.run, PLACE);
    const files = { model: await fileIn(fields, "model"), candidate: await fileIn(fields, "candidate") };
    await session.open(dataset, { record, run: await loadRun(record, files, dataset, PLACE) });
  }
  return session;
}

async function datasetOf({ builtIn, data }: KeptSession): Promise<DemoDataset> {
  if (builtIn) return makeBuiltIn(builtIn);
  const { signal } = new AbortController();
  const fields = new Fields(data, PLACE);
  const read = readerOf(blobIn(fields, "content"), PLACE);
  return unpackDataset(fields.get("json"), { place: PLACE, read, signal });
}

async function fileIn(fields: Fields, name: string): Promise<Uint8Array<ArrayBuffer> | null> {
  return fields.isNull(name) ? null : bytesOf(blobIn(fields, name));
}

function blobIn(fields: Fields, name: string): Blob {
  const bytes = fields.get(name);
  if (bytes instanceof Blob) return bytes;
  return bytes instanceof Uint8Array ? new Blob([bytes.slice()]) : fail(fields.place(name), "bytes");
}
