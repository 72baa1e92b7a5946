/** Reads all rows of a table: the labels, and the columns that are to be features. */
import { FormatError, type Label, LimitError } from "../../../../src/index.ts";
import { pause } from "../../../../src/pause.ts";
import { formatCount } from "../../../ui/format.ts";
import { GrowingFloats, inBlocks } from "../arrays.ts";
import type { NamedFile, OpenContext, TableChoices } from "../open-context.ts";
import { checkName, checkSize, MAX_BYTES, toLabels } from "../open-dataset.ts";
import { brief } from "../text.ts";
import { isMissing, readNumber } from "./cells.ts";
import { type ColumnBuilder, columnBuilder } from "./column-builder.ts";
import type { TableColumn } from "./columns.ts";
import { GrowingNumbers, SharedBuffers } from "./growing.ts";
import { isEmptyRow } from "./names.ts";
import { openSource } from "./open-source.ts";
import { kindOfColumn, type TableProfile } from "./profile.ts";
import type { ReadingNotes } from "./remarks.ts";
import type { TableSource } from "./table-source.ts";

/** A table in memory. */
export interface WholeTable extends ReadingNotes {
  /** `[N]`, numbers if all are whole numbers. */
  readonly labels: readonly Label[];
  /** Number of each row as a spreadsheet shows it, `[N]`. */
  readonly numbers: Uint32Array;
  /** Names of the columns that are features. */
  readonly features: readonly string[];
  /** The columns; none if they are pixels. */
  readonly columns: TableColumn[];
  /** `[N, features]` if they are pixels, else empty. */
  readonly pixels: Float32Array;
}

/** Classes at most: a column with more holds names of rows or measurements. */
const MAX_CLASSES = 1000;
/** Cells that are read between two looks at the clock. */
const CELLS = 2 ** 12;

/** Reads a table whose first rows gave the profile. @throws FormatError, LimitError */
export async function readTable(
  file: NamedFile,
  profile: TableProfile,
  choices: TableChoices,
  context: OpenContext,
): Promise<WholeTable> {
  // Choices that cannot be met are refused before a Worker is begun for the file.
  const reader = new TableReader(file.path, profile, choices);
  const source = await openSource(file, context);
  let isHeader = profile.hasHeader && source.names === null;
  for await (const { first, rows } of source.rows()) {
    reader.delimiter = source.delimiter;
    for (const [i, cells] of rows.entries()) {
      if (isEmptyRow(cells)) continue;
      if (isHeader) isHeader = false;
      else reader.add(cells, first + i);
      if (i % reader.rowsAtOnce === 0) await pause(context.signal);
    }
    reader.checkSize();
  }
  return reader.finish(source, context.signal);
}

class TableReader {
  /** Delimiter of the cells, for errors; null in formats without one. */
  delimiter: string | null = null;
  readonly #path: string;
  readonly #names: readonly string[];
  readonly #label: number;
  /** Positions of the columns that are features. */
  readonly #used: readonly number[];
  readonly #leftOut: readonly string[];
  readonly #builders: readonly ColumnBuilder[];
  readonly #pixels: GrowingFloats | null;
  /** Names of classes with their indices, in the order of their first rows. */
  readonly #classes = new Map<string, number>();
  readonly #buffers = new SharedBuffers();
  readonly #classOfRow = new GrowingNumbers<Uint32Array<ArrayBuffer>>(Uint32Array, this.#buffers);
  readonly #numbers = new GrowingNumbers<Uint32Array<ArrayBuffer>>(Uint32Array, this.#buffers);
  #unlabelled = 0;

  constructor(path: string, profile: TableProfile, choices: TableChoices) {
    const { columns } = profile;
    this.#path = path;
    this.#names = columns.map(({ name }) => name);
    this.#label = this.#names.indexOf(choices.label);
    if (this.#label < 0) throw new FormatError(path, `has no column “${brief(choices.label)}”`);
    const kinds = columns.map((column) => kindOfColumn(column, choices));
    const others = Array.from(columns.keys()).filter((i) => i !== this.#label);
    this.#used = others.filter((i) => kinds[i] !== "leave out");
    this.#leftOut = others.filter((i) => kinds[i] === "leave out").map((i) => this.#names[i]);
    if (this.#used.length === 0)
      throw new FormatError(path, "no column is left to be a feature; tick one under “Features”");
    this.#pixels = choices.arePixels ? new GrowingFloats(MAX_BYTES / Float32Array.BYTES_PER_ELEMENT) : null;
    this.#builders = this.#pixels
      ? []
      : this.#used.map((i) => {
          const kind = kinds[i] === "leave out" ? "category" : kinds[i];
          return columnBuilder(
            { name: columns[i].name, kind, reading: columns[i].reading },
            path,
            this.#buffers,
          );
        });
  }

  /** Rows between two looks at the clock. */
  get rowsAtOnce(): number {
    return Math.ceil(CELLS / this.#names.length);
  }

  /** @throws LimitError more rows than this page takes */
  checkSize(): void {
    const bytes = this.#pixels ? Float32Array.BYTES_PER_ELEMENT : Float64Array.BYTES_PER_ELEMENT;
    checkSize(this.#numbers.length, this.#used.length, bytes, this.#path);
  }

  /** @throws FormatError, LimitError that name the row `number`, or the column of labels */
  add(cells: readonly string[], number: number): void {
    this.#checkLength(cells.length, number);
    const label = cells[this.#label].trim();
    // A class may be named “none”.
    if (isMissing(label) && label.toLowerCase() !== "none") {
      this.#unlabelled++;
      return;
    }
    this.#classOfRow.push(this.#classOf(label, number));
    this.#numbers.push(number);
    if (this.#pixels) this.#addPixels(this.#pixels.add(this.#used.length), cells, number);
    else for (const [j, i] of this.#used.entries()) this.#builders[j].add(cells[i], number);
  }

  #addPixels(row: Float32Array, cells: readonly string[], number: number): void {
    for (const [j, i] of this.#used.entries()) {
      const value = isMissing(cells[i]) ? 0 : readNumber(cells[i], ".");
      if (Number.isNaN(value)) {
        const place = `row ${formatCount(number)} of the column “${brief(this.#names[i])}”`;
        throw new FormatError(this.#path, `“${brief(cells[i])}” in ${place} is no brightness of a pixel`);
      }
      row[j] = value;
    }
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
    // A copy: a part of the file's text would keep the whole piece in memory.
    this.#classes.set(label.split("").join(""), this.#classes.size);
    return this.#classes.size - 1;
  }

  #checkLength(length: number, number: number): void {
    const expected = this.#names.length;
    if (length === expected) return;
    const mayBeDecimal = length > expected && this.delimiter === ",";
    const hint = mayBeDecimal ? "; if numbers have decimal commas, save it with semicolons" : "";
    throw new FormatError(this.#path, `row ${number} has ${length} cells, the header ${expected}${hint}`);
  }

  /** Returns what was read; nothing can be added then. */
  async finish(source: TableSource, signal: AbortSignal): Promise<WholeTable> {
    const classes = toLabels([...this.#classes.keys()]);
    const classOfRow = await this.#classOfRow.finish(signal);
    const labels: Label[] = [];
    await inBlocks(classOfRow.length, signal, (row) => labels.push(classes[classOfRow[row]]));
    const columns: TableColumn[] = [];
    for (const builder of this.#builders) columns.push(await builder.finish(signal));
    return {
      labels,
      numbers: await this.#numbers.finish(signal),
      features: this.#used.map((i) => this.#names[i]),
      columns,
      pixels: this.#pixels?.values ?? new Float32Array(0),
      leftOut: this.#leftOut,
      unlabelled: this.#unlabelled,
      builders: this.#builders,
      remarks: source.remarks,
    };
  }
}
