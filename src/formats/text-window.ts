/**
 * A text of which a reader sees one part at a time, so that the bytes of a large file never become one string, and are
 * decoded between two pauses. It knows nothing of what the text says.
 */
import { decodeUtf8Parts } from "./bytes.ts";

/** Characters that a reader sees ahead of where it stands, wherever it lets the window move, or all that are left. */
export const LOOKAHEAD = 2 ** 17;

/** The window: `text`, and where its reader stands in it, `at`. */
export class TextWindow {
  text = "";
  at = 0;
  readonly #parts: Iterator<string, void>;
  /** Characters that have left the window. */
  #left = 0;
  /** Lines that began in what has left, and where the last of them began, counted from the start of the whole. */
  #lines = 1;
  #lineStart = 0;

  /** @throws FormatError also later on, when bytes come up that are not UTF-8 */
  constructor(source: string | Uint8Array, argument: string) {
    this.#parts = typeof source === "string" ? [source].values() : decodeUtf8Parts(source, argument);
    this.more();
  }

  /** Where the reader stands in the whole text, in characters. */
  get position(): number {
    return this.#left + this.at;
  }

  /** Lets what has been read go, and more come if little is left. */
  move(): void {
    if (this.text.length - this.at >= LOOKAHEAD) return;
    const next = this.#parts.next();
    if (next.done) return;
    this.#countLines(this.at);
    this.#left += this.at;
    this.text = this.text.slice(this.at) + next.value;
    this.at = 0;
  }

  /** Lets as much come as is left, or more, in the middle of a word; false if there is nothing to come. */
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

  /** The line and column where the reader stands, both from 1. */
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
