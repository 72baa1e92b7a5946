/** Cells of a CSV file as numbers that float32 holds, and what to say of cells that are none. */
import { FormatError } from "../../../src/index.ts";
import { brief } from "./brief.ts";

/** A number with a decimal comma; points may part groups of its digits. */
const COMMA = /^[-+]?[\d.]*,\d+(e[-+]?\d+)?$/i;

/** Whether a cell is meant as a number, even one that cannot be read. */
export function isNumber(cell: string): boolean {
  const text = cell.trim();
  return text !== "" && (!Number.isNaN(Number(text)) || COMMA.test(text));
}

/** Reads the cells of one file. Where semicolons part them, commas are decimal commas. */
export class CsvNumbers {
  /** The first cell with a decimal comma and its place; empty if there was none. */
  comma = "";
  /** The same for decimal points; looked for only where commas may be decimal. */
  #point = "";
  readonly #path: string;
  readonly #hasCommas: boolean;

  constructor(path: string, delimiter: string) {
    this.#path = path;
    this.#hasCommas = delimiter === ";";
  }

  /** @throws FormatError text, a number too large, commas that may be decimal or not; with row and column */
  read(cell: string, column: string, row: number): number {
    const text = cell.trim();
    if (this.#hasCommas) this.#checkDecimals(text, column, row);
    const value = Number(this.#hasCommas ? text.replace(",", ".") : text);
    if (Number.isFinite(Math.fround(value))) return value;
    throw new FormatError(this.#path, this.#reason(text, column, row));
  }

  #checkDecimals(text: string, column: string, row: number): void {
    if (!isNumber(text)) return;
    const place = () => `“${brief(text)}” (row ${row}, column “${brief(column)}”)`;
    if (text.includes(",")) this.comma ||= place();
    if (text.includes(".")) this.#point ||= place();
    if (!this.comma || !this.#point) return;
    const places = [...new Set([this.comma, this.#point])].join(" and ");
    throw new FormatError(
      this.#path,
      `decimal commas and points are mixed in ${places}; write all numbers alike and do not group their digits`,
    );
  }

  #reason(text: string, column: string, row: number): string {
    const place = `row ${row}, column “${brief(column)}”`;
    if (!isNumber(text)) {
      return `the column “${brief(column)}” is not numeric: row ${row} has “${brief(text)}”; untick it under “Features”`;
    }
    if (this.#hasCommas || !text.includes(",")) {
      return `${place}: ${brief(text)} is too large; features are float32, at most 3.4e38`;
    }
    return `${place}: “${brief(text)}” may have a decimal comma; these are read where semicolons part the cells, so save it with semicolons or write decimal points`;
  }
}
