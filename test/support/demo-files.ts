/** Files for the demo's readers, and what these make of them. */
import { File } from "node:buffer";
import {
  DEFAULT_PICTURES,
  type NamedFile,
  type OpenProgress,
  type TableChoices,
} from "../../demo/app/data/open-context.ts";
import { openFiles } from "../../demo/app/data/open-files.ts";
import { kindOf } from "../../demo/app/data/open-kind.ts";

/** What is chosen where a test says nothing. */
export const TABLE: TableChoices = {
  label: "species",
  leaveOut: [],
  skipIncomplete: false,
  split: "stratified",
  arePixels: false,
};

/** A file at a path; its type is what a browser would make of its name. */
export function file(path: string, content: string | Uint8Array<ArrayBuffer>, type = ""): NamedFile {
  return { path, file: new File([content], path, { type }) as unknown as globalThis.File };
}

/** The data set, with what was told meanwhile. */
export function open(files: readonly NamedFile[], table: Partial<TableChoices> = {}, signal?: AbortSignal) {
  const progress: OpenProgress[] = [];
  const context = {
    signal: signal ?? new AbortController().signal,
    onProgress: (seen: OpenProgress) => void progress.push(seen),
  };
  const opening = kindOf(files).then((known) =>
    openFiles(known, { table: { ...TABLE, ...table }, pictures: DEFAULT_PICTURES }, context),
  );
  return Object.assign(opening, { progress });
}
