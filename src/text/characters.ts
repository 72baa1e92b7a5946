/**
 * Classes of characters, as Python's regular expressions have them: letters and digits, and spaces. One byte for each
 * code unit of the Basic Multilingual Plane.
 */

/** Class of a code unit that is neither of the others: punctuation, symbols, combining marks. */
export const OTHER = 0;
/** Class of letters, numbers and the underscore: what `\w` matches in Python. Marks (`\p{M}`) are not among them. */
export const WORD = 1;
/** Class of what `\s` matches in Python: U+001C … U+001F and U+0085 too, and not U+FEFF, other than in JavaScript. */
export const SPACE = 2;
/** Class of half a surrogate pair. */
export const SURROGATE = 3;

/** What stands for half a surrogate pair that has no other half. */
export const REPLACEMENT = 0xfffd;

const SPACES = [
  [0x09, 0x0d],
  [0x1c, 0x20],
  [0x85, 0x85],
  [0xa0, 0xa0],
  [0x1680, 0x1680],
  [0x2000, 0x200a],
  [0x2028, 0x2029],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
] as const;

const WORD_PATTERN = /[\p{L}\p{N}_]/u;

let classes: Uint8Array | null = null;

/** Returns the class of each code unit `[65536]`. The table is made when it is first asked for, in some milliseconds. */
export function characterClasses(): Uint8Array {
  classes ??= makeClasses();
  return classes;
}

/** Tells whether a pair of surrogates is a letter or a number. */
export function isWordPair(pair: string): boolean {
  return WORD_PATTERN.test(pair);
}

/** Tells whether a code unit is the first half of a pair. */
export function isHigh(unit: number): boolean {
  return (unit & 0xfc00) === 0xd800;
}

/** Tells whether a code unit is the second half of a pair. */
export function isLow(unit: number): boolean {
  return (unit & 0xfc00) === 0xdc00;
}

/** Returns a place in a text, or the one behind it if that keeps a surrogate pair whole; at most the text's end. */
export function pairEnd(text: string, at: number): number {
  if (at >= text.length) return text.length;
  return isHigh(text.charCodeAt(at - 1)) && isLow(text.charCodeAt(at)) ? at + 1 : at;
}

function makeClasses(): Uint8Array {
  const table = new Uint8Array(0x10000);
  for (let unit = 0; unit < table.length; unit++) {
    if (WORD_PATTERN.test(String.fromCharCode(unit))) table[unit] = WORD;
  }
  for (const [first, last] of SPACES) table.fill(SPACE, first, last + 1);
  table.fill(SURROGATE, 0xd800, 0xe000);
  return table;
}
