/** An array of float32 values that grows as they arrive, whatever number of them a file has announced. */

const FIRST = 2 ** 16;

/** The values that came so far. */
export class GrowingFloats {
  /** How many there are. */
  length = 0;
  readonly #most: number;
  #memory: Float32Array<ArrayBuffer>;

  /** `most` is the number of values that there can be; memory for all of them is taken at once if they `areThere`. */
  constructor(most: number, areThere = false) {
    this.#most = most;
    this.#memory = new Float32Array(areThere ? most : Math.min(most, FIRST));
  }

  /** All values so far. */
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
