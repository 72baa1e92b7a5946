/** Columns of a table as they are kept in memory, one kind of cells each. */
import type { Reading } from "./cells.ts";

/** How the cells of a column are read and encoded. */
export type ColumnKind = "number" | "date" | "yes-no" | "category" | "text";

/** Numbers, or dates as days since 1970-01-01; NaN for a missing cell. */
export interface NumberColumn {
  readonly name: string;
  readonly kind: "number" | "date";
  /** `[N]` */
  readonly values: Float64Array;
  /** How the cells were written. Default: decimal points, month before day. */
  readonly reading?: Reading;
}

/** Cells of a few values. */
export interface CategoryColumn {
  readonly name: string;
  readonly kind: "yes-no" | "category";
  /** Position of each cell's value in `values`, `[N]`; {@link MISSING} for a missing cell. */
  readonly codes: Uint32Array;
  /** The values as written in the file, in the order of their first cells. */
  readonly values: readonly string[];
}

export interface TextColumn {
  readonly name: string;
  readonly kind: "text";
  /** `[N]`; empty for a missing cell. */
  readonly texts: readonly string[];
}

export type TableColumn = NumberColumn | CategoryColumn | TextColumn;

/** Code of a missing cell. */
export const MISSING = 0xffff_ffff;

/** Returns a cell as people read it; empty for a missing one. */
export function cellText(column: TableColumn, row: number): string {
  if (column.kind === "text") return column.texts[row];
  if ("codes" in column) {
    const code = column.codes[row];
    return code === MISSING ? "" : column.values[code];
  }
  const value = column.values[row];
  if (Number.isNaN(value)) return "";
  return column.kind === "date" ? dateText(value) : String(value);
}

const DAY = 86_400_000;

/** Returns a day as `2024-08-10`; with hours and minutes if it is no whole day. */
export function dateText(day: number): string {
  const text = new Date(Math.round(day * DAY)).toISOString();
  return Number.isInteger(day) ? text.slice(0, 10) : text.slice(0, 16).replace("T", " ");
}
