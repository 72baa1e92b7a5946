/** Dense rows in WebAssembly memory, padded to whole vectors. Bytes and halves keep their types. */
import type { Matrix } from "../../data/matrix.ts";
import {
  ELEMENT_BYTES,
  packRows,
  type RowsSource,
  type Storage,
  storageOfSource,
  unitOf,
} from "../../data/storage.ts";
import { pause } from "../../pause.ts";
import type { RunOptions } from "../backend.ts";
import type { Arena } from "./heap.ts";
import type { Kernels } from "./kernels.ts";
import type { Block, StoredRows } from "./stored-rows.ts";

/** Values of the kernels' `storage`. */
const STORAGE: Readonly<Record<Storage, number>> = { f32: 0, u8: 1, f16: 2 };

/** Bytes packed between two pauses: some milliseconds of work even if every byte is converted. */
const PIECE = 2 ** 20;

/** Returns the bytes that rows take. */
export function denseBytesOf(source: RowsSource): number {
  return source.x.rows * rowBytesOf(source.x, storageOfSource(source));
}

/** Dense rows of a data set. */
export class DenseRows implements StoredRows {
  readonly #arena: Arena;
  readonly #source: RowsSource;
  readonly #storage: Storage;
  /** Factor from stored bytes or halves to values. */
  readonly #unit: number;
  /** Vectors of four features in a row. */
  readonly vectors: number;
  readonly #rowBytes: number;
  /** Address of the first row. */
  readonly #at: number;

  /** @throws LimitError if the memory cannot grow that far */
  constructor(arena: Arena, source: RowsSource) {
    this.#arena = arena;
    this.#source = source;
    this.#storage = storageOfSource(source);
    this.#unit = unitOf(source);
    this.vectors = Math.ceil(source.x.cols / 4);
    this.#rowBytes = rowBytesOf(source.x, this.#storage);
    this.#at = arena.take(denseBytesOf(source), "x");
  }

  get longestRow(): number {
    return this.#source.x.cols;
  }

  get meanRow(): number {
    return this.#source.x.cols;
  }

  scratchBytes(rows: number): number {
    // The conversion may write up to 64 bytes past the last row.
    return this.#storage === "f32" ? 0 : rows * this.vectors * 16 + 64;
  }

  async pack({ signal, onRows }: RunOptions): Promise<void> {
    const { x, standardization } = this.#source;
    const stride = this.#rowBytes / ELEMENT_BYTES[this.#storage];
    const rowsAtOnce = Math.max(1, Math.floor(PIECE / this.#rowBytes));
    for (let first = 0; first < x.rows; first += rowsAtOnce) {
      await pause(signal);
      const count = Math.min(rowsAtOnce, x.rows - first);
      // Views are made anew after every pause, since another data set may have let the memory grow.
      const target = this.#view(this.#at + first * this.#rowBytes, count * stride);
      packRows(x, this.#storage, first, count, target, stride, standardization);
      onRows?.(first + count);
    }
  }

  /** Finds `count` rows, converted to float32 in `scratch` if they are stored otherwise; writes their addresses. */
  gather(kernels: Kernels, index: number, count: number, scratch: number, addresses: number): void {
    const kind = STORAGE[this.#storage];
    kernels.gather(
      index,
      count,
      this.#at,
      this.#rowBytes,
      kind,
      this.#unit,
      this.vectors,
      scratch,
      addresses,
    );
  }

  forward(kernels: Kernels, block: Block, count: number, weights: number): void {
    const { index, addresses, scratch, logits, layout } = block;
    // Kernels process four rows at a time; the first row fills up the last four, and its results there are unused.
    const padded = Math.ceil(count / 4) * 4;
    const indices = this.#arena.integers(index, padded);
    indices.fill(indices[0], count);
    this.gather(kernels, index, padded, scratch, addresses);
    const { classes, weightBytes, stride } = layout;
    kernels.matmul(addresses, padded, weights, weights + weightBytes, classes, this.vectors, logits, stride);
  }

  gradient(kernels: Kernels, { addresses, logits, layout }: Block, count: number, dWeights: number): void {
    kernels.gradient(addresses, count, logits, layout.stride, layout.classes, this.vectors, dWeights);
  }

  #view(start: number, length: number) {
    if (this.#storage === "u8") return this.#arena.bytes(start, length);
    return this.#storage === "f16" ? this.#arena.halves(start, length) : this.#arena.floats(start, length);
  }
}

/**
 * Returns the bytes of a row: whole vectors of 16 bytes, and for f32 no multiple of 256, at which rows would compete
 * for cache lines.
 */
function rowBytesOf({ cols }: Pick<Matrix, "cols">, storage: Storage): number {
  const bytes = Math.ceil((cols * ELEMENT_BYTES[storage]) / 16) * 16;
  return bytes % 256 === 0 && storage === "f32" ? bytes + 64 : bytes;
}
