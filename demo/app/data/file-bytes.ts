/** The bytes of files: counted, unzipped if they are gzip, read no faster than they are used. */
import { gunzip, type Pull } from "../../../src/data/gunzip.ts";
import { FormatError } from "../../../src/errors.ts";
import { concat } from "../../../src/formats/bytes.ts";
import type { NamedFile, OpenContext } from "./open-context.ts";
import { reasonOf } from "./text.ts";

/** Returns the bytes of a file as they are, and reports how many were read. */
export function countedStream({ path, file }: NamedFile, { signal, onProgress }: OpenContext) {
  let seen = 0;
  const counter = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
    transform(chunk, controller) {
      seen += chunk.length;
      onProgress({ text: `Reading ${path}`, share: seen / file.size });
      controller.enqueue(chunk);
    },
  });
  return file.stream().pipeThrough(counter, { signal });
}

/**
 * Yields the content, piece by piece. Of gzip data no more than a few MiB are unzipped before the next piece is asked
 * for.
 *
 * @throws FormatError gzip data that are corrupt, a file that cannot be read
 */
export async function* chunksOf(named: NamedFile, context: OpenContext): AsyncGenerator<Uint8Array> {
  const reader = countedStream(named, context).getReader();
  const read: Pull = async () => (await reader.read()).value;
  let seen = 0;
  try {
    const content = (await isGzip(named.file))
      ? gunzip(read, named.path, () => seen + 1)
      : { pull: read, cancel: () => {} };
    try {
      for (let chunk = await content.pull(); chunk !== undefined; chunk = await content.pull()) {
        seen += chunk.length;
        yield chunk;
      }
    } finally {
      content.cancel(undefined);
    }
  } catch (cause) {
    context.signal.throwIfAborted();
    throw new FormatError(named.path, `cannot be read to its end: ${reasonOf(cause)}`, { cause });
  } finally {
    // The rest of a failed or aborted stream is not needed.
    reader.cancel().catch(() => {});
  }
}

/** Returns the first bytes of the content; none of a file that cannot be read, since its reader says why. */
export async function headOf(named: NamedFile, count: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    const { signal } = new AbortController();
    for await (const chunk of chunksOf(named, { signal, onProgress: () => {} })) {
      chunks.push(chunk.subarray(0, count - length));
      length += chunk.length;
      if (length >= count) break;
    }
  } catch {
    return new Uint8Array();
  }
  return await concat(chunks);
}

async function isGzip(file: File): Promise<boolean> {
  const [first, second] = new Uint8Array(await file.slice(0, 2).arrayBuffer());
  return first === 0x1f && second === 0x8b;
}
