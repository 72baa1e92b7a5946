/** Reads zip archives: what is in them and how large it is unpacked, before anything is unpacked. */
import { FormatError, LimitError } from "../../../../src/errors.ts";

/** A file in an archive. */
export interface ZipEntry {
  readonly name: string;
  readonly method: number;
  readonly packedSize: number;
  readonly size: number;
  /** Where its local header begins. */
  readonly offset: number;
}

const END_SIGNATURE = 0x06054b50;
const ENTRY_SIGNATURE = 0x02014b50;
const LOCAL_SIGNATURE = 0x04034b50;
const END_BYTES = 22;
const ENTRY_BYTES = 46;
const LOCAL_BYTES = 30;
/** Longest comment behind the directory. */
const MAX_COMMENT = 0xffff;
const STORED = 0;
const DEFLATED = 8;
/** Sizes and offsets that stand in a longer form elsewhere. */
const ZIP64 = 0xffff_ffff;

/** Reads the central directory. @throws FormatError no archive, one cut off, one larger than 4 GB */
export async function readDirectory(archive: Blob, path: string): Promise<ZipEntry[]> {
  const tailStart = Math.max(0, archive.size - END_BYTES - MAX_COMMENT);
  const tail = new DataView(await archive.slice(tailStart).arrayBuffer());
  let at = tail.byteLength - END_BYTES;
  while (at >= 0 && tail.getUint32(at, true) !== END_SIGNATURE) at--;
  if (at < 0) throw new FormatError(path, "is cut off or no zip archive: it has no directory at its end");
  const count = tail.getUint16(at + 10, true);
  const length = tail.getUint32(at + 12, true);
  const start = tail.getUint32(at + 16, true);
  if (start === ZIP64)
    throw new FormatError(path, "is a zip archive of more than 4 GB, which is not read here");
  if (start + length > archive.size) throw new FormatError(path, "is cut off: its directory ends beyond it");
  return entriesOf(await archive.slice(start, start + length).arrayBuffer(), count, path);
}

function entriesOf(directory: ArrayBuffer, count: number, path: string): ZipEntry[] {
  const view = new DataView(directory);
  const entries: ZipEntry[] = [];
  for (let at = 0; entries.length < count; ) {
    if (at + ENTRY_BYTES > view.byteLength || view.getUint32(at, true) !== ENTRY_SIGNATURE)
      throw new FormatError(path, "has a broken zip directory");
    const nameLength = view.getUint16(at + 28, true);
    const end = at + ENTRY_BYTES + nameLength;
    if (end > view.byteLength) throw new FormatError(path, "has a broken zip directory");
    entries.push({
      name: new TextDecoder().decode(new Uint8Array(directory, at + ENTRY_BYTES, nameLength)),
      method: view.getUint16(at + 10, true),
      packedSize: view.getUint32(at + 20, true),
      size: view.getUint32(at + 24, true),
      offset: view.getUint32(at + 42, true),
    });
    at = end + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return entries;
}

/** Unpacks a file, but no more bytes than it announces. @throws FormatError, LimitError */
export async function unpack(archive: Blob, entry: ZipEntry, path: string): Promise<Uint8Array<ArrayBuffer>> {
  const { name, method, packedSize, size, offset } = entry;
  const local = new DataView(await archive.slice(offset, offset + LOCAL_BYTES).arrayBuffer());
  if (local.byteLength < LOCAL_BYTES || local.getUint32(0, true) !== LOCAL_SIGNATURE)
    throw new FormatError(path, `“${name}” in it is not where its directory says`);
  const start = offset + LOCAL_BYTES + local.getUint16(26, true) + local.getUint16(28, true);
  const packed = archive.slice(start, start + packedSize);
  if (method === STORED) {
    if (packedSize !== size) throw new LimitError(path, `“${name}” in it is larger than it announces`);
    return new Uint8Array(await packed.arrayBuffer());
  }
  if (method !== DEFLATED)
    throw new FormatError(path, `“${name}” in it is packed or encrypted in an unknown way`);
  return inflate(packed, size, name, path);
}

async function inflate(
  packed: Blob,
  size: number,
  name: string,
  path: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const reader = packed.stream().pipeThrough(new DecompressionStream("deflate-raw")).getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for (let step = await reader.read(); !step.done; step = await reader.read()) {
      length += step.value.length;
      if (length > size) throw new LimitError(path, `“${name}” in it unpacks to more than it announces`);
      chunks.push(step.value);
    }
  } catch (cause) {
    if (cause instanceof LimitError) throw cause;
    throw new FormatError(path, `“${name}” in it cannot be unpacked: the archive is damaged`, { cause });
  } finally {
    // The rest of a failed stream is not needed.
    reader.cancel().catch(() => {});
  }
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
