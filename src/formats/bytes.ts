/**
 * Checks, decodes and joins the bytes of files, and converts float64 arrays to bytes and back. Numbers in the formats
 * here are little-endian unless stated otherwise, whatever the byte order and alignment of this machine.
 */
import { describe, tagOf } from "../data/matrix.ts";
import { copyInPieces, inPieces } from "../data/pieces.ts";
import { FormatError } from "../errors.ts";

/** Largest number of characters of a name or value from a file that an error message repeats. */
const MAX_SHOWN = 60;

/** Number of bytes of text decoded at a time: about a millisecond. */
const TEXT_BYTES = 2 ** 19;

/** Checks that a value is a Uint8Array. @throws FormatError */
export function checkBytes(value: unknown, argument: string): asserts value is Uint8Array {
  if (tagOf(value) === "Uint8Array") return;
  throw new FormatError(argument, `expected a Uint8Array, got ${show(value)}`);
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Decodes UTF-8. A byte order mark stays in the text, so that a strict parser sees it. @throws FormatError */
export function decodeUtf8(bytes: Uint8Array, argument: string): string {
  return Array.from(decodeUtf8Parts(bytes, argument)).join("");
}

/** Decodes UTF-8 in parts, each when it is asked for. @throws FormatError at the part that is not UTF-8 */
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

/** Returns a short name for a value from a file, for an error message. */
export function show(value: unknown): string {
  const text = describe(value);
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}

/**
 * Returns the number of elements of a shape: the product of its sizes.
 *
 * @throws FormatError sizes that are not integers of at least 0, or a product above 2⁵³ − 1
 */
export function countOf(shape: readonly unknown[], argument: string): number {
  let count = 1;
  for (const value of shape) {
    count *= sizeOf(value, argument);
    if (count > Number.MAX_SAFE_INTEGER) {
      throw new FormatError(
        argument,
        "more elements than any file holds: the product of the sizes overflows",
      );
    }
  }
  return count;
}

/** Checks that a value is an integer from 0 to 2⁵³ − 1, and returns it. @throws FormatError */
export function sizeOf(value: unknown, argument: string): number {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 0 && !Object.is(value, -0)) {
    return value;
  }
  throw new FormatError(argument, `expected integers of at least 0, got ${show(value)}`);
}

/** Tells whether rounding to float32 leaves every value unchanged. */
export async function isExactInFloat32(values: Float64Array): Promise<boolean> {
  let isExact = true;
  await inPieces(values.length, (begin, end) => {
    for (let i = begin; i < end && isExact; i++) isExact = Object.is(Math.fround(values[i]), values[i]);
  });
  return isExact;
}

/** Converts `[n]` values to 4·n bytes, each value rounded to float32. */
export async function toFloat32Bytes(values: ArrayLike<number>): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(4 * values.length);
  const view = viewOf(bytes);
  await inPieces(values.length, (begin, end) => {
    for (let i = begin; i < end; i++) view.setFloat32(4 * i, values[i], true);
  });
  return bytes;
}

/** Converts `[n]` values to 8·n bytes. */
export async function toFloat64Bytes(values: ArrayLike<number>): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(8 * values.length);
  const view = viewOf(bytes);
  await inPieces(values.length, (begin, end) => {
    for (let i = begin; i < end; i++) view.setFloat64(8 * i, values[i], true);
  });
  return bytes;
}

/** Converts 4·n bytes to `[n]` values. */
export async function fromFloat32Bytes(bytes: Uint8Array): Promise<Float64Array> {
  const view = viewOf(bytes);
  const values = new Float64Array(bytes.length / 4);
  await inPieces(values.length, (begin, end) => {
    for (let i = begin; i < end; i++) values[i] = view.getFloat32(4 * i, true);
  });
  return values;
}

/** Converts 8·n bytes to `[n]` values. */
export async function fromFloat64Bytes(bytes: Uint8Array): Promise<Float64Array> {
  const view = viewOf(bytes);
  const values = new Float64Array(bytes.length / 8);
  await inPieces(values.length, (begin, end) => {
    for (let i = begin; i < end; i++) values[i] = view.getFloat64(8 * i, true);
  });
  return values;
}
