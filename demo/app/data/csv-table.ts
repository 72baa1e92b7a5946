/** The rows of a CSV file as numbers and labels, checked one by one. */
import { DataError, FormatError } from "../../../src/index.ts";
import { isMissing, readHeader } from "./csv-columns.ts";
import { CsvNumbers } from "./csv-numbers.ts";
import { type CsvRows, isEmptyRow } from "./csv-rows.ts";
import type { TableChoices } from "./open-context.ts";
import { checkSize } from "./open-dataset.ts";

const FIRST_VALUES = 2 ** 16;

/** The rows that came so far. */
export class CsvTable {
  /** `[rows]` */
  readonly labels: string[] = [];
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
  #values = new Float32Array(FIRST_VALUES);

  constructor(header: CsvRows, { label, leaveOut, skipIncomplete }: TableChoices, path: string) {
    const names = readHeader(header.rows[0], path);
    this.#path = path;
    this.#delimiter = header.delimiter;
    this.#names = names;
    this.#label = names.indexOf(label);
    this.#skipIncomplete = skipIncomplete;
    this.#numbers = new CsvNumbers(path, header.delimiter);
    if (this.#label < 0) throw new FormatError(path, `has no column “${label}”`);
    const unticked = new Set(leaveOut);
    this.#columns = Array.from(names.keys()).filter((i) => i !== this.#label && !unticked.has(names[i]));
    this.features = this.#columns.map((i) => names[i]);
    this.leftOut = names.filter((name) => name !== label && unticked.has(name));
    if (this.features.length > 0) return;
    throw new FormatError(path, "no column is left to be a feature; tick one under “Features”");
  }

  get rows(): number {
    return this.labels.length;
  }

  /** Whether commas were read as decimal commas. */
  get hasCommas(): boolean {
    return this.#numbers.comma !== "";
  }

  /** `[rows, features]` */
  get values(): Float32Array {
    return this.#values.subarray(0, this.rows * this.features.length);
  }

  /** @throws FormatError, DataError that name the row `number` */
  add(cells: readonly string[], number: number): void {
    if (isEmptyRow(cells)) return;
    this.#checkLength(cells.length, number);
    if (this.#isIncomplete(cells, number)) return;
    this.#grow();
    const start = this.rows * this.features.length;
    for (const [j, i] of this.#columns.entries()) {
      this.#values[start + j] = this.#numbers.read(cells[i], this.#names[i], number);
    }
    this.labels.push(cells[this.#label].trim());
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
      throw new DataError(this.#path, `row ${number} has no value in the column “${this.#names[at]}”`);
    }
    this.skipped++;
    return true;
  }

  #grow(): void {
    const needed = (this.rows + 1) * this.features.length;
    if (needed <= this.#values.length) return;
    checkSize(this.rows + 1, this.features.length, Float32Array.BYTES_PER_ELEMENT, this.#path);
    const larger = new Float32Array(Math.max(needed, 2 * this.#values.length));
    larger.set(this.#values);
    this.#values = larger;
  }
}
