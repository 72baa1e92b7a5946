/**
 * Gzip decompression of a chunked source through the platform's `DecompressionStream`, with the two things
 * it leaves open closed: memory stays bounded, and one gzip member must fill the whole source. No inflate
 * of our own, and no gzip writer.
 */
import { FormatError } from "../errors.ts";

/** The next chunk of a source, `undefined` once it has ended. Rejects with whatever the source failed with. */
export type Pull = () => Promise<Uint8Array | undefined>;

/** A chunked source that can be given up before its end. */
export interface Chunks {
  readonly pull: Pull;
  /** Frees what the source holds; never throws, and does nothing after the end. */
  cancel(reason: unknown): void;
}

/**
 * Compressed bytes handed over at a time. Some engines inflate a whole input chunk before anyone can stop
 * them, and deflate expands at most about 1032-fold: 16 KiB bound what a gzip bomb can cost to 16 MiB.
 */
const PIECE_BYTES = 2 ** 14;

/** True for the two bytes that begin every gzip member. */
export function isGzip(head: readonly number[]): boolean {
  return head[0] === 0x1f && head[1] === 0x8b;
}

/**
 * The decompressed chunks of `compressed`. Errors of the source pass through as they are. `expected` is the
 * number of decompressed bytes asked for so far, for the message. Cancelling frees the decompressor and
 * leaves the source to whoever opened it.
 *
 * @throws FormatError  from `pull`: corrupt or truncated data (the platform's error is the cause), or bytes
 *                      after the end of the gzip member
 */
export function gunzip(compressed: Pull, argument: string, expected: () => number): Chunks {
  const { readable, writable } = new DecompressionStream("gzip");
  const output = readable.getReader();
  const input = feed(compressed, writable.getWriter());
  let length = 0;

  async function pull(): Promise<Uint8Array | undefined> {
    let result: ReadableStreamReadResult<Uint8Array>;
    try {
      result = await output.read();
    } catch (cause) {
      if (input.failure !== undefined) throw input.failure.reason;
      throw new FormatError(
        argument,
        `the gzip data are corrupt, truncated or followed by other bytes: expected at least ${expected()} decompressed bytes, found ${length}`,
        { cause },
      );
    }
    if (result.done) {
      checkTrailer(input.lastWord, length, argument);
      return undefined;
    }
    length += result.value.length;
    return result.value;
  }

  function cancel(reason: unknown): void {
    output.cancel(reason).catch(ignore);
  }

  return { pull, cancel };
}

/**
 * A gzip member ends with its length modulo 2³². Not every engine refuses what follows the member (Node
 * skips zeros and reads further members), but then the last four bytes of the source are not that length.
 */
function checkTrailer(lastWord: number, length: number, argument: string): void {
  if (lastWord === length % 2 ** 32) return;
  throw new FormatError(
    argument,
    `trailing bytes after the gzip data: ${length} bytes were decompressed, but the source ends in a length of ${lastWord}`,
  );
}

/** What is known of the compressed bytes while, and after, they are fed to the decompressor. */
interface Input {
  /** The last four bytes so far, little-endian. */
  lastWord: number;
  /** Set where the source failed, as against the decompressor. */
  failure?: { readonly reason: unknown };
}

/**
 * Feeds `source` to the decompressor, a piece at a time: waiting for each write, not for the room that
 * `writer.ready` reports, keeps the input from being queued as a whole where that room counts chunks.
 */
function feed(source: Pull, writer: WritableStreamDefaultWriter<BufferSource>): Input {
  const input: Input = { lastWord: 0 };

  async function pull(): Promise<Uint8Array | undefined> {
    try {
      return await source();
    } catch (reason) {
      input.failure = { reason };
      throw reason;
    }
  }

  async function writeAll(): Promise<void> {
    for (let chunk = await pull(); chunk !== undefined; chunk = await pull()) {
      for (const byte of chunk.subarray(-4)) input.lastWord = ((input.lastWord >>> 8) | (byte << 24)) >>> 0;
      for (let start = 0; start < chunk.length; start += PIECE_BYTES) {
        await writer.write(new Uint8Array(chunk.subarray(start, start + PIECE_BYTES)));
      }
    }
    await writer.close();
  }

  // Aborting makes the reading side fail too, which is where the failure is reported.
  writeAll().catch((reason: unknown) => writer.abort(reason).catch(ignore));
  writer.closed.catch(ignore);
  return input;
}

/** For the outcome of a cancellation: the error that led to it is the one that is reported. */
export function ignore(): void {}
