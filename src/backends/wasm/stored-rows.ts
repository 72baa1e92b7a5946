/** What a workspace asks of the rows of a data set, whatever their form: the two kernels that read them. */
import type { RunOptions } from "../backend.ts";
import type { Kernels } from "./kernels.ts";
import type { ParameterLayout } from "./parameters.ts";

/** Addresses of a workspace's buffers for a block of rows, and how parameters and scores lie. */
export interface Block {
  /** Row numbers; {@link StoredRows.forward} may add some up to a multiple of four. */
  readonly index: number;
  /** Room for an address of each row. */
  readonly addresses: number;
  readonly scratch: number;
  /** Scores, or dLogits in their place. */
  readonly logits: number;
  readonly layout: ParameterLayout;
}

/** Rows in WebAssembly memory. */
export interface StoredRows {
  /** Most values in a row, and their mean number. */
  readonly longestRow: number;
  readonly meanRow: number;
  /** Bytes that a block of `rows` rows needs for conversions. */
  scratchBytes(rows: number): number;
  /** Copies the rows into the memory. @throws DataError values that the storage cannot hold; the signal's reason */
  pack(options: RunOptions): Promise<void>;
  /** Computes rows → logits of `count` rows. @param weights address of W, followed by b */
  forward(kernels: Kernels, block: Block, count: number, weights: number): void;
  /**
   * Computes dLogits → gradient of `count` rows, and adds it to dWeights. Follows {@link forward} of the same block.
   *
   * @param areSquared whether x² takes the place of x; sparse rows only
   */
  gradient(kernels: Kernels, block: Block, count: number, dWeights: number, areSquared?: boolean): void;
}
