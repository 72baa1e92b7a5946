/**
 * Sparse rows in WebAssembly memory: the begin of each row, columns, and values in float32 unless all are 1. The kernels
 * read W and write dWeights feature by feature, `[D,K]`.
 */
import { inPieces } from "../../data/pieces.ts";
import { type SparseMatrix, storedValues } from "../../data/sparse-matrix.ts";
import type { Standardization } from "../../data/standardization.ts";
import type { RunOptions } from "../backend.ts";
import type { Arena } from "./heap.ts";
import type { Kernels, SparseKernels } from "./kernels.ts";
import type { Block, StoredRows } from "./stored-rows.ts";

/** Stored values copied between two pauses. */
const PIECE = 2 ** 19;

/** What sparse rows are stored from. */
export interface SparseSource {
  readonly x: SparseMatrix;
  /** Divides values by the scale of their column. Default: values as they are. */
  readonly standardization?: Standardization | undefined;
}

/** Returns the bytes that rows take. */
export function sparseBytesOf({ x, standardization }: SparseSource): number {
  const hasValues = x.data !== undefined || standardization !== undefined;
  return 4 * (x.rows + 1) + (hasValues ? 8 : 4) * storedValues(x);
}

/** Sparse rows of a data set. */
export class SparseRowsInWasm implements StoredRows {
  readonly #arena: Arena;
  readonly longestRow: number;
  readonly meanRow: number;
  /** Until it is packed. */
  #source: SparseSource | null;
  /** Addresses; that of values is 0 if all are 1. */
  readonly #at: { readonly indptr: number; readonly indices: number; readonly values: number };

  /** @throws LimitError if the memory cannot grow that far */
  constructor(arena: Arena, source: SparseSource) {
    const { x, standardization } = source;
    this.#arena = arena;
    this.#source = source;
    this.longestRow = longestOf(x);
    this.meanRow = storedValues(x) / x.rows;
    const bytes = 4 * storedValues(x);
    this.#at = {
      indptr: arena.take(4 * (x.rows + 1), "x"),
      indices: arena.take(bytes, "x"),
      values: x.data || standardization ? arena.take(bytes, "x") : 0,
    };
  }

  scratchBytes(): number {
    return 0;
  }

  async pack({ signal, onRows }: RunOptions): Promise<void> {
    const { x, standardization } = this.#source as SparseSource;
    const { indptr, indices, data } = x;
    const at = this.#at;
    this.#arena.integers(at.indptr, indptr.length).set(indptr);
    const copy = (begin: number, end: number) => {
      // Views are made anew after every pause, since another data set may have let the memory grow.
      const columns = indices.subarray(begin, end);
      this.#arena.integers(at.indices + 4 * begin, end - begin).set(columns);
      if (!at.values) return;
      const values = this.#arena.floats(at.values + 4 * begin, end - begin);
      if (data) values.set(data.subarray(begin, end));
      else values.fill(1);
      if (!standardization) return;
      for (let i = 0; i < values.length; i++)
        values[i] = (data ? data[begin + i] : 1) / standardization.scale[columns[i]];
    };
    await inPieces(storedValues(x), copy, PIECE, signal);
    this.#source = null;
    onRows?.(x.rows);
  }

  forward(kernels: Kernels, { index, logits, layout }: Block, count: number, weights: number): void {
    const { indptr, indices, values } = this.#at;
    const { weightBytes, rowBytes, stride } = layout;
    const bias = weights + weightBytes;
    (kernels as SparseKernels).sparseMatmul(
      index,
      count,
      indptr,
      indices,
      values,
      weights,
      bias,
      rowBytes,
      logits,
      stride,
    );
  }

  gradient(
    kernels: Kernels,
    { index, logits, layout }: Block,
    count: number,
    dWeights: number,
    areSquared = false,
  ): void {
    const { indptr, indices, values } = this.#at;
    (kernels as SparseKernels).sparseGradient(
      index,
      count,
      indptr,
      indices,
      values,
      logits,
      layout.stride,
      layout.rowBytes,
      dWeights,
      areSquared,
    );
  }
}

/** Returns the most values in a row, at least 1. */
function longestOf({ indptr, rows }: SparseMatrix): number {
  let longest = 1;
  for (let i = 0; i < rows; i++) longest = Math.max(longest, indptr[i + 1] - indptr[i]);
  return longest;
}
