/** Square matrices in WebAssembly, in float32, with the kernels that make factors of them and descend with them. */
import { DeviceError } from "../../errors.ts";
import { pause } from "../../pause.ts";
import relaxed from "./assembly/matrices.ts?wasm=relaxed-simd";
import simd from "./assembly/matrices.ts?wasm=simd";
import { buildsOf, compile, type Sources } from "./builds.ts";
import { Arena, heapFor } from "./heap.ts";

const SOURCES: Sources = { "relaxed-simd": relaxed, simd };

/** Exports of `assembly/matrices.ts`. Addresses in bytes; see there. */
export interface MatrixKernels {
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

/** Elements that are written between two pauses. */
const PIECE = 2 ** 20;

/** Room for `count` matrices `[n,n]`, each row after row, padded to whole vectors. */
export class Matrices {
  readonly size: number;
  readonly count: number;
  /** n, rounded up: rows and columns behind n are 0. */
  readonly padded: number;
  readonly kernels: MatrixKernels;
  readonly arena: Arena;
  /** Address of the first. */
  readonly #first: number;

  private constructor(size: number, count: number, kernels: MatrixKernels, arena: Arena) {
    this.size = size;
    this.count = count;
    this.padded = paddedOf(size);
    this.kernels = kernels;
    this.arena = arena;
    this.#first = this.take(count * this.matrixBytes);
  }

  /**
   * Makes room.
   *
   * @param further bytes that will be taken beside the matrices
   * @throws DeviceError no WebAssembly with SIMD; LimitError no such memory
   */
  static async create(size: number, count: number, further: number): Promise<Matrices> {
    const [build] = buildsOf(SOURCES);
    if (!build) throw new DeviceError("device", "preconditioners need WebAssembly with SIMD");
    const module = await compile(SOURCES[build]);
    const heap = heapFor(4 * count * paddedOf(size) ** 2 + further);
    const kernels = await heap.kernels<MatrixKernels>(module);
    const arena = new Arena(heap);
    try {
      return new Matrices(size, count, kernels, arena);
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
    return this.#first + index * this.matrixBytes;
  }

  /** Returns a matrix `[padded,padded]`, until more memory is taken. */
  matrix(index: number): Float32Array {
    return this.arena.floats(this.addressOf(index), this.padded ** 2);
  }

  /** Writes a matrix, `[n,n]`. */
  async write(index: number, values: Float32Array, signal?: AbortSignal): Promise<void> {
    const { size, padded } = this;
    const rowsAtOnce = Math.ceil(PIECE / size);
    for (let first = 0; first < size; first += rowsAtOnce) {
      await pause(signal);
      const matrix = this.matrix(index);
      for (let i = first; i < Math.min(size, first + rowsAtOnce); i++)
        matrix.set(values.subarray(i * size, (i + 1) * size), i * padded);
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
