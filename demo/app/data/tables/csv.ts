/** CSV text as rows: any delimiter, quoted cells, lines that end in LF, CR LF or CR, plain or gzip. */
import { type ParseResult, Parser, parse } from "papaparse";
import { FormatError } from "../../../../src/index.ts";
import { pause } from "../../../../src/pause.ts";
import { formatCount } from "../../../ui/format.ts";
import type { NamedFile, OpenContext } from "../open-context.ts";
import { TextPieces } from "./csv-text.ts";
import type { TableRows, TableSource } from "./table-source.ts";

/** Characters of a row at most: a row is split at once, and no table has longer ones. */
const MAX_ROW = 2 ** 22;
/** The first wins a tie: beside semicolons, commas are decimal. */
const DELIMITERS = [";", ",", "\t", "|"];
/** Rows, and characters of them, by which the delimiter is guessed. */
const DELIMITER_ROWS = 20;
const DELIMITER_CHARACTERS = 2 ** 17;
/** A first line that names the delimiter, which spreadsheets write and hide. */
const SEPARATOR_LINE = /^"?sep=(.)"?(?:\r\n|\n|\r|$)/i;

/** A text file. Time and memory grow with its length alone. */
export class CsvSource implements TableSource {
  readonly names = null;
  delimiter: string | null = null;
  readonly #path: string;
  readonly #context: OpenContext;
  readonly #text: TextPieces;
  #newline: "\n" | "\r" | null = null;
  #parser: Parser | null = null;

  constructor(file: NamedFile, context: OpenContext) {
    this.#path = file.path;
    this.#context = context;
    this.#text = new TextPieces(file, context);
  }

  get remarks(): readonly string[] {
    return this.#text.remark ? [this.#text.remark] : [];
  }

  /**
   * Yields rows in batches, one or none for each piece of the file.
   *
   * @throws FormatError bytes that are no text, quotation marks that do not pair, a row longer than {@link MAX_ROW}
   *                     characters or a piece more
   */
  async *rows(): AsyncGenerator<TableRows> {
    let text = "";
    let hasNewline = false;
    // The beginning of a row that goes on is split again only once it is twice as long.
    let least = 0;
    let first = 1;
    for await (const [piece, isLast] of this.#text.pieces()) {
      await pause(this.#context.signal);
      this.#newline ??= newlineOf(text.at(-1) === "\r" ? `\r${piece}` : piece, isLast);
      text += piece;
      hasNewline ||= this.#newline !== null && piece.includes(this.#newline);
      if (text === "") continue;
      if (isLast || (hasNewline && (text.length >= least || text.length > MAX_ROW))) {
        const { rows, rest } = this.#split(text, first, isLast);
        text = rest;
        least = 2 * text.length;
        hasNewline = false;
        if (rows.length > 0) yield { first, rows };
        first += rows.length;
      }
      if (!hasNewline && text.length > MAX_ROW) throw tooLong(text, first, this.#path);
    }
  }

  /** Splits text into rows; the rest may be the beginning of a row. */
  #split(whole: string, first: number, isLast: boolean) {
    const text = this.#parser ? whole : this.#begin(whole);
    const parser = this.#parser as Parser;
    const { data, errors, meta } = parser.parse(text, 0, !isLast) as ParseResult<string[]>;
    // The last row may go on in the next piece, which can settle its last error but none before it.
    const wrong = errors.find(({ row = 0 }, i) => isLast || row < data.length || i < errors.length - 1);
    if (!wrong) return { rows: data, rest: text.slice(meta.cursor) };
    throw new FormatError(this.#path, `the quotation marks in row ${first + (wrong.row ?? 0)} do not pair`);
  }

  /** Finds the delimiter. Lines may also end in CR LF: the parser takes the CR for a space, and cells are trimmed. */
  #begin(text: string): string {
    const newline = this.#newline ?? "\n";
    const named = SEPARATOR_LINE.exec(text);
    const rest = named ? text.slice(named[0].length) : text;
    const guess = { preview: DELIMITER_ROWS, newline, delimitersToGuess: DELIMITERS };
    this.delimiter = named?.[1] ?? parse(rest.slice(0, DELIMITER_CHARACTERS), guess).meta.delimiter;
    this.#parser = new Parser({ delimiter: this.delimiter, newline });
    return rest;
  }
}

/** Returns the end of lines, null if no line has ended yet. */
function newlineOf(text: string, isLast: boolean): "\n" | "\r" | null {
  if (text.includes("\n")) return "\n";
  const at = text.indexOf("\r");
  return at >= 0 && (isLast || at < text.length - 1) ? "\r" : null;
}

function tooLong(text: string, row: number, path: string): FormatError {
  const hint = text.includes('"')
    ? "is a quotation mark not closed?"
    : "each row of a table has a line of its own";
  return new FormatError(path, `row ${row} does not end within ${formatCount(MAX_ROW)} characters; ${hint}`);
}
