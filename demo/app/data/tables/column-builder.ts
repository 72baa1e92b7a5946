/** Collects the cells of columns while a table is read, each kind in its own compact form. */
import { LimitError } from "../../../../src/index.ts";
import { formatCount } from "../../../ui/format.ts";
import { brief } from "../text.ts";
import { isMissing, PLAIN_READING, type Reading, readDate, readNumber, readYesNo } from "./cells.ts";
import { type ColumnKind, MISSING, type TableColumn } from "./columns.ts";
import { GrowingNumbers, type SharedBuffers } from "./growing.ts";

/** The name of a column, its use, and the notation of its cells. */
export interface ColumnPlan {
  readonly name: string;
  readonly kind: ColumnKind;
  readonly reading?: Reading;
}

/** Cells that could not be read and count as missing. */
export interface Unreadable {
  readonly count: number;
  /** The first of them, and its row. */
  readonly cell: string;
  readonly row: number;
}

/** Cells of one column that came so far. */
export interface ColumnBuilder {
  readonly plan: ColumnPlan;
  readonly unreadable: Unreadable | null;
  /** Adds the cell of a row. @throws LimitError more text than this page keeps */
  add(cell: string, row: number): void;
  /** Returns the column; nothing can be added then. @throws the signal's reason, once it is aborted */
  finish(signal?: AbortSignal): Promise<TableColumn>;
}

/** Characters of all texts and different values of a column at most. */
const MAX_CHARACTERS = 2 ** 28;
/** Different values of a category at most. */
const MAX_VALUES = 2 ** 17;

/**
 * Returns a builder for a column of a file, which errors name.
 *
 * @param buffers those of the other columns of the table
 */
export function columnBuilder(plan: ColumnPlan, path: string, buffers: SharedBuffers): ColumnBuilder {
  if (plan.kind === "text") return new TextBuilder(plan, path);
  if (plan.kind === "number" || plan.kind === "date") return new NumberBuilder(plan, plan.kind, buffers);
  return new CategoryBuilder(plan, plan.kind, path, buffers);
}

/** Counts cells that could not be read, and keeps the first. */
class UnreadableCells {
  found: Unreadable | null = null;

  add(cell: string, row: number): void {
    const { count, ...first } = this.found ?? { count: 0, cell: brief(cell.trim()), row };
    this.found = { count: count + 1, ...first };
  }
}

class NumberBuilder implements ColumnBuilder {
  readonly plan: ColumnPlan;
  readonly #kind: "number" | "date";
  readonly #read: (cell: string) => number;
  readonly #unreadable = new UnreadableCells();
  readonly #values: GrowingNumbers<Float64Array<ArrayBuffer>>;

  constructor(plan: ColumnPlan, kind: "number" | "date", buffers: SharedBuffers) {
    const { decimal, dates } = plan.reading ?? PLAIN_READING;
    this.plan = plan;
    this.#kind = kind;
    this.#values = new GrowingNumbers<Float64Array<ArrayBuffer>>(Float64Array, buffers);
    this.#read = kind === "date" ? (cell) => readDate(cell, dates) : (cell) => readNumber(cell, decimal);
  }

  get unreadable(): Unreadable | null {
    return this.#unreadable.found;
  }

  add(cell: string, row: number): void {
    const value = this.#read(cell);
    this.#values.push(value);
    if (Number.isNaN(value) && !isMissing(cell)) this.#unreadable.add(cell, row);
  }

  async finish(signal?: AbortSignal): Promise<TableColumn> {
    const values = await this.#values.finish(signal);
    const { name, reading = PLAIN_READING } = this.plan;
    return { name, kind: this.#kind, values, reading };
  }
}

class CategoryBuilder implements ColumnBuilder {
  readonly plan: ColumnPlan;
  readonly #kind: "yes-no" | "category";
  readonly #path: string;
  readonly #unreadable = new UnreadableCells();
  readonly #codeOf = new Map<string, number>();
  #characters = 0;
  readonly #codes: GrowingNumbers<Uint32Array<ArrayBuffer>>;

  constructor(plan: ColumnPlan, kind: "yes-no" | "category", path: string, buffers: SharedBuffers) {
    this.plan = plan;
    this.#codes = new GrowingNumbers<Uint32Array<ArrayBuffer>>(Uint32Array, buffers);
    this.#kind = kind;
    this.#path = path;
  }

  get unreadable(): Unreadable | null {
    return this.#unreadable.found;
  }

  add(cell: string, row: number): void {
    this.#codes.push(this.#code(cell, row));
  }

  #code(cell: string, row: number): number {
    const value = cell.trim();
    const known = this.#codeOf.get(value);
    if (known !== undefined) return known;
    if (isMissing(value)) return MISSING;
    if (this.#kind === "yes-no" && Number.isNaN(readYesNo(value))) {
      this.#unreadable.add(cell, row);
      return MISSING;
    }
    this.#characters += value.length;
    if (this.#codeOf.size === MAX_VALUES || this.#characters > MAX_CHARACTERS)
      throw tooMuch(this.#path, this.plan.name);
    // A copy: a part of the file's text would keep the whole piece in memory.
    const copy = value.split("").join("");
    this.#codeOf.set(copy, this.#codeOf.size);
    return this.#codeOf.size - 1;
  }

  async finish(signal?: AbortSignal): Promise<TableColumn> {
    const codes = await this.#codes.finish(signal);
    return { name: this.plan.name, kind: this.#kind, codes, values: [...this.#codeOf.keys()] };
  }
}

class TextBuilder implements ColumnBuilder {
  readonly plan: ColumnPlan;
  readonly unreadable = null;
  readonly #path: string;
  readonly #texts: string[] = [];
  #characters = 0;

  constructor(plan: ColumnPlan, path: string) {
    this.plan = plan;
    this.#path = path;
  }

  add(cell: string): void {
    const text = isMissing(cell) ? "" : cell;
    this.#characters += text.length;
    if (this.#characters > MAX_CHARACTERS) throw tooMuch(this.#path, this.plan.name);
    this.#texts.push(text);
  }

  async finish(): Promise<TableColumn> {
    return { name: this.plan.name, kind: "text", texts: this.#texts };
  }
}

function tooMuch(path: string, name: string): LimitError {
  return new LimitError(
    path,
    `the column “${brief(name)}” holds more text than this page keeps, ${formatCount(MAX_CHARACTERS)} characters or ${formatCount(MAX_VALUES)} different values; leave it out, or open fewer rows`,
  );
}
