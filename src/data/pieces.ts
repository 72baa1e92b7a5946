/**
 * Runs long loops in pieces, so that large data never hold up the page while they are read, converted or written.
 * Knows nothing of what the loops do.
 */
import { pause } from "../pause.ts";

/** Default length of a piece: well under a millisecond of any work that the file formats do per element. */
const ELEMENTS = 2 ** 12;

/** Bytes copied between two looks at the clock: about a millisecond. */
const BYTES = 2 ** 20;

/**
 * Calls `work` for one range of indices after another, `count` indices in all and at most `size` at a time, with a
 * pause before each range.
 *
 * @throws the signal's reason, once it is aborted
 */
export async function inPieces(
  count: number,
  work: (begin: number, end: number) => void,
  size: number = ELEMENTS,
  signal?: AbortSignal,
): Promise<void> {
  for (let begin = 0; begin < count; begin += size) {
    await pause(signal);
    work(begin, Math.min(count, begin + size));
  }
}

/**
 * Calls `work` for one range of rows after another, with about `elements` elements in each range and at least one row.
 *
 * @throws the signal's reason, once it is aborted
 */
export function inPiecesOfRows(
  { rows, cols }: { readonly rows: number; readonly cols: number },
  elements: number,
  work: (first: number, end: number) => void,
  signal?: AbortSignal,
): Promise<void> {
  return inPieces(rows, work, Math.max(1, Math.floor(elements / cols)), signal);
}

/** Copies `source` into `target`, beginning at `at`. */
export function copyInPieces(source: Uint8Array, target: Uint8Array, at: number): Promise<void> {
  return inPieces(source.length, (begin, end) => target.set(source.subarray(begin, end), at + begin), BYTES);
}
