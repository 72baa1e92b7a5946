/**
 * Work on long arrays: in blocks, so that the page stays responsive; growing; and finding the largest values.
 */
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

const FIRST_CAPACITY = 2 ** 16;

/** The values that came so far. */
export class GrowingFloats {
  length = 0;
  readonly #most: number;
  #memory: Float32Array<ArrayBuffer>;

  /** `most` is the number of values that there can be; memory for all of them is taken at once if they `areThere`. */
  constructor(most: number, areThere = false) {
    this.#most = most;
    this.#memory = new Float32Array(areThere ? most : Math.min(most, FIRST_CAPACITY));
  }

  get values(): Float32Array<ArrayBuffer> {
    return this.#memory.subarray(0, this.length);
  }

  /** Returns the place of `count` more values, 0 each, to be filled before the next are added. */
  add(count: number): Float32Array<ArrayBuffer> {
    const needed = this.length + count;
    if (needed > this.#memory.length) {
      const larger = new Float32Array(Math.max(needed, Math.min(this.#most, 2 * this.#memory.length)));
      larger.set(this.values);
      this.#memory = larger;
    }
    const place = this.#memory.subarray(this.length, needed);
    this.length = needed;
    return place;
  }
}

/** Returns the positions of the `most` largest sizes among `length`, ascending; of equal ones, the first. */
export function largestAt(length: number, sizeOf: (at: number) => number, most: number): number[] {
  const found: number[] = [];
  for (let at = 0; at < length; at++) {
    const size = sizeOf(at);
    if (found.length === most && !(size > sizeOf(found[most - 1]))) continue;
    const place = found.findIndex((other) => size > sizeOf(other));
    found.splice(place < 0 ? found.length : place, 0, at);
    found.length = Math.min(found.length, most);
  }
  return found.sort((a, b) => a - b);
}
