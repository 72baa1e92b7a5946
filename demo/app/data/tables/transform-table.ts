/** New rows of a table, encoded block by block for a model that exists. */
import type { RowsInMemory } from "../../../../src/data/rows.ts";
import type { NamedFile, OpenContext } from "../open-context.ts";
import type { TableEncoder } from "./encoder.ts";

/** Some rows of the file, in its order. */
export interface TableBlock {
  /** The encoded rows, `[rows, features]`. */
  readonly x: RowsInMemory;
  /** Number of each row as a spreadsheet shows it, `[rows]`. */
  readonly numbers: Uint32Array;
  /** All cells of each row as they are in the file. */
  readonly cells: readonly (readonly string[])[];
  /** Names of all columns of the file. */
  readonly header: readonly string[];
  /** Names of columns that the encoder does not use, such as the labels. */
  readonly ignored: readonly string[];
}

/**
 * Yields the rows of a file in blocks.
 *
 * @throws FormatError columns that the encoder needs and the file does not have; what the file's reader refuses
 */
export declare function transformTable(
  encoder: TableEncoder,
  file: NamedFile,
  context: OpenContext,
): AsyncGenerator<TableBlock>;
