/**
 * N-grams: every run of `min` to `max` items that follow each other, words or characters. Items come in one by one, and
 * those that no later n-gram needs are forgotten, so that a text may be of any length.
 */
import { Units } from "./units.ts";

/** Takes the terms of texts one by one: units `[begin, end)`, which change after the call. */
export interface TermSink {
  take(units: Uint16Array, begin: number, end: number): void;
}

/** Least and largest number of items of an n-gram. */
export type NgramRange = readonly [min: number, max: number];

/** Units kept before those that are needed no longer are dropped. */
const KEPT_UNITS = 2 ** 14;

const BLANK = 0x20;

/** The n-grams that end at the item last added. */
export class Ngrams {
  /** Items one behind the other; the item being written lies behind the last. */
  readonly units = new Units();
  readonly #sink: TermSink;
  readonly #min: number;
  readonly #max: number;
  /** Whether a blank lies between two items. */
  readonly #isSpaced: boolean;
  /** Where each of the last `max` items begins: item i at i mod `max`. */
  readonly #begins: Float64Array;
  #count = 0;

  constructor([min, max]: NgramRange, isSpaced: boolean, sink: TermSink) {
    this.#sink = sink;
    this.#min = min;
    this.#max = max;
    this.#isSpaced = isSpaced;
    this.#begins = new Float64Array(max);
  }

  /** Forgets all items. */
  clear(): void {
    this.#count = 0;
    this.units.length = 0;
  }

  /**
   * Adds the item that was written to `units` from `begin` to `end`, and gives its n-grams to the sink. The next item
   * begins at `units.length` then.
   */
  add(begin: number, end: number): void {
    const { units } = this;
    if (this.#max === 1) {
      this.#sink.take(units.data, begin, end);
      this.#count++;
      units.length = 0;
      return;
    }
    this.#begins[this.#count++ % this.#max] = begin;
    const longest = Math.min(this.#max, this.#count);
    for (let n = this.#min; n <= longest; n++) {
      this.#sink.take(units.data, this.#beginOfLast(n), end);
    }
    units.length = end;
    if (this.#isSpaced) units.data[units.length++] = BLANK;
    if (units.length > KEPT_UNITS) this.#forget();
  }

  /** Gives all items together to the sink if they are fewer than the shortest n-gram has. */
  addShort(): void {
    if (this.#count < this.#min) this.#sink.take(this.units.data, this.#begins[0], this.units.length);
  }

  #beginOfLast(items: number): number {
    return this.#begins[(this.#count - items) % this.#max];
  }

  /** Drops the units of items that no n-gram to come has. */
  #forget(): void {
    const kept = Math.min(this.#max - 1, this.#count);
    const first = this.#beginOfLast(kept);
    this.units.dropBefore(first);
    for (let i = 0; i < this.#max; i++) this.#begins[i] -= first;
  }
}
