/** The files of a drop, those in folders included. */
import { type NamedFile, named } from "./open-context.ts";

/** Returns everything that was dropped. Must be called while the drop is handled: afterwards the browser hides it. */
export function droppedFiles({ items, files }: DataTransfer): Promise<NamedFile[]> {
  const entries = Array.from(items)
    .filter(({ kind }) => kind === "file")
    .map((item) => item.webkitGetAsEntry());
  if (!entries.every((entry) => entry !== null)) return Promise.resolve(Array.from(files, named));
  const found: NamedFile[] = [];
  return collect(entries, found).then(() => found);
}

/** Adds all files to `found`, one by one: a folder may hold more than a call takes arguments. */
async function collect(entries: readonly FileSystemEntry[], found: NamedFile[]): Promise<void> {
  for (const entry of entries) {
    if (isFolder(entry)) await collect(await entriesOf(entry), found);
    else if (isFile(entry)) found.push({ path: entry.fullPath.slice(1), file: await fileOf(entry) });
  }
}

/** Returns the entries of a folder, which its reader returns in parts. */
async function entriesOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const found: FileSystemEntry[] = [];
  for (;;) {
    const part = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (part.length === 0) return found;
    found.push(...part);
  }
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}

function isFolder(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}
