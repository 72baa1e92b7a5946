/** Cholesky factors of second moments and a diagonal, and solutions with them. */
import { pause } from "../../pause.ts";
import { Matrices } from "./matrices.ts";

/** Columns of a panel of `choleskyPanel`. */
const PANEL = 16;

/** The factors of `count` matrices M `[n,n]`. */
export class Factors {
  readonly #matrices: Matrices;
  readonly #vector: number;

  private constructor(matrices: Matrices) {
    this.#matrices = matrices;
    this.#vector = matrices.take(4 * matrices.padded);
  }

  /** Makes room for them. @throws DeviceError no WebAssembly with SIMD; LimitError no such memory */
  static async create(size: number, count: number): Promise<Factors> {
    const matrices = await Matrices.create(size, count, 0);
    try {
      return new Factors(matrices);
    } catch (error) {
      matrices.dispose();
      throw error;
    }
  }

  /**
   * Makes a factor of second moments, the lower triangle of `[n,n]`, plus a diagonal `[n]`, all of it above 0. Returns
   * whether there is one: numbers that overflow have none.
   */
  async make(
    index: number,
    moments: Float32Array,
    diagonal: Float64Array,
    signal?: AbortSignal,
  ): Promise<boolean> {
    const matrices = this.#matrices;
    const { size, padded, kernels } = matrices;
    await matrices.write(index, moments, signal);
    const matrix = matrices.matrix(index);
    let least = Infinity;
    for (let i = 0; i < padded; i++) {
      const at = i * (padded + 1);
      matrix[at] = i < size ? matrix[at] + diagonal[i] : 1;
      least = Math.min(least, matrix[at]);
    }
    for (let first = 0; first < padded; first += PANEL) {
      kernels.choleskyPanel(matrices.addressOf(index), padded, 4 * padded, first, 2 ** -24 * least);
      await pause(signal);
    }
    return this.#isFactor(matrices.matrix(index));
  }

  /** Replaces a vector v `[n]` by M⁻¹ v. */
  solve(index: number, v: Float64Array): void {
    const { size, padded, kernels, arena } = this.#matrices;
    const part = arena.floats(this.#vector, padded);
    part.set(v);
    part.fill(0, size);
    kernels.choleskySolve(this.#matrices.addressOf(index), padded, 4 * padded, this.#vector);
    for (let i = 0; i < size; i++) v[i] = part[i];
  }

  dispose(): void {
    this.#matrices.dispose();
  }

  /** Returns whether all numbers that a solution divides by are finite and above 0. */
  #isFactor(matrix: Float32Array): boolean {
    for (let at = 0; at < matrix.length; at += this.#matrices.padded + 1)
      if (!(matrix[at] > 0 && matrix[at] < Infinity)) return false;
    return true;
  }
}
