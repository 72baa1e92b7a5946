/** Tables of every format as rows of text cells. */

/** Rows in the order of the file. */
export interface TableRows {
  /** Number of the first of them, from 1. */
  readonly first: number;
  readonly rows: readonly (readonly string[])[];
}

/** A table that can be read once, from its beginning. */
export interface TableSource {
  /** Names of the columns, if the format gives them; else null, and the first row may be a header. */
  readonly names: readonly string[] | null;
  /** Delimiter of the cells; null in formats without one. Known once rows were read. */
  readonly delimiter: string | null;
  /** Sentences about the encoding or the sheet, as far as the rows that were read tell. */
  readonly remarks: readonly string[];
  /** Yields rows in batches; an empty row is one empty cell. */
  rows(): AsyncGenerator<TableRows>;
}
