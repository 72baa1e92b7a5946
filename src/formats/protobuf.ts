/**
 * The part of protobuf's wire format that writing a small message takes: varints, and fields with a length. Messages
 * are lists of chunks, so that large tensors are copied once, when the whole is joined.
 * Format: https://protobuf.dev/programming-guides/encoding/
 */

/** Encoded fields, one after the other. */
export type Chunks = readonly Uint8Array[];

const VARINT = 0;
const LENGTH_DELIMITED = 2;

/** A field of type int64 or of an enum. Negative numbers take ten bytes, as the format asks for. */
export function intField(field: number, value: number): Chunks {
  return [varint(8 * field + VARINT), varint(value)];
}

/** A field of type string. */
export function stringField(field: number, text: string): Chunks {
  return bytesField(field, [new TextEncoder().encode(text)]);
}

/** A field of type bytes, or one that holds a message. */
export function bytesField(field: number, content: Chunks): Chunks {
  return [varint(8 * field + LENGTH_DELIMITED), varint(lengthOf(content)), ...content];
}

/** The bytes that the chunks take together. */
export function lengthOf(chunks: Chunks): number {
  return chunks.reduce((total, chunk) => total + chunk.length, 0);
}

/** Seven bits a byte, the lowest first; all but the last byte have their highest bit set. */
function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  while (rest > 0x7fn) {
    bytes.push(Number(rest & 0x7fn) + 0x80);
    rest >>= 7n;
  }
  return Uint8Array.of(...bytes, Number(rest));
}
