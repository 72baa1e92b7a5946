/** Opens files of every kind that this page knows. Loaded when the first files are opened. */
import { FormatError } from "../../../src/index.ts";
import type { DemoDataset } from "./demo-dataset.ts";
import { openIdxInWorker } from "./idx-in-worker.ts";
import type { NamedFile, OpenChoices, OpenContext } from "./open-context.ts";
import { type KnownFiles, remarkOnIgnored } from "./open-kind.ts";
import { openNpy } from "./open-npy.ts";
import { openPictures } from "./pictures/open-pictures.ts";
import { checkFileSize } from "./tables/file-size.ts";
import { openTable } from "./tables/open-table.ts";
import type { TableProfile } from "./tables/profile.ts";
import { profileTable } from "./tables/profile-table.ts";

/**
 * Opens files whose kind `kindOf` told.
 *
 * @throws SoftmaxError that begins with the file's name; after an abort, the signal's reason
 */
export async function openFiles(
  known: KnownFiles,
  choices: OpenChoices,
  context: OpenContext,
): Promise<DemoDataset> {
  context.signal.throwIfAborted();
  const dataset = await openKind(known, choices, context);
  return { ...dataset, description: `${dataset.description} ${remarkOnIgnored(known)}`.trim() };
}

async function openKind(
  { kind, files }: KnownFiles,
  { table, pictures }: OpenChoices,
  context: OpenContext,
): Promise<DemoDataset> {
  if (kind === "idx") return openIdxInWorker(files, context);
  if (kind === "npy") return openNpy(files, context);
  if (kind === "pictures") return openPictures(files, pictures, context);
  if (files.length > 1) {
    throw new FormatError(files[1].path, `is a second table beside ${files[0].path}; open one at a time`);
  }
  if (!table) throw new FormatError(files[0].path, "the column of its labels is to be chosen first");
  return openTable(files[0], table, context);
}

/**
 * Looks at the first rows of a table that is to be opened. Whether it has a header is guessed if `hasHeader` is null.
 *
 * @throws LimitError a file too large to be opened; what `profileTable` throws
 */
export async function lookAtTable(
  file: NamedFile,
  hasHeader: boolean | null,
  signal: AbortSignal,
): Promise<TableProfile> {
  await checkFileSize(file);
  return profileTable(file, hasHeader === null ? {} : { hasHeader }, signal);
}

export { kindOf } from "./open-kind.ts";
