/** The interface of the parts of an encoder, one part for each kind of column. */
import type { SparseMatrix } from "../../../../src/data/sparse-matrix.ts";
import { FormatError } from "../../../../src/index.ts";
import type { Reading } from "./cells.ts";
import type { ColumnKind, TableColumn } from "./columns.ts";

/** A column that the encoder takes, and what a form for one row needs to know of it. */
export interface EncoderColumn {
  readonly name: string;
  readonly kind: ColumnKind;
  /** The values that were seen in training, the most frequent first; empty for numbers, dates and texts. */
  readonly values: readonly string[];
  /** Whether training rows had rarer values too, which count together with new ones. Default false. */
  readonly hasOthers?: boolean;
  /** A usual value as text: the median, the most frequent value; empty for texts. */
  readonly usual: string;
  /** How the cells of the file were written. */
  readonly reading: Reading;
}

export interface EncodeContext {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: { readonly text: string; readonly share: number }) => void;
}

/** Rows to be filled: `data` is `[rows, cols]`, and a column's features begin at `at` in each row. */
export interface DenseTarget {
  readonly data: Float32Array;
  readonly cols: number;
  readonly at: number;
}

/** A cell of one row as text, as a column of one row; and what is wrong with it, empty if nothing is. */
export interface ReadCell {
  readonly column: TableColumn;
  readonly problem: string;
}

interface AnyPart {
  readonly column: EncoderColumn;
  /** Names of the features. */
  readonly names: readonly string[];
  read(cell: string): ReadCell;
  /** Returns what `partFromJson` of the kind takes. */
  toJson(): object;
}

/** A column whose features are few and dense. */
export interface DensePart extends AnyPart {
  readonly isSparse: false;
  /** Writes the features of all rows; the target is 0 before. */
  write(column: TableColumn, target: DenseTarget, signal: AbortSignal): Promise<void>;
}

/** A column whose features are many and mostly 0. */
export interface SparsePart extends AnyPart {
  readonly isSparse: true;
  transform(column: TableColumn, signal: AbortSignal): Promise<SparseMatrix>;
}

export type EncoderPart = DensePart | SparsePart;

/** Returns an error about a column of another kind than the encoder learnt. */
export function otherKind(name: string, kind: ColumnKind): FormatError {
  return new FormatError(name, `the column is no longer of the kind “${kind}”`);
}
