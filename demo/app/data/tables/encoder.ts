/**
 * From the columns of a table to the features of a model: what is learnt from the training rows (means, categories,
 * words), and its application to any rows with the same columns.
 */
import type { RowsInMemory } from "../../../../src/data/rows.ts";
import type { ColumnKind, TableColumn } from "./columns.ts";

/** One feature of the encoded rows. */
export interface EncodedFeature {
  /** As people read it: `"age"`, `"age is missing"`, `"region: North"`, `"comment: “refund”"`. */
  readonly name: string;
  /** Position of its column in {@link TableEncoder.columns}. */
  readonly column: number;
}

/** A column that the encoder takes, and what a form for one row needs to know of it. */
export interface EncoderColumn {
  readonly name: string;
  readonly kind: ColumnKind;
  /** The values that were seen in training, the most frequent first; empty for numbers, dates and texts. */
  readonly values: readonly string[];
  /** A usual value as text: the median, the most frequent value; empty for texts. */
  readonly usual: string;
}

/** Cells of one row by column name; a name that is absent is a missing cell. */
export type RecordCells = ReadonlyMap<string, string>;

export interface EncodeContext {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: { readonly text: string; readonly share: number }) => void;
}

export declare class TableEncoder {
  /** Learns from training rows. */
  static fit(columns: readonly TableColumn[], context: EncodeContext): Promise<TableEncoder>;
  /** @throws FormatError JSON of something else */
  static fromJson(json: unknown): TableEncoder;
  readonly columns: readonly EncoderColumn[];
  readonly features: readonly EncodedFeature[];
  /** Encodes rows whose columns have the names and kinds of `columns`, in that order. */
  transform(columns: readonly TableColumn[], context: EncodeContext): Promise<RowsInMemory>;
  /**
   * Encodes one row of text cells, such as those of a form. Unreadable numbers and unknown categories count as missing
   * and as other; `problems` says so by column name.
   */
  transformRecord(cells: RecordCells): Promise<{
    readonly x: RowsInMemory;
    readonly problems: ReadonlyMap<string, string>;
  }>;
  /** Returns plain JSON that `fromJson` takes. */
  toJson(): object;
}
