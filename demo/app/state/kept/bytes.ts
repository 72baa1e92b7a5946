/** Bytes of arrays one after the other, in pieces: copying tens of megabytes at once would hold the page up. */
import { FormatError } from "../../../../src/index.ts";
import { pause } from "../../../../src/pause.ts";
import type { ReadBytes } from "./fields.ts";

/** Bytes of a piece: about a millisecond of copying. */
const PIECE = 2 ** 20;

/** Yields the bytes of the arrays in pieces; small arrays share one. @throws the signal's reason, once it is aborted */
export async function* piecesOf(
  arrays: readonly ArrayBufferView<ArrayBuffer>[],
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  let piece = new Uint8Array(PIECE);
  let filled = 0;
  for (const { buffer, byteOffset, byteLength } of arrays) {
    for (let start = 0; start < byteLength; ) {
      const length = Math.min(PIECE - filled, byteLength - start);
      piece.set(new Uint8Array(buffer, byteOffset + start, length), filled);
      start += length;
      filled += length;
      if (filled < PIECE) continue;
      yield piece;
      piece = new Uint8Array(PIECE);
      filled = 0;
      await pause(signal);
    }
    await pause(signal);
  }
  if (filled > 0) yield piece.subarray(0, filled);
}

/** Returns the bytes of the arrays as a blob. @throws the signal's reason, once it is aborted */
export async function blobOf(
  arrays: readonly ArrayBufferView<ArrayBuffer>[],
  signal?: AbortSignal,
): Promise<Blob> {
  const pieces: Blob[] = [];
  for await (const piece of piecesOf(arrays, signal)) pieces.push(new Blob([piece]));
  return new Blob(pieces);
}

/** Returns a reader that returns every byte at most once, so that no list of arrays takes more memory than there is. */
export function readerOf(blob: Blob, place: string): ReadBytes {
  let left = blob.size;
  return async (offset, length) => {
    left -= length;
    if (left < 0 || offset + length > blob.size) {
      throw new FormatError(place, "is damaged: its arrays are longer than its bytes");
    }
    return bytesOf(blob.slice(offset, offset + length));
  };
}

/** Returns the bytes of a blob. */
export async function bytesOf(blob: Blob): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(blob.size);
  for (let start = 0; start < blob.size; start += PIECE) {
    bytes.set(new Uint8Array(await blob.slice(start, start + PIECE).arrayBuffer()), start);
    await pause();
  }
  return bytes;
}
