/** Files for the demo's readers, and what these make of them. */
import { File } from "node:buffer";
import { expect } from "vitest";
import type { DemoDataset } from "../../demo/app/data/demo-dataset.ts";
import {
  DEFAULT_PICTURES,
  type NamedFile,
  type OpenProgress,
  type TableChoices,
} from "../../demo/app/data/open-context.ts";
import { openFiles } from "../../demo/app/data/open-files.ts";
import { kindOf } from "../../demo/app/data/open-kind.ts";
import { cellText } from "../../demo/app/data/tables/columns.ts";

/** What is chosen where a test says nothing. */
export const TABLE: TableChoices = {
  hasHeader: true,
  label: "species",
  // Numbers that count up, as tests like them, would be taken for ids.
  kinds: new Map([
    ["width", "number"],
    ["x", "number"],
  ]),
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

/** Cells of a column as people read them, training rows first. */
export function cellsOf({ train, validation }: DemoDataset, name: string): string[] {
  return [train, validation].flatMap(({ origin, y }) => {
    const columns = origin?.kind === "table" ? origin.columns : [];
    const column = columns.find((known) => known.name === name);
    if (!column) return expect.unreachable(`there is no column ${name}`);
    return y.map((_, row) => cellText(column, row));
  });
}

/** Expects files to be refused with this in the message. */
export async function expectRefused(
  files: readonly NamedFile[],
  message: string | RegExp,
  table: Partial<TableChoices> = {},
): Promise<void> {
  await expect(open(files, table)).rejects.toThrow(message);
}

/** An NPY file: a type as NumPy writes it, sizes, elements in C order unless `isFortran`. */
export function npy(
  descr: string,
  shape: readonly number[],
  elements: ArrayBufferView<ArrayBuffer>,
  isFortran = false,
) {
  const tuple = shape.map((size) => `${size},`).join(" ");
  const order = isFortran ? "True" : "False";
  const header = `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': (${tuple}), }\n`;
  const start = new TextEncoder().encode(`......v0..${header}`);
  start.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, header.length, 0]);
  const bytes = new Uint8Array(start.length + elements.byteLength);
  bytes.set(start);
  bytes.set(new Uint8Array(elements.buffer, elements.byteOffset, elements.byteLength), start.length);
  return bytes;
}

/** Labels of ten rows in NPY: 0 and 1 by turns. */
export const TEN_LABELS = file("y.npy", npy("<i4", [10], Int32Array.of(0, 1, 0, 1, 0, 1, 0, 1, 0, 1)));
