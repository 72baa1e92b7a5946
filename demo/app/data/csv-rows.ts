/** The rows of a CSV file as they are read: any delimiter, quoted cells, plain or gzip. Knows nothing of columns. */
import { type ParseResult, Parser, parse } from "papaparse";
import { FormatError } from "../../../src/index.ts";
import { pause } from "../../../src/pause.ts";
import { chunksOf } from "./open-bytes.ts";
import type { NamedFile, OpenContext } from "./open-context.ts";
import { count } from "./open-dataset.ts";

/** Rows in the order of the file. */
export interface CsvRows {
  /** The number of the first of them; the header is row 1, and empty rows count, as in a spreadsheet. */
  readonly first: number;
  readonly rows: readonly (readonly string[])[];
  /** What parts the cells. */
  readonly delimiter: string;
}

/** Characters that a row may take: a row is split in one go, and no table of numbers has longer ones. */
const MAX_ROW = 2 ** 22;
/** Bytes that are decoded at a time, so that no step of the work is long. */
const PIECE_BYTES = 2 ** 16;
/** The first wins a tie: beside semicolons, commas are decimal. */
const DELIMITERS = [";", ",", "\t", "|"];
/** Rows, and characters of them, by which the delimiter is guessed. */
const SAMPLE = 20;
const SAMPLE_LENGTH = 2 ** 17;

/**
 * Yields rows in batches, one or none for each piece of the file. Time and memory grow with the file's length alone.
 *
 * @throws FormatError bytes that are no UTF-8 text, quotation marks that do not pair, a row longer than
 *                     {@link MAX_ROW} characters or a piece more
 */
export async function* csvRows(file: NamedFile, context: OpenContext): AsyncGenerator<CsvRows> {
  let parser: Parser | null = null;
  let text = "";
  let hasNewline = false;
  // The beginning of a row that goes on is split again only once it is twice as long.
  let least = 0;
  let first = 1;
  for await (const [piece, isLast] of textOf(file, context)) {
    await pause(context.signal);
    text += piece;
    hasNewline ||= piece.includes("\n");
    if (text === "") continue;
    if (isLast || (hasNewline && (text.length >= least || text.length > MAX_ROW))) {
      parser ??= parserFor(text);
      const { data, errors, meta } = parser.parse(text, 0, !isLast) as ParseResult<string[]>;
      // The last row may go on in the next piece, which can settle its last error but none before it.
      const wrong = errors.find(({ row = 0 }, i) => isLast || row < data.length || i < errors.length - 1);
      if (wrong) {
        throw new FormatError(
          file.path,
          `the quotation marks in row ${first + (wrong.row ?? 0)} do not pair`,
        );
      }
      text = text.slice(meta.cursor);
      least = 2 * text.length;
      hasNewline = false;
      if (data.length > 0) yield { first, rows: data, delimiter: meta.delimiter };
      first += data.length;
    }
    if (!hasNewline && text.length > MAX_ROW) throw tooLong(text, first, file.path);
  }
}

function tooLong(text: string, row: number, path: string): FormatError {
  const hint = text.includes('"')
    ? "is a quotation mark not closed?"
    : "each row of a table has a line of its own";
  return new FormatError(path, `row ${row} does not end within ${count(MAX_ROW)} characters; ${hint}`);
}

/** Whether nothing is in a row. */
export function isEmptyRow(cells: readonly string[]): boolean {
  return cells.length === 1 && cells[0].trim() === "";
}

/** Lines may also end in CR LF: the parser takes the CR for a space, and cells are trimmed. */
function parserFor(text: string): Parser {
  const { meta } = parse(text.slice(0, SAMPLE_LENGTH), {
    preview: SAMPLE,
    newline: "\n",
    delimitersToGuess: DELIMITERS,
  });
  return new Parser({ delimiter: meta.delimiter, newline: "\n" });
}

async function* textOf(
  file: NamedFile,
  context: OpenContext,
): AsyncGenerator<[piece: string, isLast: boolean]> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const decode = (bytes?: Uint8Array) => {
    try {
      return decoder.decode(bytes, { stream: bytes !== undefined });
    } catch (cause) {
      throw new FormatError(file.path, "is no text in UTF-8; save it as CSV in UTF-8", { cause });
    }
  };
  for await (const chunk of chunksOf(file, context)) {
    for (let at = 0; at < chunk.length; at += PIECE_BYTES) {
      yield [decode(chunk.subarray(at, at + PIECE_BYTES)), false];
    }
  }
  yield [decode(), true];
}
