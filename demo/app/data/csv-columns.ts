/** The columns of a CSV file: its header, and what the first rows show of each. */
import { FormatError, LimitError } from "../../../src/index.ts";
import { brief } from "./brief.ts";
import { isNumber } from "./csv-numbers.ts";
import { csvRows, isEmptyRow } from "./csv-rows.ts";
import type { CsvColumn } from "./label-column.ts";
import type { NamedFile } from "./open-context.ts";
import { checkName, count } from "./open-dataset.ts";

/** Columns at most: a row of so many is split and read within half of the 50 ms that a page may be held up. */
export const MAX_COLUMNS = 2 ** 17;
/** Rows that are looked at, and cells of them: fewer rows of many columns. */
const SAMPLE = 200;
const SAMPLE_CELLS = 2 ** 17;
const MISSING = /^(|\?|na|n\/a|nan|null|none)$/i;

/** Looks at the first rows. @throws FormatError, LimitError what {@link readHeader} and `csvRows` refuse */
export async function csvColumns(file: NamedFile, signal: AbortSignal): Promise<CsvColumn[]> {
  let names: string[] | null = null;
  const sample: (readonly string[])[] = [];
  for await (const { rows } of csvRows(file, { signal, onProgress: () => {} })) {
    const start = names ? 0 : 1;
    names ??= readHeader(rows[0], file.path);
    const most = Math.min(SAMPLE, Math.ceil(SAMPLE_CELLS / names.length));
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
 * Names of columns; one without a name gets its place.
 *
 * @throws FormatError fewer than two, two of the same name
 * @throws LimitError  more than {@link MAX_COLUMNS}, a name that is too long
 */
export function readHeader(cells: readonly string[], path: string): string[] {
  if (cells.length > MAX_COLUMNS) {
    throw new LimitError(
      path,
      `its header has ${count(cells.length)} columns, this page takes at most ${count(MAX_COLUMNS)}`,
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

/** Whether a cell says that there is no value. */
export function isMissing(cell: string): boolean {
  return MISSING.test(cell.trim());
}
