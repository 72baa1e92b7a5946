/**
 * Long loops in pieces, so that a large file never holds up the page while it is read or written. This file knows
 * nothing of what the loops do.
 */
import { pause } from "../pause.ts";

/** Elements of a loop between two looks at the clock: well under a millisecond of any work done here. */
const ELEMENTS = 2 ** 12;

/** Bytes copied between two looks at the clock: about a millisecond. */
const BYTES = 2 ** 20;

/** Calls `work` for one range of indices after another, `count` indices in all, with pauses in between. */
export async function inPieces(
  count: number,
  work: (begin: number, end: number) => void,
  size: number = ELEMENTS,
): Promise<void> {
  for (let begin = 0; begin < count; begin += size) {
    await pause();
    work(begin, Math.min(count, begin + size));
  }
}

/** Copies `source` into `target` from `at` on. */
export function copyInPieces(source: Uint8Array, target: Uint8Array, at: number): Promise<void> {
  return inPieces(source.length, (begin, end) => target.set(source.subarray(begin, end), at + begin), BYTES);
}
