/** The bytes of a file as they come: counted, unzipped where they are gzip, and no more of them after an abort. */
import { concat } from "../../../src/formats/bytes.ts";
import { FormatError } from "../../../src/index.ts";
import type { NamedFile, OpenContext } from "./open-context.ts";

/** The file as it is. */
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

/** The content, piece by piece. @throws FormatError gzip data that are corrupt, a file that cannot be read */
export async function* chunksOf(
  named: NamedFile,
  context: OpenContext,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const counted = countedStream(named, context);
  const plain = (await isGzip(named.file)) ? counted.pipeThrough(new DecompressionStream("gzip")) : counted;
  const reader = plain.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } catch (cause) {
    context.signal.throwIfAborted();
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new FormatError(named.path, `cannot be read to its end: ${reason}`, { cause });
  } finally {
    // What is left of a stream that failed or was aborted is of no interest.
    reader.cancel().catch(() => {});
  }
}

/** The whole content. */
export async function bytesOf(named: NamedFile, context: OpenContext): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  for await (const chunk of chunksOf(named, context)) chunks.push(chunk);
  return concat(chunks);
}

/** The first bytes of the content, or none of a file that cannot be read: its reader says why. */
export async function headOf(named: NamedFile, count: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    const { signal } = new AbortController();
    for await (const chunk of chunksOf(named, { signal, onProgress: () => {} })) {
      chunks.push(chunk);
      length += chunk.length;
      if (length >= count) break;
    }
  } catch {
    return new Uint8Array();
  }
  return (await concat(chunks)).subarray(0, count);
}

async function isGzip(file: File): Promise<boolean> {
  const [first, second] = new Uint8Array(await file.slice(0, 2).arrayBuffer());
  return first === 0x1f && second === 0x8b;
}
