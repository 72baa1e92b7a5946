/**
 * Reads bytes in order from a file, a response or a buffer, plain or gzip. Knows nothing of what the bytes mean, and
 * never allocates much more memory than the bytes that have arrived.
 */
import { DataError, FormatError, StateError } from "../errors.ts";
import { pause } from "../pause.ts";
import { type Chunks, gunzip, ignore, isGzip, type Pull } from "./gunzip.ts";
import { describe } from "./matrix.ts";

/** Source of the bytes of a file. A `File` is a `Blob`. Gzip is recognised by its first two bytes. */
export type ByteSource = Blob | ArrayBuffer | Uint8Array | Response;

/** A source that is read from front to back. */
export interface ByteReader {
  /** Name of the argument that the source was passed as, for errors. */
  readonly argument: string;
  /** Reads the next `count` bytes, or fewer if the source ends before. */
  read(count: number): Promise<Uint8Array<ArrayBuffer>>;
  /** Tells whether no byte is left; may read a chunk to find out. */
  isAtEnd(): Promise<boolean>;
  /** Returns the length of the whole source in bytes if it is known without reading: not for gzip or a response. */
  plainLength(): Promise<number | undefined>;
  /** Gives up the source. */
  cancel(reason: unknown): void;
}

interface OpenSource extends Chunks {
  readonly length: number | undefined;
}

/**
 * Bytes allocated at first for content of unknown length. Doubled as bytes arrive: a header's length is not trusted.
 */
const FIRST_ALLOCATION = 2 ** 20;

/**
 * Opens the sources, passes their readers to `read` in the same order, and returns its result. If anything fails, every
 * opened source is cancelled before the error is thrown.
 *
 * @throws DataError    a source of another type
 * @throws FormatError  an HTTP status that is not ok, bad gzip data
 * @throws StateError   a response whose body has been read before, or is locked
 */
export async function withSources<T>(
  sources: readonly (readonly [source: ByteSource, argument: string])[],
  read: (...readers: ByteReader[]) => Promise<T>,
): Promise<T> {
  const readers: ByteReader[] = [];
  try {
    for (const [source, argument] of sources) readers.push(createReader(source, argument));
    return await read(...readers);
  } catch (error) {
    for (const reader of readers) reader.cancel(error);
    throw error;
  }
}

function createReader(source: ByteSource, argument: string): ByteReader {
  const opened = openSource(source, argument);
  let detected: Promise<OpenSource> | undefined;
  let pending = new Uint8Array() as Uint8Array;
  let expected = 0;

  function content(): Promise<OpenSource> {
    detected ??= decompressed(opened, argument, () => expected);
    return detected;
  }

  /** Fills `pending` with at least one byte; returns false at the end of the source. */
  async function fill(): Promise<boolean> {
    const { pull } = await content();
    while (pending.length === 0) {
      const chunk = await pull();
      if (chunk === undefined) return false;
      pending = chunk;
    }
    return true;
  }

  async function read(count: number): Promise<Uint8Array<ArrayBuffer>> {
    expected += count;
    const { length } = await content();
    let bytes = new Uint8Array(Math.min(count, length ?? FIRST_ALLOCATION));
    let filled = 0;
    while (filled < count && (await fill())) {
      const taken = pending.subarray(0, count - filled);
      if (filled + taken.length > bytes.length) {
        bytes = await enlarged(bytes.subarray(0, filled), Math.max(filled + taken.length, 2 * filled), count);
      }
      bytes.set(taken, filled);
      filled += taken.length;
      pending = pending.subarray(taken.length);
    }
    return bytes.subarray(0, filled);
  }

  function cancel(reason: unknown): void {
    opened.cancel(reason);
    detected?.then((chunks) => chunks.cancel(reason)).catch(ignore);
  }

  return {
    argument,
    read,
    isAtEnd: async () => !(await fill()),
    plainLength: async () => (await content()).length,
    cancel,
  };
}

/** Bytes that are copied at a time: under a millisecond. */
const COPIED_BYTES = 2 ** 20;

/** Returns a copy with room for `room` bytes, but at most `limit`: the size of a complete read. */
async function enlarged(
  bytes: Uint8Array<ArrayBuffer>,
  room: number,
  limit: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const larger = new Uint8Array(Math.min(limit, room));
  for (let start = 0; start < bytes.length; start += COPIED_BYTES) {
    larger.set(bytes.subarray(start, start + COPIED_BYTES), start);
    await pause();
  }
  return larger;
}

/** Returns the source itself, or its decompressed content if it begins as gzip does. */
async function decompressed(
  source: OpenSource,
  argument: string,
  expected: () => number,
): Promise<OpenSource> {
  const seen: Uint8Array[] = [];
  const head: number[] = [];
  while (head.length < 2) {
    const chunk = await source.pull();
    if (chunk === undefined) break;
    seen.push(chunk);
    head.push(...chunk.subarray(0, 2 - head.length));
  }
  const pull: Pull = async () => seen.shift() ?? source.pull();
  return isGzip(head) ? { ...gunzip(pull, argument, expected), length: undefined } : { ...source, pull };
}

function openSource(source: ByteSource, argument: string): OpenSource {
  if (source instanceof ArrayBuffer) return openArray(new Uint8Array(source));
  if (source instanceof Uint8Array) return openArray(source);
  if (source instanceof Blob) return { ...openStream(source.stream()), length: source.size };
  if (source instanceof Response) return openResponse(source, argument);
  throw new DataError(
    argument,
    `expected a Blob, ArrayBuffer, Uint8Array or Response, got ${describe(source)}`,
  );
}

function openArray(bytes: Uint8Array): OpenSource {
  const chunks = [bytes];
  return { pull: async () => chunks.shift(), cancel: ignore, length: bytes.length };
}

/**
 * Opens a response. Its Content-Length is not used, since under a content encoding it is not the length of the body.
 *
 * @throws StateError, FormatError
 */
function openResponse(response: Response, argument: string): OpenSource {
  const { ok, body, bodyUsed, status, statusText } = response;
  if (bodyUsed || body?.locked) {
    throw new StateError(
      argument,
      "the body of the response has already been read, or is locked by a reader",
    );
  }
  if (!ok) {
    body?.cancel().catch(ignore);
    throw new FormatError(
      argument,
      `expected an HTTP response that is ok, got status ${status} ${statusText}`.trim(),
    );
  }
  return body === null ? openArray(new Uint8Array()) : openStream(body);
}

function openStream(stream: ReadableStream<Uint8Array>): OpenSource {
  const reader = stream.getReader();
  return {
    pull: async () => (await reader.read()).value,
    cancel: (reason) => void reader.cancel(reason).catch(ignore),
    length: undefined,
  };
}
