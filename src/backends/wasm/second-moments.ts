/** Second moments of weighted rows, M = Σ_i w_i x_i x_iᵀ, as matrices in WebAssembly, in float32. */
import { DeviceError } from "../../errors.ts";
import { pause } from "../../pause.ts";
import relaxed from "./assembly/second-moments.ts?wasm=relaxed-simd";
import simd from "./assembly/second-moments.ts?wasm=simd";
import { buildsOf, compile, type Sources } from "./builds.ts";
import { Arena, heapFor } from "./heap.ts";

const SOURCES: Sources = { "relaxed-simd": relaxed, simd };

/** Exports of `assembly/second-moments.ts`. Addresses in bytes; see there. */
export interface MomentKernels {
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
  descend(
    k: number,
    classes: number,
    n: number,
    length: number,
    onlyFree: boolean,
    scale: number,
    x: number,
    gradient: number,
    curvatures: number,
    d: number,
    ridge: number,
    thresholds: number,
    images: number,
    mean: number,
    matrices: number,
    count: number,
    average: number,
    rankBytes: number,
    v: number,
    u: number,
    along: number,
  ): number;
  product(matrix: number, rows: number, length: number, v: number, result: number): void;
  takeMoves(): number;
}

/** Rows that are taken at a time: few enough to stay in cache with their weighted copies. */
const BLOCK_ROWS = 32;

/** Rows and what each counts. */
export interface WeightedRows {
  /** x, `[m,n]` */
  readonly rows: Float32Array;
  /** w, `[m]` */
  readonly weights: Float32Array;
}

/** Room for `count` matrices `[n,n]`, each row after row, padded to whole vectors. */
export class SecondMoments {
  readonly size: number;
  readonly count: number;
  /** n, rounded up: rows and columns behind n are 0. */
  readonly padded: number;
  readonly kernels: MomentKernels;
  readonly arena: Arena;
  readonly #at: {
    readonly addresses: number;
    readonly weights: number;
    readonly rows: number;
    readonly weighted: number;
    readonly matrices: number;
  };

  private constructor(size: number, count: number, kernels: MomentKernels, arena: Arena) {
    this.size = size;
    this.count = count;
    this.padded = paddedOf(size);
    this.kernels = kernels;
    this.arena = arena;
    const block = BLOCK_ROWS * 4 * this.padded;
    this.#at = {
      addresses: this.take(4 * BLOCK_ROWS),
      weights: this.take(4 * BLOCK_ROWS),
      rows: this.take(block),
      weighted: this.take(block),
      matrices: this.take(count * this.matrixBytes),
    };
  }

  /**
   * Makes room.
   *
   * @param further bytes that will be taken beside the matrices
   * @throws DeviceError no WebAssembly with SIMD; LimitError no such memory
   */
  static async create(size: number, count: number, further: number): Promise<SecondMoments> {
    const [build] = buildsOf(SOURCES);
    if (!build) throw new DeviceError("device", "preconditioners need WebAssembly with SIMD");
    const module = await compile(SOURCES[build]);
    const heap = heapFor(4 * count * paddedOf(size) ** 2 + further);
    const kernels = await heap.kernels<MomentKernels>(module);
    const arena = new Arena(heap);
    try {
      return new SecondMoments(size, count, kernels, arena);
    } catch (error) {
      arena.release(0);
      throw error;
    }
  }

  get matrixBytes(): number {
    return 4 * this.padded ** 2;
  }

  /** Takes further memory, which is released with the matrices. @throws LimitError */
  take(bytes: number): number {
    return this.arena.take(bytes, "preconditioner");
  }

  addressOf(index: number): number {
    return this.#at.matrices + index * this.matrixBytes;
  }

  /** Returns a matrix `[padded,padded]`, until more memory is taken. */
  matrix(index: number): Float32Array {
    return this.arena.floats(this.addressOf(index), this.padded ** 2);
  }

  /** Computes the lower triangle of a matrix; what lies above it is undefined. */
  async sum(index: number, { rows, weights }: WeightedRows, signal?: AbortSignal): Promise<void> {
    const { size, padded, arena } = this;
    const at = this.#at;
    this.matrix(index).fill(0);
    for (let first = 0; first < weights.length; first += BLOCK_ROWS) {
      const count = Math.min(BLOCK_ROWS, weights.length - first);
      const addresses = arena.integers(at.addresses, count);
      const block = arena.floats(at.rows, count * padded);
      for (let i = 0; i < count; i++) {
        addresses[i] = at.rows + 4 * i * padded;
        block.set(rows.subarray((first + i) * size, (first + i + 1) * size), i * padded);
      }
      arena.floats(at.weights, count).set(weights.subarray(first, first + count));
      const m = this.addressOf(index);
      this.kernels.moments(at.addresses, count, at.weights, padded / 4, at.weighted, padded, m);
      await pause(signal);
    }
  }

  dispose(): void {
    this.arena.release(0);
  }
}

/** Returns n, rounded up to whole vectors. */
export function paddedOf(size: number): number {
  return 4 * Math.ceil(size / 4);
}
