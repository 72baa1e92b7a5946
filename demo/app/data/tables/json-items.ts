/** JSON values one after another: a line each, or the items of one array. Nothing is kept of those that were read. */
import { FormatError } from "../../../../src/index.ts";
import { pause } from "../../../../src/pause.ts";
import { formatCount } from "../../../ui/format.ts";
import type { NamedFile, OpenContext } from "../open-context.ts";
import { TextPieces } from "./csv-text.ts";

/** Characters of an item at most. */
const MAX_ITEM = 2 ** 22;
/** Depth of lists and objects in an item at most. */
const MAX_DEPTH = 64;
/** Bytes that can end or begin an item: brackets, quotation marks, backslashes, white space, commas. */
const MARK = /[[\]{}"\\\s,]/g;

/** Yields the items of each piece of the file. @throws FormatError with the number of the item, from 1 */
export async function* jsonItems(file: NamedFile, context: OpenContext): AsyncGenerator<unknown[]> {
  const text = new TextPieces(file, context);
  const splitter = new ItemSplitter(file.path);
  for await (const [piece, isLast] of text.pieces()) {
    await pause(context.signal);
    const items = splitter.add(piece, isLast);
    if (items.length > 0) yield items;
  }
}

/** Finds where items begin and end. */
class ItemSplitter {
  readonly #path: string;
  #text = "";
  #at = 0;
  #depth = 0;
  #isInString = false;
  /** Where the item that is being read begins in the text; −1 between items. */
  #start = -1;
  #count = 0;
  /** Depth of the items: 1 in an array around all of them; null before it is known. */
  #base: 0 | 1 | null = null;

  constructor(path: string) {
    this.#path = path;
  }

  add(piece: string, isLast: boolean): unknown[] {
    this.#text += piece;
    const items: unknown[] = [];
    if (!this.#isKnown(isLast)) return items;
    this.#scan(items);
    if (this.#start >= 0) {
      if (isLast && this.#depth === 0 && !this.#isInString) items.push(this.#take(this.#text.length));
      else if (isLast) throw this.#wrong("the file ends within it");
    }
    if (isLast && this.#depth > 0) throw this.#wrong("the file ends before the list does");
    const kept = this.#start < 0 ? this.#at : this.#start;
    this.#text = this.#text.slice(kept);
    this.#at -= kept;
    if (this.#start >= 0) this.#start = 0;
    if (this.#text.length > MAX_ITEM)
      throw this.#wrong(`does not end within ${formatCount(MAX_ITEM)} characters`);
    return items;
  }

  /** Finds whether one array is around all items: then another bracket follows its own, or it ends at once. */
  #isKnown(isLast: boolean): boolean {
    if (this.#base !== null) return true;
    const start = /^\s*(\S)\s*(\S)?/.exec(this.#text);
    if (!start || (start[2] === undefined && !isLast)) return isLast && start !== null;
    const isArray = start[1] === "[" && /[[{\]]/.test(start[2] ?? "");
    this.#base = isArray ? 1 : 0;
    if (!isArray) return true;
    this.#depth = 1;
    this.#at = this.#text.indexOf("[") + 1;
    return true;
  }

  #scan(items: unknown[]): void {
    const text = this.#text;
    MARK.lastIndex = this.#at;
    const base = this.#base ?? 0;
    let from = this.#at;
    for (;;) {
      from = MARK.lastIndex;
      const found = MARK.exec(text);
      const end = found ? found.index : text.length;
      // A number or a word between items is an item of its own, which ends where a mark comes.
      if (this.#start < 0 && end > from) this.#start = from;
      if (!found) break;
      this.#mark(found[0], found.index, base, items);
    }
    // A backslash at the end escapes the first character of the next piece.
    this.#at = Math.max(text.length, from);
  }

  #mark(mark: string, at: number, base: number, items: unknown[]): void {
    if (this.#isInString) {
      if (mark === "\\") MARK.lastIndex++;
      else if (mark === '"') this.#isInString = false;
      return;
    }
    const isBetween = this.#depth === base;
    if (mark === '"') {
      this.#isInString = true;
      if (this.#start < 0) this.#start = at;
    } else if (mark === "[" || mark === "{") {
      if (this.#start < 0) this.#start = at;
      if (++this.#depth > MAX_DEPTH) throw this.#wrong(`more than ${MAX_DEPTH} levels of lists`);
    } else if (mark === "]" || mark === "}") {
      if (isBetween && this.#start >= 0) items.push(this.#take(at));
      if (--this.#depth < 0) throw this.#wrong(`“${mark}” closes nothing`);
      if (this.#depth === base && this.#start >= 0) items.push(this.#take(at + 1));
    } else if (mark !== "\\" && isBetween && this.#start >= 0) {
      items.push(this.#take(at));
    }
  }

  #take(end: number): unknown {
    const text = this.#text.slice(this.#start, end);
    this.#start = -1;
    this.#count++;
    try {
      return JSON.parse(text);
    } catch (cause) {
      throw new FormatError(this.#path, `row ${formatCount(this.#count)} is no JSON`, { cause });
    }
  }

  #wrong(problem: string): FormatError {
    return new FormatError(this.#path, `row ${formatCount(this.#count + 1)} is no JSON: ${problem}`);
  }
}
