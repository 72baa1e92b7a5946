/**
 * CSV text as rows, columns and numbers: any delimiter, quoted cells, decimal points or commas, plain or gzip.
 */
import { type ParseResult, Parser, parse } from "papaparse";
import { FormatError, LimitError } from "../../../src/index.ts";
import { pause } from "../../../src/pause.ts";
import { formatCount } from "../../ui/format.ts";
import { chunksOf } from "./file-bytes.ts";
import type { CsvColumn, NamedFile, OpenContext } from "./open-context.ts";
import { checkName } from "./open-dataset.ts";
import { brief } from "./text.ts";

/** Rows in the order of the file. */
export interface CsvRows {
  /** The number of the first of them; the header is row 1, and empty rows count, as in a spreadsheet. */
  readonly first: number;
  readonly rows: readonly (readonly string[])[];
  readonly delimiter: string;
}

/** Characters of a row at most: a row is split at once, and no table of numbers has longer ones. */
const MAX_ROW = 2 ** 22;
/** Bytes that are decoded at a time, so that every step is short. */
const PIECE_BYTES = 2 ** 16;
/** The first wins a tie: beside semicolons, commas are decimal. */
const DELIMITERS = [";", ",", "\t", "|"];
/** Rows, and characters of them, by which the delimiter is guessed. */
const DELIMITER_ROWS = 20;
const DELIMITER_CHARACTERS = 2 ** 17;

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
  return new FormatError(path, `row ${row} does not end within ${formatCount(MAX_ROW)} characters; ${hint}`);
}

export function isEmptyRow(cells: readonly string[]): boolean {
  return cells.length === 1 && cells[0].trim() === "";
}

/** Lines may also end in CR LF: the parser takes the CR for a space, and cells are trimmed. */
function parserFor(text: string): Parser {
  const { meta } = parse(text.slice(0, DELIMITER_CHARACTERS), {
    preview: DELIMITER_ROWS,
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

/** A number with a decimal comma; points may part groups of its digits. */
const COMMA = /^[-+]?[\d.]*,\d+(e[-+]?\d+)?$/i;

/** Returns whether a cell is meant as a number, even one that cannot be read. */
function isNumber(cell: string): boolean {
  const text = cell.trim();
  return text !== "" && (!Number.isNaN(Number(text)) || COMMA.test(text));
}

/** Reads the cells of one file. If semicolons separate them, commas are decimal commas. */
export class CsvNumbers {
  /** The first cell with a decimal comma and its place; empty if there was none. */
  comma = "";
  /** The first cell with a decimal point; searched only if commas may be decimal. */
  #point = "";
  readonly #path: string;
  readonly #hasCommas: boolean;

  constructor(path: string, delimiter: string) {
    this.#path = path;
    this.#hasCommas = delimiter === ";";
  }

  /** @throws FormatError text, a number too large, commas that may be decimal or not; with row and column */
  read(cell: string, column: string, row: number): number {
    const text = cell.trim();
    if (this.#hasCommas) this.#checkDecimals(text, column, row);
    const value = Number(this.#hasCommas ? text.replace(",", ".") : text);
    if (Number.isFinite(Math.fround(value))) return value;
    throw new FormatError(this.#path, this.#reason(text, column, row));
  }

  #checkDecimals(text: string, column: string, row: number): void {
    if (!isNumber(text)) return;
    const place = () => `“${brief(text)}” (row ${row}, column “${brief(column)}”)`;
    if (text.includes(",")) this.comma ||= place();
    if (text.includes(".")) this.#point ||= place();
    if (!this.comma || !this.#point) return;
    const places = [...new Set([this.comma, this.#point])].join(" and ");
    throw new FormatError(
      this.#path,
      `decimal commas and points are mixed in ${places}; write all numbers alike and do not group their digits`,
    );
  }

  #reason(text: string, column: string, row: number): string {
    const place = `row ${row}, column “${brief(column)}”`;
    if (!isNumber(text)) {
      return `the column “${brief(column)}” is not numeric: row ${row} has “${brief(text)}”; untick it under “Features”`;
    }
    if (this.#hasCommas || !text.includes(",")) {
      return `${place}: ${brief(text)} is too large; features are float32, at most 3.4e38`;
    }
    return `${place}: “${brief(text)}” may have a decimal comma; these are read where semicolons part the cells, so save it with semicolons or write decimal points`;
  }
}

/** Columns at most: a row of that many is read in 25 ms, so that the page stays responsive. */
const MAX_COLUMNS = 2 ** 17;
/** Rows of the sample, and cells of it: fewer rows if there are many columns. */
const SAMPLE_ROWS = 200;
const SAMPLE_CELLS = 2 ** 17;
const MISSING = /^(|\?|na|n\/a|nan|null|none)$/i;

/**
 * Reads the columns from the header and the first rows.
 *
 * @throws FormatError, LimitError as {@link readHeader} and {@link csvRows}
 */
export async function csvColumns(file: NamedFile, signal: AbortSignal): Promise<CsvColumn[]> {
  let names: string[] | null = null;
  const sample: (readonly string[])[] = [];
  for await (const { rows } of csvRows(file, { signal, onProgress: () => {} })) {
    const start = names ? 0 : 1;
    names ??= readHeader(rows[0], file.path);
    const most = Math.min(SAMPLE_ROWS, Math.ceil(SAMPLE_CELLS / names.length));
    sample.push(...rows.slice(start, start + most - sample.length));
    if (sample.length === most) break;
  }
  if (!names) throw new FormatError(file.path, "is empty");
  const filled = sample.filter((cells) => !isEmptyRow(cells));
  return names.map((name, i) => ({
    name,
    isNumeric: filled.every((cells) => isMissing(cells[i] ?? "") || isNumber(cells[i])),
  }));
}

/**
 * Returns the names of columns; one without a name gets its number.
 *
 * @throws FormatError fewer than two, two of the same name
 * @throws LimitError  more than {@link MAX_COLUMNS}, a name that is too long
 */
export function readHeader(cells: readonly string[], path: string): string[] {
  if (cells.length > MAX_COLUMNS) {
    throw new LimitError(
      path,
      `its header has ${formatCount(cells.length)} columns, this page takes at most ${formatCount(MAX_COLUMNS)}`,
    );
  }
  const names = cells.map((cell, i) => cell.trim() || `column ${i + 1}`);
  const seen = new Set<string>();
  for (const [i, name] of names.entries()) {
    checkName(name, `the name of column ${i + 1}`, path);
    if (seen.has(name)) throw new FormatError(path, `two columns are named “${brief(name)}”`);
    seen.add(name);
  }
  if (names.length > 1) return names;
  throw new FormatError(
    path,
    `its header has one column, “${brief(names[0])}”; labels and features need two or more`,
  );
}

export function isMissing(cell: string): boolean {
  return MISSING.test(cell.trim());
}
