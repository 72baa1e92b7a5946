/**
 * Words by the default pattern: runs of two or more letters, digits and underscores, which is scikit-learn's
 * `(?u)\b\w\w+\b`. Its loop goes over every character of every text.
 */
import { characterClasses, isHigh, isLow, isWordPair, SURROGATE, WORD } from "./characters.ts";
import type { Ngrams } from "./ngrams.ts";
import type { TermTable } from "./term-table.ts";

/** Finds the words of a text that comes in slices. A word may go on in the next slice. */
export class WordScanner {
  readonly #ngrams: Ngrams;
  readonly #stopWords: TermTable | null;
  readonly #classes = characterClasses();
  /** Where the word that is being read begins, and how many characters it has so far. */
  #begin = 0;
  #characters = 0;

  constructor(ngrams: Ngrams, stopWords: TermTable | null) {
    this.#ngrams = ngrams;
    this.#stopWords = stopWords;
  }

  /** Reads a slice. */
  scan(slice: string): void {
    const { units } = this.#ngrams;
    const classes = this.#classes;
    // Room for a blank behind each word too: a word and what ends it have at least two units in the slice.
    units.reserve(slice.length + 2);
    const { data } = units;
    let at = units.length;
    for (let i = 0; i < slice.length; i++) {
      const unit = slice.charCodeAt(i);
      const kind = classes[unit];
      if (kind === WORD) {
        data[at++] = unit;
        this.#characters++;
      } else if (kind === SURROGATE && isPairOfWord(slice, i)) {
        data[at++] = unit;
        data[at++] = slice.charCodeAt(++i);
        this.#characters++;
      } else if (this.#characters > 0) {
        at = this.#endWord(at);
      }
    }
    units.length = at;
  }

  /** Ends the text. */
  finish(): void {
    if (this.#characters > 0) this.#endWord(this.#ngrams.units.length);
    this.#ngrams.clear();
    this.#begin = 0;
  }

  /** Ends a word behind unit `end`; returns where the next begins. */
  #endWord(end: number): number {
    const { units } = this.#ngrams;
    const isKept = this.#characters > 1 && !this.#stopWords?.has(units.data, this.#begin, end);
    this.#characters = 0;
    if (!isKept) return this.#begin;
    this.#ngrams.add(this.#begin, end);
    this.#begin = units.length;
    return this.#begin;
  }
}

function isPairOfWord(text: string, at: number): boolean {
  const [high, low] = [text.charCodeAt(at), text.charCodeAt(at + 1)];
  return isHigh(high) && isLow(low) && isWordPair(text.slice(at, at + 2));
}
