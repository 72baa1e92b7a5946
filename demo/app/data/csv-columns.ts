/** The columns of a CSV file, for someone to choose the labels among them. */
import { FormatError } from "../../../src/index.ts";
import { isNumber } from "./csv-numbers.ts";
import { csvRows, isEmptyRow } from "./csv-rows.ts";
import type { NamedFile } from "./open-context.ts";

/** One column, as far as the first rows show it. */
export interface CsvColumn {
  readonly name: string;
  /** Whether all its cells but the missing ones are numbers. */
  readonly isNumeric: boolean;
}

const SAMPLE = 200;
const USUAL_NAMES = [/^(labels?|class|classes|target|species|category|digit)$/i, /^y$/i];
const MISSING = /^(|\?|na|n\/a|nan|null|none)$/i;

/** Looks at the first rows. @throws FormatError what {@link readHeader} and `csvRows` refuse */
export async function csvColumns(file: NamedFile, signal: AbortSignal): Promise<CsvColumn[]> {
  for await (const { rows } of csvRows(file, { signal, onProgress: () => {} })) {
    const names = readHeader(rows[0], file.path);
    const sample = rows.slice(1, 1 + SAMPLE).filter((cells) => !isEmptyRow(cells));
    return names.map((name, i) => ({
      name,
      isNumeric: sample.every((cells) => isMissing(cells[i] ?? "") || isNumber(cells[i])),
    }));
  }
  throw new FormatError(file.path, "is empty");
}

/** The column that is most likely the labels: by its name, else the last of text, else the last. */
export function likelyLabel(columns: readonly CsvColumn[]): string {
  for (const names of USUAL_NAMES) {
    const usual = columns.find(({ name }) => names.test(name));
    if (usual) return usual.name;
  }
  return (columns.findLast(({ isNumeric }) => !isNumeric) ?? columns[columns.length - 1]).name;
}

/** Names of columns; one without a name gets its place. @throws FormatError fewer than two, two of the same name */
export function readHeader(cells: readonly string[], path: string): string[] {
  const names = cells.map((cell, i) => cell.trim() || `column ${i + 1}`);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new FormatError(path, `two columns are named “${twice}”`);
  if (names.length > 1) return names;
  throw new FormatError(
    path,
    `its header has one column, “${names[0]}”; labels and features need two or more`,
  );
}

/** Whether a cell says that there is no value. */
export function isMissing(cell: string): boolean {
  return MISSING.test(cell.trim());
}
