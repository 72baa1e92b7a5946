/** The rows of a CSV file as numbers and labels, checked one by one. */
import { DataError, FormatError, type Label, LimitError } from "../../../src/index.ts";
import { brief } from "./brief.ts";
import { isMissing, readHeader } from "./csv-columns.ts";
import { CsvNumbers } from "./csv-numbers.ts";
import { type CsvRows, isEmptyRow } from "./csv-rows.ts";
import { GrowingFloats } from "./growing-floats.ts";
import type { TableChoices } from "./open-context.ts";
import { checkName, checkSize, count, MAX_BYTES, toLabels } from "./open-dataset.ts";

/** More tell of a column that names rows or measures something. */
const MAX_CLASSES = 1000;

/** The rows that came so far. */
export class CsvTable {
  /** Names of the feature columns. */
  readonly features: readonly string[];
  /** Names of the columns that are neither features nor labels. */
  readonly leftOut: readonly string[];
  /** Rows left out for a missing value. */
  skipped = 0;
  readonly #path: string;
  readonly #delimiter: string;
  readonly #names: readonly string[];
  readonly #label: number;
  readonly #columns: readonly number[];
  readonly #skipIncomplete: boolean;
  readonly #numbers: CsvNumbers;
  readonly #values = new GrowingFloats(MAX_BYTES / Float32Array.BYTES_PER_ELEMENT);
  /** Names of classes, each with its place in the order they came in. */
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

  /** Whether commas were read as decimal commas. */
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
        `the column “${brief(this.#names[this.#label])}” would give more than ${count(MAX_CLASSES)} classes; it looks like ids or numbers, so choose another label column`,
      );
    }
    this.#classes.set(label, this.#classes.size);
    return this.#classes.size - 1;
  }

  #checkLength(length: number, number: number): void {
    const expected = this.#names.length;
    if (length === expected) return;
    const mayBeDecimal = length > expected && this.#delimiter === ",";
    const hint = mayBeDecimal ? "; where numbers have decimal commas, save it with semicolons" : "";
    throw new FormatError(this.#path, `row ${number} has ${length} cells, the header ${expected}${hint}`);
  }

  #isIncomplete(cells: readonly string[], number: number): boolean {
    // A class may well be named “none”.
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
