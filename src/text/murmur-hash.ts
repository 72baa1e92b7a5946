/**
 * MurmurHash3 of 32 bits, seed 0, of a term's bytes in UTF-8: the columns that scikit-learn's `HashingVectorizer` takes.
 * Algorithm: https://github.com/aappleby/smhasher/blob/master/src/MurmurHash3.cpp (public domain)
 */
import { isHigh } from "./characters.ts";

const [C1, C2] = [0xcc9e2d51, 0x1b873593];

/** Bytes of the term that is being hashed. */
let bytes = new Uint8Array(2 ** 10);

/** Returns the signed hash of well-formed units `[begin, end)`. */
export function murmurHash3(units: Uint16Array, begin: number, end: number): number {
  const length = encode(units, begin, end);
  const whole = length & ~3;
  let hash = 0;
  for (let at = 0; at < whole; at += 4) {
    const block = bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24);
    hash ^= scrambled(block);
    hash = (Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64) | 0;
  }
  let tail = 0;
  for (let at = length - 1; at >= whole; at--) tail = (tail << 8) | bytes[at];
  if (length > whole) hash ^= scrambled(tail);
  return finished(hash ^ length);
}

function scrambled(block: number): number {
  const product = Math.imul(block, C1);
  return Math.imul((product << 15) | (product >>> 17), C2);
}

function finished(given: number): number {
  let hash = given;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}

/** Writes units in UTF-8 to `bytes`; returns their number. */
function encode(units: Uint16Array, begin: number, end: number): number {
  if (bytes.length < 3 * (end - begin)) bytes = new Uint8Array(6 * (end - begin));
  let length = 0;
  for (let i = begin; i < end; i++) {
    const unit = units[i];
    if (unit < 0x80) bytes[length++] = unit;
    else if (unit < 0x800) {
      bytes[length++] = 0xc0 | (unit >> 6);
      bytes[length++] = 0x80 | (unit & 0x3f);
    } else if (isHigh(unit)) {
      const point = 0x10000 + ((unit & 0x3ff) << 10) + (units[++i] & 0x3ff);
      bytes[length++] = 0xf0 | (point >> 18);
      bytes[length++] = 0x80 | ((point >> 12) & 0x3f);
      bytes[length++] = 0x80 | ((point >> 6) & 0x3f);
      bytes[length++] = 0x80 | (point & 0x3f);
    } else {
      bytes[length++] = 0xe0 | (unit >> 12);
      bytes[length++] = 0x80 | ((unit >> 6) & 0x3f);
      bytes[length++] = 0x80 | (unit & 0x3f);
    }
  }
  return length;
}
