/** Long work over many items, block by block, so that the page stays alive meanwhile and an abort is noticed. */
import { pause } from "../../../src/pause.ts";

/** Elements of a block: a few milliseconds of the slowest work that is done with one. */
const BLOCK = 2 ** 14;

/**
 * Calls `work` for each item from 0 on.
 *
 * @param size elements of an item. Default 1
 * @throws the signal's reason, once it is aborted
 */
export async function inBlocks(
  items: number,
  signal: AbortSignal,
  work: (item: number) => void,
  size = 1,
): Promise<void> {
  const block = Math.ceil(BLOCK / size);
  for (let first = 0; first < items; first += block) {
    const end = Math.min(first + block, items);
    for (let item = first; item < end; item++) work(item);
    await pause(signal);
  }
}
