/** The rows of a CSV file as they are read: any delimiter, quoted cells, plain or gzip. Knows nothing of columns. */
import { type ParseResult, Parser, parse } from "papaparse";
import { FormatError } from "../../../src/index.ts";
import { chunksOf } from "./open-bytes.ts";
import type { NamedFile, OpenContext } from "./open-context.ts";

/** Rows in the order of the file. */
export interface CsvRows {
  /** The number of the first of them; the header is row 1, and empty rows count, as in a spreadsheet. */
  readonly first: number;
  readonly rows: readonly (readonly string[])[];
  /** What parts the cells. */
  readonly delimiter: string;
}

/** Text that one row may take: more means a quotation mark that is never closed. */
const MAX_ROW = 2 ** 24;
/** The first wins a tie: beside semicolons, commas are decimal. */
const DELIMITERS = [";", ",", "\t", "|"];
/** Rows by which the delimiter is guessed. */
const SAMPLE = 20;

/**
 * Batches of rows, one per piece of the file.
 *
 * @throws FormatError bytes that are no UTF-8 text, quotation marks that do not pair
 */
export async function* csvRows(file: NamedFile, context: OpenContext): AsyncGenerator<CsvRows> {
  let parser: Parser | null = null;
  let text = "";
  let first = 1;
  for await (const [piece, isLast] of textOf(file, context)) {
    text += piece;
    if (text === "" || (!isLast && !text.includes("\n"))) continue;
    parser ??= parserFor(text);
    const { data, errors, meta } = parser.parse(text, 0, !isLast) as ParseResult<string[]>;
    // What seems wrong in a row that goes on in the next piece is judged there.
    const wrong = errors.find(({ row = 0 }) => isLast || row < data.length);
    if (wrong) {
      throw new FormatError(file.path, `the quotation marks in row ${first + (wrong.row ?? 0)} do not pair`);
    }
    text = text.slice(meta.cursor);
    if (text.length > MAX_ROW) {
      throw new FormatError(
        file.path,
        `row ${first + data.length} does not end; is a quotation mark not closed?`,
      );
    }
    if (data.length > 0) yield { first, rows: data, delimiter: meta.delimiter };
    first += data.length;
  }
}

/** Whether nothing is in a row. */
export function isEmptyRow(cells: readonly string[]): boolean {
  return cells.length === 1 && cells[0].trim() === "";
}

/** Lines may also end in CR LF: the parser takes the CR for a space, and cells are trimmed. */
function parserFor(text: string): Parser {
  const { meta } = parse(text, { preview: SAMPLE, newline: "\n", delimitersToGuess: DELIMITERS });
  return new Parser({ delimiter: meta.delimiter, newline: "\n" });
}

async function* textOf(
  file: NamedFile,
  context: OpenContext,
): AsyncGenerator<[piece: string, isLast: boolean]> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  try {
    for await (const chunk of chunksOf(file, context)) yield [decoder.decode(chunk, { stream: true }), false];
    yield [decoder.decode(), true];
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    throw new FormatError(file.path, "is no text in UTF-8; save it as CSV in UTF-8", { cause });
  }
}
