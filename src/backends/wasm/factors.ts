/**
 * Cholesky factors of weighted second moments of rows, and solutions with them. In float32: with a shrinkage s the
 * condition number is at most n / s, far from its precision.
 */
import { DeviceError } from "../../errors.ts";
import { pause } from "../../pause.ts";
import relaxed from "./assembly/factors.ts?wasm=relaxed-simd";
import simd from "./assembly/factors.ts?wasm=simd";
import { buildsOf, compile, type Sources } from "./builds.ts";
import { Arena, heapFor } from "./heap.ts";

const SOURCES: Sources = { "relaxed-simd": relaxed, simd };

/** Exports of `assembly/factors.ts`. Addresses in bytes; see there. */
interface Kernels {
  moments(
    rows: number,
    count: number,
    weights: number,
    vectors: number,
    weighted: number,
    n: number,
    m: number,
  ): void;
  choleskyPanel(a: number, n: number, length: number, first: number, least: number): void;
  choleskySolve(l: number, n: number, length: number, v: number): void;
}

/** Rows that are taken at a time: few enough to stay in cache with their weighted copies. */
const BLOCK_ROWS = 32;

/** Columns of a panel of `choleskyPanel`. */
const PANEL = 16;

/** M = Σ_i w_i x_i x_iᵀ and what is added to its diagonal. */
export interface Moments {
  /** x, `[m,n]` */
  readonly rows: Float32Array;
  /** w, `[m]` */
  readonly weights: Float32Array;
  /** Added to the diagonal, `[n]`. */
  readonly diagonal: ArrayLike<number>;
  /** Share of the mean of the diagonal that is added to it before `diagonal`. */
  readonly shrinkage: number;
}

/** The factors of `count` matrices M `[n,n]`. */
export class Factors {
  readonly #size: number;
  /** n, rounded up to whole vectors: further rows and columns are those of the identity. */
  readonly #padded: number;
  readonly #kernels: Kernels;
  readonly #arena: Arena;
  readonly #at: {
    readonly addresses: number;
    readonly weights: number;
    readonly rows: number;
    readonly weighted: number;
    readonly vector: number;
    readonly factors: number;
  };

  private constructor(size: number, count: number, kernels: Kernels, arena: Arena) {
    this.#size = size;
    this.#padded = paddedOf(size);
    this.#kernels = kernels;
    this.#arena = arena;
    const block = BLOCK_ROWS * 4 * this.#padded;
    const take = (bytes: number) => arena.take(bytes, "preconditioner");
    this.#at = {
      addresses: take(4 * BLOCK_ROWS),
      weights: take(4 * BLOCK_ROWS),
      rows: take(block),
      weighted: take(block),
      vector: take(4 * this.#padded),
      factors: take(bytesOf(size, count)),
    };
  }

  /** Makes room for them. @throws DeviceError no WebAssembly with SIMD; LimitError no such memory */
  static async create(size: number, count: number): Promise<Factors> {
    const [build] = buildsOf(SOURCES);
    if (!build) throw new DeviceError("device", "preconditioners need WebAssembly with SIMD");
    const module = await compile(SOURCES[build]);
    const heap = heapFor(bytesOf(size, count));
    const kernels = await heap.kernels<Kernels>(module);
    const arena = new Arena(heap);
    try {
      return new Factors(size, count, kernels, arena);
    } catch (error) {
      arena.release(0);
      throw error;
    }
  }

  /**
   * Makes a factor, or makes it anew. Returns what the shrinkage added to the diagonal; NaN if M is not finite, and has
   * no factor.
   */
  async make(index: number, moments: Moments, signal?: AbortSignal): Promise<number> {
    const padded = this.#padded;
    const m = this.#addressOf(index);
    this.#matrix(m).fill(0);
    await this.#addRows(m, moments, signal);
    const { share, least } = this.#addDiagonal(m, moments);
    for (let first = 0; first < padded; first += PANEL) {
      this.#kernels.choleskyPanel(m, padded, 4 * padded, first, least);
      await pause(signal);
    }
    return this.#isFactor(m) ? share : NaN;
  }

  /** Replaces a vector v `[n]` by M⁻¹ v. */
  solve(index: number, v: Float64Array): void {
    const { vector } = this.#at;
    const padded = this.#padded;
    const part = this.#arena.floats(vector, padded);
    part.set(v);
    part.fill(0, this.#size);
    this.#kernels.choleskySolve(this.#addressOf(index), padded, 4 * padded, vector);
    for (let i = 0; i < this.#size; i++) v[i] = part[i];
  }

  dispose(): void {
    this.#arena.release(0);
  }

  async #addRows(m: number, { rows, weights }: Moments, signal: AbortSignal | undefined): Promise<void> {
    const at = this.#at;
    const [size, padded] = [this.#size, this.#padded];
    for (let first = 0; first < weights.length; first += BLOCK_ROWS) {
      const count = Math.min(BLOCK_ROWS, weights.length - first);
      const addresses = this.#arena.integers(at.addresses, count);
      const block = this.#arena.floats(at.rows, count * padded);
      for (let i = 0; i < count; i++) {
        addresses[i] = at.rows + 4 * i * padded;
        block.set(rows.subarray((first + i) * size, (first + i + 1) * size), i * padded);
      }
      this.#arena.floats(at.weights, count).set(weights.subarray(first, first + count));
      this.#kernels.moments(at.addresses, count, at.weights, padded / 4, at.weighted, padded, m);
      await pause(signal);
    }
  }

  /** Adds to the diagonal; returns what the shrinkage adds, and the least square of a pivot. */
  #addDiagonal(m: number, { diagonal, shrinkage }: Moments): { share: number; least: number } {
    const matrix = this.#matrix(m);
    const [size, next] = [this.#size, this.#padded + 1];
    let trace = 0;
    for (let i = 0; i < size; i++) trace += matrix[i * next];
    const mean = trace / size;
    // Rows of zeros, or of no weight, have no moments: any diagonal will do.
    const share = shrinkage * mean || 1;
    for (let i = 0; i < size; i++) matrix[i * next] += share + diagonal[i];
    for (let i = size; i < this.#padded; i++) matrix[i * next] = 1;
    return { share, least: 2 ** -24 * (mean || 1) };
  }

  /** Returns whether all numbers that a solution divides by are finite and above 0. */
  #isFactor(m: number): boolean {
    const matrix = this.#matrix(m);
    for (let at = 0; at < matrix.length; at += this.#padded + 1)
      if (!(matrix[at] > 0 && matrix[at] < Infinity)) return false;
    return true;
  }

  #addressOf(index: number): number {
    return this.#at.factors + index * bytesOf(this.#size, 1);
  }

  #matrix(m: number): Float32Array {
    return this.#arena.floats(m, this.#padded ** 2);
  }
}

function bytesOf(size: number, count: number): number {
  return 4 * count * paddedOf(size) ** 2;
}

function paddedOf(size: number): number {
  return 4 * Math.ceil(size / 4);
}
