/** Cells of a CSV file as numbers that float32 holds, and what to say of cells that are none. */
import { FormatError } from "../../../src/index.ts";

/** Whether a cell is meant as a number, even one that float32 does not hold. */
export function isNumber(cell: string): boolean {
  return cell.trim() !== "" && !Number.isNaN(Number(cell));
}

/** Reads the cells of one file. */
export class CsvNumbers {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  /** @throws FormatError text, a number too large; both name the row and the column */
  read(cell: string, column: string, row: number): number {
    const text = cell.trim();
    const value = Number(text);
    if (Number.isFinite(Math.fround(value))) return value;
    if (isNumber(text)) {
      throw new FormatError(
        this.#path,
        `row ${row}, column “${column}”: ${text} is too large; features are float32, at most 3.4e38`,
      );
    }
    throw new FormatError(
      this.#path,
      `the column “${column}” is not numeric: row ${row} has “${text.slice(0, 40)}”; leave it out of the features`,
    );
  }
}
