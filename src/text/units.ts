/** Code units in a typed array that grows. Words in it are compared and hashed without strings being made of them. */
import { allocate } from "../data/matrix.ts";
import { isHigh, isLow, REPLACEMENT } from "./characters.ts";

const FIRST_CAPACITY = 2 ** 12;

/** A growing list of UTF-16 code units. */
export class Units {
  data: Uint16Array = new Uint16Array(FIRST_CAPACITY);
  length = 0;

  /** Makes room for `more` units, which the caller writes into `data`. @throws LimitError */
  reserve(more: number): void {
    const needed = this.length + more;
    if (needed <= this.data.length) return;
    const grown = allocate(Uint16Array, Math.max(needed, 2 * this.data.length), "texts");
    grown.set(this.data.subarray(0, this.length));
    this.data = grown;
  }

  /** Appends a string; half of a surrogate pair becomes U+FFFD. */
  pushText(text: string): void {
    this.reserve(text.length);
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (isHigh(unit) && isLow(text.charCodeAt(i + 1))) {
        this.data[this.length++] = unit;
        this.data[this.length++] = text.charCodeAt(++i);
      } else this.data[this.length++] = isHigh(unit) || isLow(unit) ? REPLACEMENT : unit;
    }
  }

  /** Drops all units before `begin`. */
  dropBefore(begin: number): void {
    this.data.copyWithin(0, begin, this.length);
    this.length -= begin;
  }
}

/** Units that one call of `String.fromCharCode` takes as arguments. */
const PIECE = 2 ** 12;

/** Returns units `[begin, end)` as a string. */
export function textOfUnits(units: Uint16Array, begin: number, end: number): string {
  if (end - begin <= PIECE) return String.fromCharCode.apply(null, units.subarray(begin, end) as never);
  const parts: string[] = [];
  for (let at = begin; at < end; at += PIECE) parts.push(textOfUnits(units, at, Math.min(end, at + PIECE)));
  return parts.join("");
}
