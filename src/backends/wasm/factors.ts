/**
 * Cholesky factors of second moments, and solutions with them. With a shrinkage s the condition number is at most
 * n / s, far from the precision of float32.
 */
import { pause } from "../../pause.ts";
import { SecondMoments, type WeightedRows } from "./second-moments.ts";

/** Columns of a panel of `choleskyPanel`. */
const PANEL = 16;

/** What is added to the diagonal of second moments. */
export interface Regularisation {
  /** `[n]` */
  readonly diagonal: ArrayLike<number>;
  /** Share of the mean of the diagonal that is added to it before `diagonal`. */
  readonly shrinkage: number;
}

/** The factors of `count` matrices M `[n,n]`. */
export class Factors {
  readonly #moments: SecondMoments;
  readonly #vector: number;

  private constructor(moments: SecondMoments) {
    this.#moments = moments;
    this.#vector = moments.take(4 * moments.padded);
  }

  /** Makes room for them. @throws DeviceError no WebAssembly with SIMD; LimitError no such memory */
  static async create(size: number, count: number): Promise<Factors> {
    return new Factors(await SecondMoments.create(size, count));
  }

  /**
   * Makes a factor, or makes it anew. Returns what the shrinkage added to the diagonal; NaN if M is not finite, and has
   * no factor.
   */
  async make(
    index: number,
    rows: WeightedRows,
    regularisation: Regularisation,
    signal?: AbortSignal,
  ): Promise<number> {
    const moments = this.#moments;
    const { padded, kernels } = moments;
    await moments.sum(index, rows, signal);
    const { share, least } = this.#addDiagonal(moments.matrix(index), regularisation);
    for (let first = 0; first < padded; first += PANEL) {
      kernels.choleskyPanel(moments.addressOf(index), padded, 4 * padded, first, least);
      await pause(signal);
    }
    return this.#isFactor(moments.matrix(index)) ? share : NaN;
  }

  /** Replaces a vector v `[n]` by M⁻¹ v. */
  solve(index: number, v: Float64Array): void {
    const { size, padded, kernels, arena } = this.#moments;
    const part = arena.floats(this.#vector, padded);
    part.set(v);
    part.fill(0, size);
    kernels.choleskySolve(this.#moments.addressOf(index), padded, 4 * padded, this.#vector);
    for (let i = 0; i < size; i++) v[i] = part[i];
  }

  dispose(): void {
    this.#moments.dispose();
  }

  /** Adds to the diagonal; returns what the shrinkage adds, and the least square of a pivot. */
  #addDiagonal(
    matrix: Float32Array,
    { diagonal, shrinkage }: Regularisation,
  ): { share: number; least: number } {
    const { size, padded } = this.#moments;
    const next = padded + 1;
    let trace = 0;
    for (let i = 0; i < size; i++) trace += matrix[i * next];
    const mean = trace / size;
    // Rows of zeros, or of no weight, have no moments: any diagonal will do.
    const share = shrinkage * mean || 1;
    for (let i = 0; i < size; i++) matrix[i * next] += share + diagonal[i];
    for (let i = size; i < padded; i++) matrix[i * next] = 1;
    return { share, least: 2 ** -24 * (mean || 1) };
  }

  /** Returns whether all numbers that a solution divides by are finite and above 0. */
  #isFactor(matrix: Float32Array): boolean {
    for (let at = 0; at < matrix.length; at += this.#moments.padded + 1)
      if (!(matrix[at] > 0 && matrix[at] < Infinity)) return false;
    return true;
  }
}
