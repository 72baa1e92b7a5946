/**
 * Bytes read in order from wherever a caller has them (a file, a response, a buffer), plain or gzip. Knows
 * nothing of what the bytes mean, and holds no more of them in memory than have really come.
 */
import { DataError, FormatError, StateError } from "../errors.ts";
import { type Chunks, gunzip, ignore, isGzip, type Pull } from "./gunzip.ts";
import { describe } from "./matrix.ts";

/** Where a file's bytes may come from. A `File` is a `Blob`. Gzip is recognised by its first bytes. */
export type ByteSource = Blob | ArrayBuffer | Uint8Array | Response;

/** A source read front to back. */
export interface ByteReader {
  /** The argument the source was passed as, for errors. */
  readonly argument: string;
  /** The next `count` bytes, fewer where the source ends first. */
  read(count: number): Promise<Uint8Array<ArrayBuffer>>;
  /** True where no byte is left; reads at most one chunk to find out. */
  isAtEnd(): Promise<boolean>;
  /** The length of the whole source in bytes, where it is known without reading: not for gzip or a response. */
  plainLength(): Promise<number | undefined>;
  /** Gives the source up. */
  cancel(reason: unknown): void;
}

interface OpenSource extends Chunks {
  readonly length: number | undefined;
}

/** Bytes allocated at first for content of unknown length: doubled as bytes come, never trusted from a header. */
const FIRST_ALLOCATION = 2 ** 20;

/**
 * Opens the sources, hands them to `read` in the same order and returns what that returns. Whatever fails,
 * every source opened is cancelled before the error is passed on.
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

  /** Makes `pending` hold a byte, or returns false at the end. */
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
      bytes = withRoom(bytes, filled + taken.length, count);
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

/** `bytes` if `needed` fit, else a copy with twice the room, at most `limit`: a complete read ends exactly there. */
function withRoom(bytes: Uint8Array<ArrayBuffer>, needed: number, limit: number): Uint8Array<ArrayBuffer> {
  if (needed <= bytes.length) return bytes;
  const larger = new Uint8Array(Math.min(limit, Math.max(needed, 2 * bytes.length)));
  larger.set(bytes);
  return larger;
}

/** The source itself, or what it holds where its first bytes say gzip. */
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

/** A response's Content-Length is not used: under a content encoding it counts other bytes than the body has. */
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
