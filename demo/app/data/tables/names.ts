/** Names of a table's columns: from a header or by number; and whether the first row is a header. */
import { FormatError, LimitError } from "../../../../src/index.ts";
import { formatCount } from "../../../ui/format.ts";
import { checkName } from "../open-dataset.ts";
import { brief } from "../text.ts";
import { isMissing, readDate, readNumber } from "./cells.ts";

/** Columns at most: a row of that many is read in 25 ms, so that the page stays responsive. */
const MAX_COLUMNS = 2 ** 17;

/**
 * Returns the names of columns; one without a name gets its number.
 *
 * @throws FormatError fewer than two, two of the same name
 * @throws LimitError  more than {@link MAX_COLUMNS}, a name that is too long
 */
export function namesFrom(cells: readonly string[], path: string): string[] {
  checkCount(cells.length, path);
  const names = cells.map((cell, i) => cell.trim() || numberedName(i));
  const seen = new Set<string>();
  for (const [i, name] of names.entries()) {
    checkName(name, `the name of column ${i + 1}`, path);
    if (seen.has(name)) throw new FormatError(path, `two columns are named “${brief(name)}”; rename one`);
    seen.add(name);
  }
  if (names.length > 1) return names;
  throw new FormatError(
    path,
    `its header has one column, “${brief(names[0])}”; labels and features need two or more`,
  );
}

/** Returns names of columns that have none. @throws FormatError, LimitError as {@link namesFrom} */
export function numberedNames(count: number, path: string): string[] {
  checkCount(count, path);
  if (count < 2) throw new FormatError(path, "has one column; labels and features need two or more");
  return Array.from({ length: count }, (_, i) => numberedName(i));
}

export function numberedName(i: number): string {
  return `column ${i + 1}`;
}

function checkCount(count: number, path: string): void {
  if (count <= MAX_COLUMNS) return;
  throw new LimitError(
    path,
    `its header has ${formatCount(count)} columns, this page takes at most ${formatCount(MAX_COLUMNS)}`,
  );
}

/** Returns whether a row is nothing but an empty line. */
export function isEmptyRow(cells: readonly string[]): boolean {
  return cells.length === 1 && cells[0].trim() === "";
}

/** Share of a column's cells that must be numbers for the column to be one of numbers. */
const NUMBERS = 0.9;
/** Values of a column that repeats itself at most, and how often each comes on average at least. */
const FEW = 20;
const OFTEN = 3;
/** Columns that are looked at. */
const MOST = 2000;

/**
 * Guesses whether the first row is a header: a name is no number above a column of numbers, and none of the values
 * that a column repeats.
 */
export function guessHeader(
  first: readonly string[],
  below: readonly (readonly string[])[],
): boolean | "unsure" {
  if (below.length === 0) return "unsure";
  const cells = first.map((cell) => cell.trim());
  const named = cells.filter((cell) => cell !== "");
  if (new Set(named).size < named.length) return named.some(isNumberLike) ? false : "unsure";
  if (isCounting(named)) return "unsure";
  let [votes, against] = [0, 0];
  for (let i = 0; i < Math.min(cells.length, MOST); i++) {
    const vote = voteOf(cells[i], below, i);
    if (vote > 0) votes++;
    else if (vote < 0) against++;
  }
  if (votes > 0 && against === 0) return true;
  return against > 0 && votes === 0 ? false : "unsure";
}

/** Returns 1 if a cell looks like the name of the column below it, −1 if like one of its values, else 0. */
function voteOf(cell: string, below: readonly (readonly string[])[], i: number): number {
  const values = below.map((cells) => cells[i] ?? "").filter((value) => !isMissing(value));
  if (values.length === 0) return 0;
  const numbers = values.filter(isNumberLike).length;
  if (numbers >= NUMBERS * values.length) {
    if (isNumberLike(cell)) return -1;
    return isMissing(cell) ? 0 : 1;
  }
  const known = new Set(values.map((value) => value.trim()));
  if (known.has(cell)) return -1;
  return known.size <= FEW && OFTEN * known.size <= values.length && !isMissing(cell) ? 1 : 0;
}

/** Returns whether names are numbers that count up by one, as tables without names are exported with. */
function isCounting(names: readonly string[]): boolean {
  return names.length > 2 && names.every((name, i) => i === 0 || Number(name) === Number(names[i - 1]) + 1);
}

function isNumberLike(cell: string): boolean {
  return ![readNumber(cell, "."), readNumber(cell, ","), readDate(cell, "d/m"), readDate(cell, "m/d")].every(
    Number.isNaN,
  );
}
