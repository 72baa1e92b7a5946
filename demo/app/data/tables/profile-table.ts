/** Looks at the first rows of a table: the header, the kinds of columns, the most likely labels. */
import { FormatError } from "../../../../src/index.ts";
import { pause } from "../../../../src/pause.ts";
import type { NamedFile } from "../open-context.ts";
import { profileColumn } from "./column-profile.ts";
import { guessLabel } from "./label-guess.ts";
import { guessHeader, isEmptyRow, namesFrom, numberedNames } from "./names.ts";
import { openSource } from "./open-source.ts";
import type { ColumnProfile, TableProfile } from "./profile.ts";
import type { TableSource } from "./table-source.ts";

interface ProfileOptions {
  /** Whether the first row holds the names of the columns. Default: guessed. */
  readonly hasHeader?: boolean;
}

/** Rows of the sample, and cells of it: fewer rows if there are many columns. */
const SAMPLE_ROWS = 2000;
const SAMPLE_CELLS = 2 ** 18;
const PREVIEW_ROWS = 5;
/** Rows by which a header is recognised, and cells of them: fewer rows if there are many columns. */
const HEADER_ROWS = 200;
const LEAST_HEADER_ROWS = 10;
const HEADER_CELLS = 2 ** 15;

/**
 * Reads the first rows of a table.
 *
 * @throws FormatError a table without rows or with one column, two columns of the same name, what the reader refuses
 * @throws LimitError  more columns or longer names than this page takes
 */
export async function profileTable(
  file: NamedFile,
  options: ProfileOptions,
  signal: AbortSignal,
): Promise<TableProfile> {
  const source = await openSource(file, { signal, onProgress: () => {} });
  const { rows, isWhole } = await firstRows(source);
  if (rows.length === 0) throw new FormatError(file.path, "is empty");
  const { names } = source;
  const guess = names ? true : guessHeader(rows[0], rows.slice(1, headerRows(rows[0].length)));
  const hasHeader = names !== null || (options.hasHeader ?? guess !== false);
  const columnNames = namesOf(names, hasHeader ? rows[0] : null, rows[0].length, file.path);
  const sample = names || !hasHeader ? rows : rows.slice(1);
  const columns = await profileColumns(columnNames, sample, source.delimiter, signal);
  return {
    hasHeader,
    isHeaderSure: names !== null || options.hasHeader !== undefined || guess !== "unsure",
    isNamed: names !== null,
    preview: sample.slice(0, PREVIEW_ROWS).map((cells) => columnNames.map((_, i) => cells[i] ?? "")),
    columns,
    label: guessLabel(columns),
    sampledRows: sample.length,
    isWhole,
    remark: source.remarks.join(" "),
  };
}

/** Returns the number of rows by which a header is recognised, itself among them. */
function headerRows(columns: number): number {
  return Math.max(LEAST_HEADER_ROWS, Math.min(HEADER_ROWS, Math.ceil(HEADER_CELLS / columns)));
}

/** Returns the names of the columns: those that the format gives, of the header, or numbers. */
export function namesOf(
  given: readonly string[] | null,
  header: readonly string[] | null,
  count: number,
  path: string,
): string[] {
  const cells = given ?? header;
  return cells ? namesFrom(cells, path) : numberedNames(count, path);
}

/** Reads the first rows that are not empty. */
async function firstRows(source: TableSource) {
  const found: (readonly string[])[] = [];
  let most = SAMPLE_ROWS;
  for await (const { rows } of source.rows()) {
    for (const cells of rows) {
      if (found.length >= most) return { rows: found, isWhole: false };
      if (isEmptyRow(cells)) continue;
      if (found.length === 0) most = Math.min(most, 1 + Math.ceil(SAMPLE_CELLS / cells.length));
      found.push(cells);
    }
  }
  return { rows: found, isWhole: true };
}

async function profileColumns(
  names: readonly string[],
  sample: readonly (readonly string[])[],
  delimiter: string | null,
  signal: AbortSignal,
): Promise<ColumnProfile[]> {
  const columns: ColumnProfile[] = [];
  for (const [i, name] of names.entries()) {
    const cells = sample.map((row) => row[i] ?? "");
    columns.push(profileColumn(name, cells, delimiter));
    await pause(signal);
  }
  return columns;
}
