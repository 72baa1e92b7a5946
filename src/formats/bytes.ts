/**
 * Bytes of a file: checked, decoded, joined. All numbers in the formats here are
 * little-endian unless they say otherwise.
 */
import { describe } from "../data/matrix.ts";
import { FormatError } from "../errors.ts";
import { copyInPieces } from "./pieces.ts";

/** How much of a name or value from a file an error message repeats. */
const MAX_SHOWN = 60;

/** Bytes of text decoded at once: about a millisecond. */
const TEXT_BYTES = 2 ** 19;

/** @throws FormatError anything but a Uint8Array */
export function checkBytes(value: unknown, argument: string): asserts value is Uint8Array {
  // By tag and not by instanceof: bytes may come from another realm, such as a frame.
  if (Object.prototype.toString.call(value) === "[object Uint8Array]") return;
  throw new FormatError(argument, `expected a Uint8Array, got ${show(value)}`);
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The text of UTF-8 bytes. A byte order mark stays, so that a strict parser sees it. @throws FormatError */
export function decodeUtf8(bytes: Uint8Array, argument: string): string {
  return Array.from(decodeUtf8Parts(bytes, argument)).join("");
}

/** The same text in parts, each decoded when it is asked for. @throws FormatError when bytes come up that are none */
export function* decodeUtf8Parts(bytes: Uint8Array, argument: string): Generator<string, void> {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  for (let begin = 0; begin < bytes.length; begin += TEXT_BYTES) {
    const end = Math.min(bytes.length, begin + TEXT_BYTES);
    let part: string;
    try {
      part = decoder.decode(bytes.subarray(begin, end), { stream: end < bytes.length });
    } catch (cause) {
      throw new FormatError(argument, "expected text in UTF-8, found other bytes", { cause });
    }
    yield part;
  }
}

export async function concat(chunks: readonly Uint8Array[]): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(chunks.reduce((total, chunk) => total + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    await copyInPieces(chunk, bytes, at);
    at += chunk.length;
  }
  return bytes;
}

/** A value as an error message names it; what comes from a file may be long. */
export function show(value: unknown): string {
  const text = describe(value);
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}

/**
 * The elements that a shape asks for, its sizes multiplied.
 *
 * @throws FormatError sizes that are no integers of at least 0, or a product above 2⁵³ − 1
 */
export function countOf(shape: readonly unknown[], argument: string): number {
  let count = 1;
  for (const value of shape) {
    count *= sizeOf(value, argument);
    if (count > Number.MAX_SAFE_INTEGER) {
      throw new FormatError(argument, "more elements than any file holds: their product overflows");
    }
  }
  return count;
}

/** @throws FormatError anything but an integer from 0 to 2⁵³ − 1 */
export function sizeOf(value: unknown, argument: string): number {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0 && !Object.is(value, -0)) {
    return value;
  }
  throw new FormatError(argument, `expected integers of at least 0, got ${show(value)}`);
}
