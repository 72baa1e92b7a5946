/** Restores the session that this browser kept. Nothing that is read is trusted. */

import { type BuiltIn, makeBuiltIn } from "../../data/built-in.ts";
import type { DemoDataset, RowsCode } from "../../data/demo-dataset.ts";
import { Session } from "../session.ts";
import { bytesOf, readerOf } from "./bytes.ts";
import { Fields, fail } from "./fields.ts";
import { loadRun } from "./load-models.ts";
import { type RunRecord, readRun } from "./run-record.ts";
import type { KeptStore } from "./store.ts";
import { unpackDataset } from "./unpack-dataset.ts";

/** What the session is called in errors. */
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

/** Reads what there is; null if nothing is. @throws FormatError a damaged record, DOMException the browser's refusal */
export async function findKept(store: KeptStore): Promise<KeptSession | null> {
  const [id, data, run] = [await store.read("id"), await store.read("data"), await store.read("run")];
  if (id === undefined) return null;
  if (typeof id !== "string") return fail(PLACE, "an id");
  const fields = new Fields(data, PLACE);
  const builtIn = fields.get("builtIn");
  if (builtIn !== undefined && builtIn !== "digits" && builtIn !== "clouds") return fail(PLACE, "known data");
  return { id, builtIn: builtIn ?? null, data, run, record: run === undefined ? null : readRun(run, PLACE) };
}

/** Makes a session of what was kept. @throws FormatError, LimitError, OptionError what is damaged */
export async function restoreKept(kept: KeptSession): Promise<Session> {
  const dataset = await datasetOf(kept);
  const session = new Session(dataset);
  const { record } = kept;
  if (record) {
    const fields = new Fields(kept.run, PLACE);
    const files = { model: await fileIn(fields, "model"), candidate: await fileIn(fields, "candidate") };
    session.restore(record.choices, await loadRun(record, files, dataset, PLACE), record.modelFile);
  }
  return session;
}

async function datasetOf({ builtIn, data }: KeptSession): Promise<DemoDataset> {
  if (builtIn) return makeBuiltIn(builtIn);
  const { signal } = new AbortController();
  const fields = new Fields(data, PLACE);
  const read = readerOf(blobIn(fields, "content"), PLACE);
  const dataset = await unpackDataset(fields.get("json"), { place: PLACE, read, signal });
  return { ...dataset, code: fields.isNull("code") ? null : codeIn(fields.fields("code")) };
}

function codeIn(fields: Fields): RowsCode {
  const imports = fields.get("imports");
  new Fields(imports, fields.place("imports"));
  const entries = Object.entries(imports as object);
  if (entries.some(([, from]) => typeof from !== "string")) fail(fields.place("imports"), "texts");
  return { imports: Object.fromEntries(entries), text: fields.text("text") };
}

async function fileIn(fields: Fields, name: string): Promise<Uint8Array<ArrayBuffer> | null> {
  return fields.isNull(name) ? null : bytesOf(blobIn(fields, name));
}

function blobIn(fields: Fields, name: string): Blob {
  const bytes = fields.get(name);
  if (bytes instanceof Blob) return bytes;
  return bytes instanceof Uint8Array ? new Blob([bytes.slice()]) : fail(fields.place(name), "bytes");
}
