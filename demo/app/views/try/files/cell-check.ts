/** Cells of new rows that a model cannot use: numbers and dates that cannot be read, values that training never had. */
import { isMissing, readDate, readNumber, readYesNo } from "../../../data/tables/cells.ts";
import type { EncoderColumn, TableEncoder } from "../../../data/tables/encoder.ts";

/** The fault of a cell. */
type Fault = "unreadable" | "unknown";

/** Counts rows with such cells, by their columns. */
export class CellCheck {
  /** Rows with a number, date or yes or no that cannot be read. */
  unreadable = 0;
  /** Rows with a value that no training row had. */
  unknown = 0;
  readonly #columns: readonly { readonly at: number; readonly faultOf: (cell: string) => Fault | null }[];

  constructor(encoder: TableEncoder, header: readonly string[]) {
    this.#columns = encoder.columns.map((column) => ({
      at: header.indexOf(column.name),
      faultOf: faultIn(column),
    }));
  }

  add(cells: readonly string[]): void {
    const faults = this.#columns.map(({ at, faultOf }) => (at < 0 ? null : faultOf(cells[at] ?? "")));
    if (faults.includes("unreadable")) this.unreadable++;
    if (faults.includes("unknown")) this.unknown++;
  }
}

function faultIn({
  kind,
  values,
  hasOthers = false,
  reading,
}: EncoderColumn): (cell: string) => Fault | null {
  if (kind === "text") return () => null;
  if (kind === "category") {
    if (hasOthers) return () => null;
    const known = new Set(values);
    return (cell) => (isMissing(cell) || known.has(cell.trim()) ? null : "unknown");
  }
  if (kind === "yes-no")
    return (cell) => (isMissing(cell) || !Number.isNaN(readYesNo(cell)) ? null : "unreadable");
  const isReadable =
    kind === "date"
      ? (cell: string) => !Number.isNaN(readDate(cell, reading.dates))
      : (cell: string) => !Number.isNaN(readNumber(cell, ".")) || !Number.isNaN(readNumber(cell, ","));
  return (cell) => (isMissing(cell) || isReadable(cell) ? null : "unreadable");
}
