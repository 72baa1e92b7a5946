/** CSV files with a header as data sets: one column of labels, the others numbers. */
import { DataError, FormatError, type Label, LimitError, ShapeError } from "../../../src/index.ts";
import { formatCount } from "../../ui/format.ts";
import { GrowingFloats } from "./arrays.ts";
import { CsvNumbers, type CsvRows, csvRows, isEmptyRow, isMissing, readHeader } from "./csv.ts";
import type { DemoDataset } from "./demo-dataset.ts";
import { type NamedFile, nameOf, type OpenContext, type TableChoices } from "./open-context.ts";
import {
  checkName,
  checkSize,
  datasetOf,
  MAX_BYTES,
  PIXEL_SCALE,
  someOf,
  toLabels,
  toPixels,
} from "./open-dataset.ts";
import { brief } from "./text.ts";

/**
 * Reads the whole file; rows are counted from the header, which is row 1.
 *
 * @throws FormatError no such column, rows of another length, text instead of numbers, what `csvRows` refuses
 * @throws DataError   missing values, unless they are to be skipped; no rows; one class
 * @throws LimitError  more classes, columns, rows or values, or longer names, than this page takes
 */
export async function openCsv(
  file: NamedFile,
  choices: TableChoices,
  context: OpenContext,
): Promise<DemoDataset> {
  const { path } = file;
  let table: CsvTable | null = null;
  for await (const batch of csvRows(file, context)) {
    const { first, rows } = batch;
    const start = table ? 0 : 1;
    table ??= new CsvTable(batch, choices, path);
    for (let i = start; i < rows.length; i++) table.add(rows[i], first + i);
  }
  if (!table || table.rows === 0) throw new DataError(path, "has no rows below its header");
  const { features } = table;
  const side = Math.sqrt(features.length);
  if (choices.arePixels && !Number.isInteger(side)) {
    throw new ShapeError(path, `${features.length} features are the pixels of no square picture`);
  }
  const image = choices.arePixels ? ({ width: side, height: side, channels: 1 } as const) : null;
  const size = { rows: table.rows, cols: features.length };
  const x = image
    ? { data: await toPixels(table.values, path, context.signal), ...size, scale: PIXEL_SCALE }
    : { data: table.values, ...size };
  return datasetOf({
    argument: path,
    name: nameOf(file),
    samples: { x, y: table.labels },
    image,
    features: image ? null : features,
    split: choices.split,
    signal: context.signal,
    remark: remarkOn(table),
  });
}

/** Returns sentences about columns and rows that were left out, and about converted numbers. */
function remarkOn({ leftOut, skipped, hasCommas }: CsvTable): string {
  const sentences = [
    leftOut.length > 0 && `Columns left out: ${someOf(leftOut)}.`,
    skipped > 0 && `Rows with missing values, left out: ${formatCount(skipped)}.`,
    hasCommas && "Commas in numbers were read as decimal commas.",
  ];
  return sentences.filter((sentence) => sentence !== false).join(" ");
}

/** Classes at most: a column with more holds names of rows or measurements. */
const MAX_CLASSES = 1000;

/** The rows that were read so far. */
class CsvTable {
  readonly features: readonly string[];
  /** Names of the columns that are neither features nor labels. */
  readonly leftOut: readonly string[];
  skipped = 0;
  readonly #path: string;
  readonly #delimiter: string;
  readonly #names: readonly string[];
  readonly #label: number;
  readonly #columns: readonly number[];
  readonly #skipIncomplete: boolean;
  readonly #numbers: CsvNumbers;
  readonly #values = new GrowingFloats(MAX_BYTES / Float32Array.BYTES_PER_ELEMENT);
  /** Names of classes with their indices, in the order of their first rows. */
  readonly #classes = new Map<string, number>();
  /** The class of each row, `[rows]`. */
  readonly #classOfRow: number[] = [];

  constructor(header: CsvRows, { label, leaveOut, skipIncomplete }: TableChoices, path: string) {
    const names = readHeader(header.rows[0], path);
    this.#path = path;
    this.#delimiter = header.delimiter;
    this.#names = names;
    this.#label = names.indexOf(label);
    this.#skipIncomplete = skipIncomplete;
    this.#numbers = new CsvNumbers(path, header.delimiter);
    if (this.#label < 0) throw new FormatError(path, `has no column “${brief(label)}”`);
    const unticked = new Set(leaveOut);
    this.#columns = Array.from(names.keys()).filter((i) => i !== this.#label && !unticked.has(names[i]));
    this.features = this.#columns.map((i) => names[i]);
    this.leftOut = names.filter((name) => name !== label && unticked.has(name));
    if (this.features.length > 0) return;
    throw new FormatError(path, "no column is left to be a feature; tick one under “Features”");
  }

  get rows(): number {
    return this.#classOfRow.length;
  }

  /** `[rows]`, numbers if all are whole numbers. */
  get labels(): readonly Label[] {
    const classes = toLabels([...this.#classes.keys()]);
    return this.#classOfRow.map((k) => classes[k]);
  }

  get hasCommas(): boolean {
    return this.#numbers.comma !== "";
  }

  /** `[rows, features]` */
  get values(): Float32Array {
    return this.#values.values;
  }

  /** @throws FormatError, DataError, LimitError that name the row `number`, or the column of labels */
  add(cells: readonly string[], number: number): void {
    if (isEmptyRow(cells)) return;
    this.#checkLength(cells.length, number);
    if (this.#isIncomplete(cells, number)) return;
    checkSize(this.rows + 1, this.features.length, Float32Array.BYTES_PER_ELEMENT, this.#path);
    const row = this.#values.add(this.features.length);
    for (const [j, i] of this.#columns.entries()) {
      row[j] = this.#numbers.read(cells[i], this.#names[i], number);
    }
    this.#classOfRow.push(this.#classOf(cells[this.#label].trim(), number));
  }

  #classOf(label: string, number: number): number {
    const known = this.#classes.get(label);
    if (known !== undefined) return known;
    checkName(label, `the label in row ${number}`, this.#path);
    if (this.#classes.size === MAX_CLASSES) {
      throw new LimitError(
        this.#path,
        `the column “${brief(this.#names[this.#label])}” would give more than ${formatCount(MAX_CLASSES)} classes; it looks like ids or numbers, so choose another label column`,
      );
    }
    this.#classes.set(label, this.#classes.size);
    return this.#classes.size - 1;
  }

  #checkLength(length: number, number: number): void {
    const expected = this.#names.length;
    if (length === expected) return;
    const mayBeDecimal = length > expected && this.#delimiter === ",";
    const hint = mayBeDecimal ? "; if numbers have decimal commas, save it with semicolons" : "";
    throw new FormatError(this.#path, `row ${number} has ${length} cells, the header ${expected}${hint}`);
  }

  #isIncomplete(cells: readonly string[], number: number): boolean {
    // A class may be named “none”.
    const isUnlabelled = cells[this.#label].trim() === "";
    const at = isUnlabelled ? this.#label : this.#columns.find((i) => isMissing(cells[i]));
    if (at === undefined) return false;
    if (!this.#skipIncomplete) {
      throw new DataError(this.#path, `row ${number} has no value in the column “${brief(this.#names[at])}”`);
    }
    this.skipped++;
    return true;
  }
}
