/** Collects the cells of columns while a table is read, each kind in its own compact form. */
import { LimitError } from "../../../../src/index.ts";
import { formatCount } from "../../../ui/format.ts";
import { brief } from "../text.ts";
import { isMissing, PLAIN_READING, type Reading, readDate, readNumber, readYesNo } from "./cells.ts";
import { type ColumnKind, MISSING, type TableColumn } from "./columns.ts";

/** What a column is called, how it is used, and how its cells are written. */
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
  /** Returns the column; nothing can be added then. */
  finish(): TableColumn;
}

/** Characters of all texts and different values of a column at most. */
const MAX_CHARACTERS = 2 ** 28;
/** Different values of a category at most. */
const MAX_VALUES = 2 ** 20;
const FIRST_CAPACITY = 64;

/** Returns a builder for a column of a file, which errors name. */
export function columnBuilder(plan: ColumnPlan, path: string): ColumnBuilder {
  if (plan.kind === "text") return new TextBuilder(plan, path);
  if (plan.kind === "number" || plan.kind === "date") return new NumberBuilder(plan, plan.kind);
  return new CategoryBuilder(plan, plan.kind, path);
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
  #values = new Float64Array(FIRST_CAPACITY);
  #length = 0;

  constructor(plan: ColumnPlan, kind: "number" | "date") {
    const { decimal, dates } = plan.reading ?? PLAIN_READING;
    this.plan = plan;
    this.#kind = kind;
    this.#read = kind === "date" ? (cell) => readDate(cell, dates) : (cell) => readNumber(cell, decimal);
  }

  get unreadable(): Unreadable | null {
    return this.#unreadable.found;
  }

  add(cell: string, row: number): void {
    if (this.#length === this.#values.length) {
      const larger = new Float64Array(2 * this.#length);
      larger.set(this.#values);
      this.#values = larger;
    }
    const value = this.#read(cell);
    this.#values[this.#length++] = value;
    if (Number.isNaN(value) && !isMissing(cell)) this.#unreadable.add(cell, row);
  }

  finish(): TableColumn {
    const values = this.#values.slice(0, this.#length);
    this.#values = new Float64Array(0);
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
  #codes = new Uint32Array(FIRST_CAPACITY);
  #length = 0;

  constructor(plan: ColumnPlan, kind: "yes-no" | "category", path: string) {
    this.plan = plan;
    this.#kind = kind;
    this.#path = path;
  }

  get unreadable(): Unreadable | null {
    return this.#unreadable.found;
  }

  add(cell: string, row: number): void {
    if (this.#length === this.#codes.length) {
      const larger = new Uint32Array(2 * this.#length);
      larger.set(this.#codes);
      this.#codes = larger;
    }
    this.#codes[this.#length++] = this.#code(cell, row);
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

  finish(): TableColumn {
    const codes = this.#codes.slice(0, this.#length);
    this.#codes = new Uint32Array(0);
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

  finish(): TableColumn {
    return { name: this.plan.name, kind: "text", texts: this.#texts };
  }
}

function tooMuch(path: string, name: string): LimitError {
  return new LimitError(
    path,
    `the column “${brief(name)}” holds more text than this page keeps, ${formatCount(MAX_CHARACTERS)} characters or ${formatCount(MAX_VALUES)} different values; leave it out, or open fewer rows`,
  );
}
