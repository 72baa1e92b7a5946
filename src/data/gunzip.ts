/**
 * Decompresses gzip from a chunked source through the platform's `DecompressionStream`, and adds two guarantees that it
 * lacks: memory stays bounded, and a single gzip member must fill the whole source.
 */
import { FormatError } from "../errors.ts";
import { pause } from "../pause.ts";

/** Returns the next chunk of a source, `undefined` after its end. Rejects with the error of the source. */
export type Pull = () => Promise<Uint8Array | undefined>;

/** A chunked source that can be cancelled before its end. */
export interface Chunks {
  readonly pull: Pull;
  /** Frees the resources of the source. Never throws, and does nothing after the end. */
  cancel(reason: unknown): void;
}

/**
 * Compressed bytes passed to the decompressor at a time. Some engines inflate a whole chunk before they can be stopped,
 * and deflate expands at most about 1032-fold, so that a gzip bomb costs at most 16 MiB.
 */
const PIECE_BYTES = 2 ** 14;

/** Tells whether `head` begins with the two bytes that begin every gzip member. */
export function isGzip(head: readonly number[]): boolean {
  return head[0] === 0x1f && head[1] === 0x8b;
}

/**
 * Returns the decompressed chunks of `compressed`. Errors of the source pass through unchanged. `expected` returns the
 * number of decompressed bytes asked for so far, for the error message. Cancelling frees the decompressor, and leaves
 * the source to its owner.
 *
 * @throws FormatError  from `pull`: corrupt or truncated data (with the platform's error as the cause), or bytes after
 *                      the end of the gzip member
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
 * Refuses bytes after the gzip member. A member ends with its decompressed length modulo 2³². Some engines accept more
 * bytes (Node skips zeros and reads further members), but then the last four bytes of the source are not that length.
 *
 * @throws FormatError
 */
function checkTrailer(lastWord: number, length: number, argument: string): void {
  if (lastWord === length % 2 ** 32) return;
  throw new FormatError(
    argument,
    `trailing bytes after the gzip data: ${length} bytes were decompressed, but the source ends in a length of ${lastWord}`,
  );
}

/** State of the compressed input. */
interface Input {
  /** Last four bytes read so far, little-endian. */
  lastWord: number;
  /** Set if the source failed, and not the decompressor. */
  failure?: { readonly reason: unknown };
}

/**
 * Feeds `source` to the decompressor, a piece at a time. Waits for each write and not for `writer.ready`, whose limit
 * counts chunks in some engines: all of the input could be queued.
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
        // Some engines inflate on the thread that writes.
        await pause();
        await writer.write(new Uint8Array(chunk.subarray(start, start + PIECE_BYTES)));
      }
    }
    await writer.close();
  }

  // Aborting makes the reading side fail too, and that side reports the failure.
  writeAll().catch((reason: unknown) => writer.abort(reason).catch(ignore));
  writer.closed.catch(ignore);
  return input;
}

/** Ignores the outcome of a cancellation: the error that led to it is reported instead. */
export function ignore(): void {}
