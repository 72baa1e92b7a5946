/**
 * Characters as items of n-grams, as scikit-learn's analyzers `char` and `char_wb` have them: of the whole text with each
 * run of spaces as one blank, or of each word with a blank before and behind it. A character is a code point.
 */
import { characterClasses, isHigh, isLow, REPLACEMENT, SPACE, SURROGATE } from "./characters.ts";
import type { Ngrams } from "./ngrams.ts";

const BLANK = 0x20;

/** Finds the characters of a text that comes in slices. Surrogate pairs are whole in each. */
export class CharacterScanner {
  readonly #ngrams: Ngrams;
  readonly #isByWord: boolean;
  readonly #classes = characterClasses();
  /** Spaces read since the last other character, and the first of them. */
  #spaces = 0;
  #firstSpace = BLANK;
  #isInWord = false;

  constructor(ngrams: Ngrams, isByWord: boolean) {
    this.#ngrams = ngrams;
    this.#isByWord = isByWord;
  }

  /** Reads a slice. */
  scan(slice: string): void {
    for (let i = 0; i < slice.length; i++) {
      const unit = slice.charCodeAt(i);
      const kind = this.#classes[unit];
      if (kind === SPACE) this.#readSpace(unit);
      else if (kind !== SURROGATE) this.#read(unit);
      else if (isHigh(unit) && isLow(slice.charCodeAt(i + 1))) this.#read(unit, slice.charCodeAt(++i));
      else this.#read(REPLACEMENT);
    }
  }

  /** Ends the text. */
  finish(): void {
    if (this.#isByWord) this.#endWord();
    else this.#addSpaces();
    this.#ngrams.clear();
  }

  #read(unit: number, low?: number): void {
    if (this.#isByWord && !this.#isInWord) {
      this.#isInWord = true;
      this.#add(BLANK);
    }
    this.#addSpaces();
    this.#add(unit, low);
  }

  #readSpace(unit: number): void {
    if (this.#isByWord) this.#endWord();
    else if (this.#spaces++ === 0) this.#firstSpace = unit;
  }

  /** Adds the spaces read before: one as it is, several as a blank. */
  #addSpaces(): void {
    if (this.#spaces > 0) this.#add(this.#spaces === 1 ? this.#firstSpace : BLANK);
    this.#spaces = 0;
  }

  #endWord(): void {
    if (!this.#isInWord) return;
    this.#isInWord = false;
    this.#add(BLANK);
    this.#ngrams.addShort();
    this.#ngrams.clear();
  }

  #add(unit: number, low?: number): void {
    const { units } = this.#ngrams;
    const begin = units.length;
    units.reserve(2);
    units.data[units.length++] = unit;
    if (low !== undefined) units.data[units.length++] = low;
    this.#ngrams.add(begin, units.length);
  }
}
