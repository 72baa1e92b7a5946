/**
 * Shows a reader one part of a text at a time, so that the bytes of a large file never become one string, and are
 * decoded part by part between pauses. Knows nothing of what the text says.
 */
import { decodeUtf8Parts } from "./bytes.ts";

/** Number of characters ahead of the reader after {@link TextWindow.move}, unless fewer are left. */
export const LOOKAHEAD = 2 ** 17;

/** The part `text`, and the position `at` of the reader in it. */
export class TextWindow {
  text = "";
  at = 0;
  readonly #parts: Iterator<string, void>;
  /** Number of characters before the window. */
  #left = 0;
  /** Number of the line counted last, from 1, and the position in the whole text where it begins. */
  #lines = 1;
  #lineStart = 0;

  /** Opens a text. @throws FormatError bytes that are not UTF-8; also thrown later, by {@link move} and {@link more} */
  constructor(source: string | Uint8Array, argument: string) {
    this.#parts = typeof source === "string" ? [source].values() : decodeUtf8Parts(source, argument);
    this.more();
  }

  /** Position of the reader in the whole text, in characters. */
  get position(): number {
    return this.#left + this.at;
  }

  /** Drops the text before the reader and decodes more, if less than {@link LOOKAHEAD} is left. */
  move(): void {
    if (this.text.length - this.at >= LOOKAHEAD) return;
    const next = this.#parts.next();
    if (next.done) return;
    this.#countLines(this.at);
    this.#left += this.at;
    this.text = this.text.slice(this.at) + next.value;
    this.at = 0;
  }

  /** Decodes at least as much text as is left, without dropping any; returns false if there is no more. */
  more(): boolean {
    const wanted = this.text.length - this.at;
    let added = "";
    for (let next = this.#parts.next(); !next.done; next = this.#parts.next()) {
      added += next.value;
      if (added.length > 0 && added.length >= wanted) break;
    }
    this.text += added;
    return added.length > 0;
  }

  /** Returns the line and column of the reader, both from 1. */
  place(): { readonly line: number; readonly column: number } {
    this.#countLines(this.at);
    return { line: this.#lines, column: this.position - this.#lineStart + 1 };
  }

  #countLines(end: number): void {
    const { text } = this;
    for (let at = text.indexOf("\n"); at >= 0 && at < end; at = text.indexOf("\n", at + 1)) {
      this.#lines++;
      this.#lineStart = this.#left + at + 1;
    }
  }
}
