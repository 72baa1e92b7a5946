/** The kind of one column, by its cells in the first rows, and whether it can tell anything about other rows. */
import { formatCount } from "../../../ui/format.ts";
import { brief } from "../text.ts";
import { isMissing, type Reading, readDate, readNumber, readYesNo, slashPair } from "./cells.ts";
import type { ColumnKind } from "./columns.ts";
import type { ColumnAdvice, ColumnProfile } from "./profile.ts";

/** Different values that are counted for labels at most. */
const MAX_COUNTED = 1000;
const EXAMPLES = 3;
/** Share of the cells of a column of numbers or dates that must be such. */
const READABLE = 0.95;
/** Rows from which different values everywhere are taken for ids. */
const ID_ROWS = 10;
/** Values of a category that are features of their own; a column with no more of them is never a text. */
const FEW_VALUES = 30;
/** Words of a cell on average, from which it is a text; fewer are enough if there are many different cells. */
const TEXT_WORDS = 3;
const SOME_WORDS = 1.5;
const MANY_VALUES = 100;

interface Found {
  readonly kind: ColumnKind;
  readonly reading: Reading;
  readonly reason: string;
}

/** Cells of a column that are not missing. */
interface Sample {
  readonly name: string;
  readonly cells: readonly string[];
  /** Cells with each value. */
  readonly counts: ReadonlyMap<string, number>;
  readonly delimiter: string | null;
}

/** Returns the profile of a column from its sampled cells. */
export function profileColumn(name: string, all: readonly string[], delimiter: string | null): ColumnProfile {
  const cells = all.filter((cell) => !isMissing(cell));
  const counts = new Map<string, number>();
  for (const cell of cells) {
    const value = cell.trim();
    counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  const sample = { name, cells, counts, delimiter };
  const found = kindOf(sample);
  const missing = all.length - cells.length;
  const [advice, reason] = adviceOn(sample, found, missing);
  return {
    name,
    kind: found.kind,
    reading: found.reading,
    distinct: counts.size,
    missing,
    examples: Array.from(counts.keys()).slice(0, EXAMPLES).map(brief),
    advice,
    reason,
    counts: counts.size > MAX_COUNTED ? null : counts,
  };
}

function kindOf(sample: Sample): Found {
  const { cells, counts, delimiter } = sample;
  const decimal = decimalOf(cells, delimiter);
  const reading: Reading = { decimal, dates: "m/d" };
  if (cells.length === 0) return { kind: "category", reading, reason: "no values" };
  if (isYesNo(counts)) return { kind: "yes-no", reading, reason: `“${[...counts.keys()].join("” and “")}”` };
  const wrong = cells.filter((cell) => Number.isNaN(readNumber(cell, decimal)));
  if (wrong.length <= (1 - READABLE) * cells.length)
    return { kind: "number", reading, reason: reasonOfNumbers(cells, wrong, decimal) };
  return datesIn(sample, decimal) ?? wordsIn(sample, reading);
}

/** Returns the decimal mark. Commas are decimal beside semicolons, and elsewhere if they cannot part groups. */
function decimalOf(cells: readonly string[], delimiter: string | null): Reading["decimal"] {
  if (!cells.some((cell) => cell.includes(","))) return ".";
  const readable = (decimal: Reading["decimal"]) =>
    cells.reduce((count, cell) => count + (Number.isNaN(readNumber(cell, decimal)) ? 0 : 1), 0);
  const [points, commas] = [readable("."), readable(",")];
  if (commas === points) return delimiter === ";" ? "," : ".";
  return commas > points ? "," : ".";
}

function reasonOfNumbers(
  cells: readonly string[],
  wrong: readonly string[],
  decimal: Reading["decimal"],
): string {
  if (wrong.length > 0) return `numbers; “${brief(wrong[0].trim())}” is none and counts as missing`;
  const comma = cells.find((cell) => cell.includes(","));
  if (comma === undefined) return "numbers";
  return `numbers; “${brief(comma.trim())}” is read as ${readNumber(comma, decimal)}`;
}

function isYesNo(counts: ReadonlyMap<string, number>): boolean {
  const values = [...counts.keys()];
  if (values.length < 2 || values.length > 4 || values.some((value) => /\d/.test(value))) return false;
  const read = values.map(readYesNo);
  return read.includes(0) && read.includes(1) && !read.some(Number.isNaN);
}

function datesIn({ cells }: Sample, decimal: Reading["decimal"]): Found | null {
  const pairs = cells.map(slashPair).filter((pair) => pair !== null);
  const isDayFirst = pairs.some(([first]) => first > 12);
  const isDaySecond = pairs.some(([, second]) => second > 12);
  const dates = isDayFirst ? "d/m" : "m/d";
  const wrong = cells.filter((cell) => Number.isNaN(readDate(cell, dates))).length;
  if (wrong > (1 - READABLE) * cells.length) return null;
  const isDoubtful = pairs.length > 0 && !isDayFirst && !isDaySecond;
  const order = isDayFirst ? "day/month/year" : "month/day/year";
  const reason = isDoubtful
    ? `dates; no day is above 12, so that day and month cannot be told apart: read as ${order}`
    : `dates${pairs.length > 0 ? `, ${order}` : ""}`;
  return { kind: "date", reading: { decimal, dates }, reason };
}

function wordsIn({ cells, counts }: Sample, reading: Reading): Found {
  const words = cells.reduce((sum, cell) => sum + wordsOf(cell), 0) / cells.length;
  const repeats = cells.length / counts.size;
  const isShortList = counts.size <= FEW_VALUES && (repeats >= 2 || words < TEXT_WORDS);
  const isText = words >= TEXT_WORDS || (words >= SOME_WORDS && counts.size > MANY_VALUES && repeats < 10);
  if (isText && !isShortList) return { kind: "text", reading, reason: "several words in a cell" };
  const count = formatCount(counts.size);
  const reason =
    counts.size > FEW_VALUES
      ? `${count} different values; those in few rows count together`
      : `${count} different values`;
  return { kind: "category", reading, reason };
}

/** Characters of a cell that are looked at. */
const MOST_LETTERS = 1000;
/** Letters that count as a word in scripts that put no spaces between words. */
const LETTERS_OF_WORD = 10;

/** Returns the number of words: signs such as `A/5 21` are none. */
function wordsOf(cell: string): number {
  const words = cell.slice(0, MOST_LETTERS).match(/\p{L}{2,}/gu) ?? [];
  return words.reduce((sum, word) => sum + Math.ceil(word.length / LETTERS_OF_WORD), 0);
}

function adviceOn(sample: Sample, { kind, reason }: Found, missing: number): [ColumnAdvice, string] {
  const { cells, counts } = sample;
  if (cells.length === 0) return ["empty", "no values"];
  if (counts.size === 1 && missing === 0) return ["constant", `always “${brief([...counts.keys()][0])}”`];
  if (cells.length < ID_ROWS || counts.size < cells.length) return ["use", reason];
  const isId = kind === "category" || (kind === "number" && areIdNumbers(sample));
  return isId ? ["id", "every row has another value: an id"] : ["use", reason];
}

const ID_NAME = /(^|[\s_.-])(id|ids|idx|index|nr|no|uuid|guid|key|row)\.?$|[a-z]I[dD]$|^unnamed: 0$/i;

/** Returns whether numbers that all differ count rows: whole ones that ascend, or whole ones called an id. */
function areIdNumbers({ name, cells }: Sample): boolean {
  const numbers = cells.map(Number);
  if (!numbers.every(Number.isSafeInteger)) return false;
  if (ID_NAME.test(name)) return true;
  return numbers.every((number, i) => i === 0 || number > numbers[i - 1]);
}
