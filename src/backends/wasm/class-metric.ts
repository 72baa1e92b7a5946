/**
 * A guess at the Hessian from second moments of the rows, a matrix for each class or one for all:
 *
 *   B₀ = (P ⊗ I) diag(M_1 … M_K) (P ⊗ I) + diag(r),   P = I − 1 1ᵀ/K
 *
 * and coordinate descent with it. A vector added to the weights of all classes, which changes no probability, meets r
 * alone.
 */
import { pause } from "../../pause.ts";
import type { Metric, PenalisedModel } from "../../solvers/proximal-newton.ts";
import type { ModelShape } from "../backend.ts";
import { SecondMoments, type WeightedRows } from "./second-moments.ts";

/** Sweeps over all coordinates, or over those that are not held at 0, at most. */
const MAX_SWEEPS = 200;

/** Share of the strongest pull on a coordinate in the first sweep that ends the descent if no pull exceeds it. */
const ACCURACY = 0.3;

/** Memory of a descent, by address. */
interface Room {
  readonly rankBytes: number;
  readonly x: number;
  readonly gradient: number;
  readonly curvatures: number;
  readonly d: number;
  readonly images: number;
  readonly mean: number;
  readonly ridge: number;
  readonly thresholds: number;
  readonly along: number;
  readonly v: number;
  readonly u: number;
}

/** B₀ in WebAssembly. Its moments are summed first, then it is completed. */
export class ClassMetric implements Metric {
  readonly #shape: ModelShape;
  readonly #moments: SecondMoments;
  /** Whether each class has its own matrix. */
  readonly #areOwn: boolean;
  readonly #mostMoves: number;
  /** r, `[n]` */
  readonly #ridge: Float64Array;
  /** Address of the mean of all matrices. */
  readonly #average: number;
  #room: Room | null = null;

  private constructor(shape: ModelShape, moments: SecondMoments, mostMoves: number) {
    this.#shape = shape;
    this.#moments = moments;
    this.#areOwn = moments.count > 1;
    this.#mostMoves = mostMoves;
    this.#ridge = new Float64Array(moments.size);
    this.#average = this.#areOwn ? moments.take(moments.matrixBytes) : moments.addressOf(0);
  }

  /**
   * Makes room.
   *
   * @param count     matrices: K or 1
   * @param mostMoves moves of a coordinate after which a descent ends with its sweep
   * @throws DeviceError no WebAssembly with SIMD; LimitError no such memory
   */
  static async create(shape: ModelShape, count: number, mostMoves: number): Promise<ClassMetric> {
    const moments = await SecondMoments.create(shape.features + (shape.bias ? 1 : 0), count);
    try {
      return new ClassMetric(shape, moments, mostMoves);
    } catch (error) {
      moments.dispose();
      throw error;
    }
  }

  /** Computes a matrix from weighted rows. */
  async sum(index: number, rows: WeightedRows, signal?: AbortSignal): Promise<void> {
    const { padded } = this.#moments;
    await this.#moments.sum(index, rows, signal);
    const matrix = this.#moments.matrix(index);
    for (let i = 0; i < padded; i++)
      for (let j = 0; j < i; j++) matrix[j * padded + i] = matrix[i * padded + j];
  }

  /**
   * Completes B₀ with r: `penalties`, `[n]`, and `shrinkage` times the mean of the diagonals. Returns whether all of it
   * is finite.
   */
  complete(penalties: ArrayLike<number>, shrinkage: number): boolean {
    const { size, count, padded, arena } = this.#moments;
    let trace = 0;
    for (let index = 0; index < count; index++) {
      const matrix = this.#moments.matrix(index);
      for (let i = 0; i < size; i++) trace += matrix[i * (padded + 1)];
    }
    const share = (shrinkage * trace) / (size * count) || 1;
    for (let i = 0; i < size; i++) this.#ridge[i] = share + penalties[i];
    if (this.#areOwn) {
      const average = arena.floats(this.#average, padded ** 2);
      for (let index = 0; index < count; index++) {
        const matrix = this.#moments.matrix(index);
        for (let at = 0; at < average.length; at++) average[at] += matrix[at] / count;
      }
    }
    return Number.isFinite(share);
  }

  /** Returns the diagonal of B₀. */
  diagonal(): Float64Array {
    const { classes } = this.#shape;
    const { padded, arena } = this.#moments;
    const average = arena.floats(this.#average, padded ** 2);
    return this.#flat((k, j) => {
      const at = j * (padded + 1);
      const own = this.#areOwn ? this.#moments.matrix(k)[at] : average[at];
      return (1 - 2 / classes) * own + average[at] / classes + this.#ridge[j];
    });
  }

  /** Returns B₀ v. */
  async product(vector: Float64Array): Promise<Float64Array> {
    const { classes } = this.#shape;
    const { size, padded, arena, kernels } = this.#moments;
    const room = this.#roomFor(0);
    const length = 4 * padded;
    const images = new Float64Array(classes * padded);
    const [shared, mean] = [new Float64Array(size), new Float64Array(size)];
    this.#eachOf(vector, (value, _, j) => {
      shared[j] += value / classes;
    });
    await this.#write(room.x, vector);
    for (let k = 0; k < classes; k++) {
      await pause();
      const part = arena.floats(room.x + k * length, size);
      for (let j = 0; j < size; j++) part[j] -= shared[j];
      const matrix = this.#moments.addressOf(this.#areOwn ? k : 0);
      kernels.product(matrix, size, length, room.x + k * length, room.images);
      images.set(arena.floats(room.images, size), k * padded);
      for (let j = 0; j < size; j++) mean[j] += images[k * padded + j] / classes;
    }
    const result = this.#flat((k, j) => images[k * padded + j] - mean[j]);
    this.#eachOf(vector, (value, i, j) => {
      result[i] += this.#ridge[j] * value;
    });
    return result;
  }

  /** Looks for the minimum of a model; returns it, and the number of moves. Weights that the penalty holds are 0. */
  async minimise(model: PenalisedModel): Promise<{ z: Float64Array; moves: number }> {
    const { classes, features } = this.#shape;
    const { size, count, padded, arena, kernels } = this.#moments;
    const { x, scale, rank, thresholds } = model;
    const length = 4 * padded;
    const room = this.#roomFor(rank);
    await this.#write(room.x, x);
    await this.#write(room.gradient, model.gradient);
    await this.#write(room.curvatures, model.curvatures);
    for (const at of [room.d, room.images]) arena.floats(at, classes * padded).fill(0);
    arena.floats(room.mean, padded).fill(0);
    arena.floats(room.along, room.rankBytes / 4).fill(0);
    arena.floats(room.ridge, size).set(this.#ridge);
    arena.floats(room.thresholds, features).set(thresholds);
    await this.#writeRows(room.v, model.v, rank, room.rankBytes);
    await this.#writeRows(room.u, model.u, rank, room.rankBytes);
    const sweep = async (onlyFree: boolean): Promise<number> => {
      let largest = 0;
      for (let k = 0; k < classes; k++) {
        await pause();
        const pull = kernels.descend(
          ...([k, classes, size, length, onlyFree, scale, room.x, room.gradient, room.curvatures] as const),
          ...([room.d, room.ridge, room.thresholds, room.images, room.mean] as const),
          ...([this.#moments.addressOf(0), count, this.#average, room.rankBytes] as const),
          ...([room.v, room.u, room.along] as const),
        );
        largest = Math.max(largest, pull);
      }
      return largest;
    };
    kernels.takeMoves();
    let moves = 0;
    const first = await sweep(false);
    let onlyFree = true;
    for (let done = 1; done < MAX_SWEEPS; done++) {
      moves += kernels.takeMoves();
      if (moves >= this.#mostMoves) break;
      const isCalm: boolean = (await sweep(onlyFree)) <= ACCURACY * first;
      if (isCalm && !onlyFree) break;
      // All are looked at again once the free ones are done.
      onlyFree = !isCalm;
    }
    moves += kernels.takeMoves();
    const [start, d] = [room.x, room.d].map((at) => arena.floats(at, classes * padded));
    const z = this.#flat((k, j) => d[k * padded + j]);
    this.#eachOf(x, (value, i, j, k) => {
      const isHeld = j < features && start[k * padded + j] + d[k * padded + j] === 0;
      z[i] = isHeld ? 0 : value + z[i];
    });
    return { z, moves };
  }

  dispose(): void {
    this.#moments.dispose();
  }

  /** Calls back for each element of a vector with its place there, its column and its class. */
  #eachOf(vector: Float64Array, visit: (value: number, i: number, j: number, k: number) => void): void {
    const { classes, features, bias } = this.#shape;
    for (let k = 0; k < classes; k++) {
      for (let j = 0; j < features; j++) visit(vector[k * features + j], k * features + j, j, k);
      if (bias) visit(vector[classes * features + k], classes * features + k, features, k);
    }
  }

  #flat(value: (k: number, j: number) => number): Float64Array {
    const result = new Float64Array(this.#shape.classes * this.#moments.size);
    this.#eachOf(result, (_, i, j, k) => {
      result[i] = value(k, j);
    });
    return result;
  }

  async #write(at: number, vector: Float64Array): Promise<void> {
    await pause();
    const { padded, arena } = this.#moments;
    const target = arena.floats(at, this.#shape.classes * padded);
    this.#eachOf(vector, (value, _, j, k) => {
      target[k * padded + j] = value;
    });
  }

  /** Writes a row of `rank` numbers for each parameter. */
  async #writeRows(at: number, rows: Float64Array, rank: number, rankBytes: number): Promise<void> {
    const { size, padded, arena } = this.#moments;
    const { classes, features } = this.#shape;
    if (rank === 0) return;
    for (let k = 0; k < classes; k++) {
      await pause();
      const target = arena.floats(at + k * padded * rankBytes, (padded * rankBytes) / 4);
      for (let j = 0; j < size; j++) {
        const i = j < features ? k * features + j : classes * features + k;
        target.set(rows.subarray(i * rank, (i + 1) * rank), (j * rankBytes) / 4);
      }
    }
  }

  #roomFor(rank: number): Room {
    const rankBytes = 16 * Math.ceil(rank / 4);
    if (this.#room && this.#room.rankBytes === rankBytes) return this.#room;
    if (this.#room && rank === 0) return this.#room;
    const { classes } = this.#shape;
    const { padded } = this.#moments;
    const row = 4 * padded;
    const take = (bytes: number) => this.#moments.take(bytes);
    const room = this.#room ?? {
      ...{ x: take(classes * row), gradient: take(classes * row), curvatures: take(classes * row) },
      ...{ d: take(classes * row), images: take(classes * row), mean: take(row), ridge: take(row) },
      thresholds: take(row),
    };
    const ofPairs = {
      along: take(rankBytes),
      v: take(classes * padded * rankBytes),
      u: take(classes * padded * rankBytes),
    };
    this.#room = { ...room, ...ofPairs, rankBytes };
    return this.#room;
  }
}
