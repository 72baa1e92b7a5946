/** Opens project files, which may be damaged or made to do harm. */
import { FormatError, LimitError } from "../../../../src/index.ts";
import { makeBuiltIn } from "../../data/built-in.ts";
import type { DemoDataset } from "../../data/demo-dataset.ts";
import { readDirectory, unpack, type ZipEntry } from "../../data/tables/zip.ts";
import { readerOf } from "../kept/bytes.ts";
import { Fields, fail } from "../kept/fields.ts";
import { loadRun } from "../kept/load-models.ts";
import { readRun } from "../kept/run-record.ts";
import { builtInOf, unpackDataset } from "../kept/unpack-dataset.ts";
import type { RestoredRun } from "../run-records.ts";
import type { SavedWork, Session } from "../session.ts";
import { DATA, FORMAT, MODEL, PROJECT, VERSION } from "./project-file.ts";

/** Bytes at most of each file in an archive, unpacked. */
const MOST: Readonly<Record<string, number>> = { [PROJECT]: 2 ** 26, [MODEL]: 2 ** 28, [DATA]: 2 ** 30 };

/**
 * Replaces the session's data, options and model by those of a file.
 *
 * @throws FormatError, LimitError, OptionError a file that is no project, damaged or too large; nothing has changed then
 */
export async function openProject(session: Session, file: File): Promise<void> {
  const { dataset, ...work } = await readProject(file);
  await session.open(dataset, work);
}

/** A project, read and checked. */
export interface Project extends SavedWork {
  readonly dataset: DemoDataset;
}

/** @throws as {@link openProject} */
export async function readProject(file: File): Promise<Project> {
  const { name } = file;
  const entries = await entriesOf(file);
  const read = async (entry: ZipEntry | undefined) => {
    if (!entry) return null;
    const bytes = await unpack(file, entry, name);
    if (bytes.length === entry.size) return bytes;
    throw new FormatError(name, `“${entry.name}” in it is shorter than it announces: the file is damaged`);
  };
  const json = jsonIn(await read(entries.get(PROJECT)), name);
  const [model, data] = [await read(entries.get(MODEL)), await read(entries.get(DATA))];
  const { signal } = new AbortController();
  const context = { place: name, read: readerOf(new Blob(data ? [data] : []), name), signal };
  const builtIn = builtInOf(json.fields("data"));
  const dataset = builtIn ? await makeBuiltIn(builtIn) : await unpackDataset(json.get("data"), context);
  const record = readRun(json.get("run"), name);
  if (dataset.train.x.rows === 0 && !model) fail(name, "rows or a model, and it has neither");
  const run = await loadRun(record, { model, candidate: null }, dataset, name);
  return { dataset, record, run: await checkedRun(run, dataset) };
}

/** Returns the files by name, none of them too large. */
async function entriesOf(file: File): Promise<ReadonlyMap<string, ZipEntry>> {
  const entries = new Map<string, ZipEntry>();
  for (const entry of await readDirectory(file, file.name)) {
    const most = Object.hasOwn(MOST, entry.name) ? MOST[entry.name] : 0;
    if (most === 0) throw new FormatError(file.name, "is a zip archive, but no project of this page");
    if (entry.size > most) {
      const sizes = `${entry.size} bytes, more than the ${most} that are read here`;
      throw new LimitError(file.name, `“${entry.name}” in it unpacks to ${sizes}`);
    }
    entries.set(entry.name, entry);
  }
  return entries;
}

function jsonIn(bytes: Uint8Array | null, name: string): Fields {
  if (!bytes) throw new FormatError(name, `is no project of this page: it has no ${PROJECT}`);
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw new FormatError(name, `its ${PROJECT} is no JSON: the file is damaged`, { cause });
  }
  const fields = new Fields(json, name);
  if (fields.get("format") !== FORMAT) throw new FormatError(name, "is no project of this page");
  if (fields.get("version") === VERSION) return fields;
  throw new FormatError(name, "is from another version of this page; open it there");
}

/** Returns the run with figures that are measured here: those of a file prove nothing. */
async function checkedRun(run: RestoredRun, { validation }: DemoDataset): Promise<RestoredRun> {
  const { model } = run;
  if (!model || validation.y.length === 0) return { ...run, accuracy: Number.NaN, opened: null };
  try {
    const evaluation = await model.evaluate(validation.x, validation.y as string[]);
    return { ...run, accuracy: evaluation.accuracy, opened: run.history.length > 0 ? null : evaluation };
  } catch (error) {
    model.dispose();
    throw error;
  }
}
