/**
 * A guess at the Hessian from second moments of the rows, a matrix for each class or one for all:
 *
 *   B₀ = (P ⊗ I) diag(M_1 … M_K) (P ⊗ I) + diag(r),   P = I − 1 1ᵀ/K
 *
 * and coordinate descent with it. A vector added to the weights of all classes, which changes no probability, meets r
 * alone.
 */
import { pause } from "../../pause.ts";
import { ACCURACY, type Metric, type PenalisedModel } from "../../solvers/proximal-newton.ts";
import type { ModelShape } from "../backend.ts";
import { Matrices, paddedOf } from "./matrices.ts";

/** Rows that are mirrored between two pauses. */
const TILE = 256;

/** Sweeps over all coordinates, or over those that are not held at 0, at most. */
const MAX_SWEEPS = 200;

/** Memory of a descent, by address. */
interface Room {
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

/** Sizes of a metric and of its descents. */
export interface ClassMetricOptions {
  /** Matrices: K or 1. */
  readonly count: number;
  /** Moves of a coordinate after which a descent ends with the class that it is at. */
  readonly mostMoves: number;
  /** Most numbers of V and of U for each parameter. */
  readonly mostRank: number;
}

/** B₀ in WebAssembly. Each matrix is set once, then r. */
export class ClassMetric implements Metric {
  readonly #shape: ModelShape;
  readonly #matrices: Matrices;
  /** Whether each class has its own matrix. */
  readonly #areOwn: boolean;
  readonly #mostMoves: number;
  /** r, `[n]` */
  readonly #ridge: Float64Array;
  /** Address of the mean of all matrices. */
  readonly #average: number;
  readonly #room: Room;
  #isFinite = true;

  private constructor(shape: ModelShape, matrices: Matrices, { mostMoves, mostRank }: ClassMetricOptions) {
    const { padded, matrixBytes } = matrices;
    const take = (bytes: number) => matrices.take(bytes);
    const [row, rows] = [4 * padded, 4 * padded * shape.classes];
    const ofRank = rankBytesOf(mostRank);
    this.#shape = shape;
    this.#matrices = matrices;
    this.#areOwn = matrices.count > 1;
    this.#mostMoves = mostMoves;
    this.#ridge = new Float64Array(matrices.size);
    this.#average = this.#areOwn ? take(matrixBytes) : matrices.addressOf(0);
    this.#room = {
      ...{ x: take(rows), gradient: take(rows), curvatures: take(rows), d: take(rows), images: take(rows) },
      ...{ mean: take(row), ridge: take(row), thresholds: take(row), along: take(ofRank) },
      ...{ v: take((rows / 4) * ofRank), u: take((rows / 4) * ofRank) },
    };
  }

  /** Makes room. @throws DeviceError no WebAssembly with SIMD; LimitError no such memory */
  static async create(shape: ModelShape, options: ClassMetricOptions): Promise<ClassMetric> {
    const size = shape.features + (shape.bias ? 1 : 0);
    const further = shape.classes * paddedOf(size) * (20 + 2 * rankBytesOf(options.mostRank));
    const matrices = await Matrices.create(size, options.count, further);
    try {
      return new ClassMetric(shape, matrices, options);
    } catch (error) {
      matrices.dispose();
      throw error;
    }
  }

  /** Sets a matrix by its lower triangle, `[n,n]`. */
  async set(index: number, moments: Float32Array, signal?: AbortSignal): Promise<void> {
    const { size, count, padded, arena } = this.#matrices;
    await this.#matrices.write(index, moments, signal);
    for (let first = 0; first < size; first += TILE) {
      await pause(signal);
      const matrix = this.#matrices.matrix(index);
      for (let i = first; i < Math.min(size, first + TILE); i++)
        for (let j = 0; j < i; j++) matrix[j * padded + i] = matrix[i * padded + j];
    }
    const matrix = this.#matrices.matrix(index);
    for (let i = 0; i < size; i++) if (!Number.isFinite(matrix[i * (padded + 1)])) this.#isFinite = false;
    if (!this.#areOwn) return;
    const average = arena.floats(this.#average, padded ** 2);
    for (let at = 0; at < average.length; at++) average[at] += matrix[at] / count;
  }

  /** Sets r, `[n]`. Returns whether all moments are finite. */
  complete(ridge: Float64Array): boolean {
    this.#ridge.set(ridge);
    return this.#isFinite;
  }

  /** Returns the diagonal of B₀. */
  diagonal(): Promise<Float64Array> {
    const { classes } = this.#shape;
    const { padded, arena } = this.#matrices;
    return this.#flat((k) => {
      const average = arena.floats(this.#average, padded ** 2);
      const matrix = this.#matrices.matrix(this.#areOwn ? k : 0);
      return (j) => {
        const at = j * (padded + 1);
        return (1 - 2 / classes) * matrix[at] + average[at] / classes + this.#ridge[j];
      };
    });
  }

  /** Returns B₀ v. */
  async product(vector: Float64Array): Promise<Float64Array> {
    const { classes } = this.#shape;
    const { size, padded, arena, kernels } = this.#matrices;
    const room = this.#room;
    const length = 4 * padded;
    const images = new Float64Array(classes * padded);
    const [shared, mean] = [new Float64Array(size), new Float64Array(size)];
    await this.#eachOf(vector, () => (value, _, j) => {
      shared[j] += value / classes;
    });
    await this.#write(room.x, vector);
    for (let k = 0; k < classes; k++) {
      await pause();
      const part = arena.floats(room.x + k * length, size);
      for (let j = 0; j < size; j++) part[j] -= shared[j];
      const matrix = this.#matrices.addressOf(this.#areOwn ? k : 0);
      kernels.product(matrix, size, length, room.x + k * length, room.images);
      images.set(arena.floats(room.images, size), k * padded);
      for (let j = 0; j < size; j++) mean[j] += images[k * padded + j] / classes;
    }
    const result = await this.#flat((k) => (j) => images[k * padded + j] - mean[j]);
    await this.#eachOf(vector, () => (value, i, j) => {
      result[i] += this.#ridge[j] * value;
    });
    return result;
  }

  /** Looks for the minimum of a model; returns it, and the number of moves. Weights that the penalty holds are 0. */
  async minimise(model: PenalisedModel): Promise<{ z: Float64Array; moves: number }> {
    const { classes, features } = this.#shape;
    const { size, count, padded, arena, kernels } = this.#matrices;
    const { x, scale, rank, thresholds } = model;
    const length = 4 * padded;
    const room = this.#room;
    const rankBytes = rankBytesOf(rank);
    await this.#write(room.x, x);
    await this.#write(room.gradient, model.gradient);
    await this.#write(room.curvatures, model.curvatures);
    for (const at of [room.d, room.images]) arena.floats(at, classes * padded).fill(0);
    arena.floats(room.mean, padded).fill(0);
    arena.floats(room.along, rankBytes / 4).fill(0);
    arena.floats(room.ridge, size).set(this.#ridge);
    arena.floats(room.thresholds, features).set(thresholds);
    await this.#writeRows(room.v, model.v, rank);
    await this.#writeRows(room.u, model.u, rank);
    const ofMatrices = [this.#matrices.addressOf(0), count, this.#average] as const;
    let moves = 0;
    const sweep = async (onlyFree: boolean): Promise<number> => {
      let largest = 0;
      for (let k = 0; k < classes && moves < this.#mostMoves; k++) {
        await pause();
        // Other metrics in the same memory count their moves there too.
        kernels.takeMoves();
        const pull = kernels.descend(
          ...([k, classes, size, length, onlyFree, scale, room.x, room.gradient, room.curvatures] as const),
          ...([room.d, room.ridge, room.thresholds, room.images, room.mean, ...ofMatrices] as const),
          ...([rankBytes, room.v, room.u, room.along] as const),
        );
        moves += kernels.takeMoves();
        largest = Math.max(largest, pull);
      }
      return largest;
    };
    const first = await sweep(false);
    let onlyFree = true;
    for (let done = 1; done < MAX_SWEEPS && moves < this.#mostMoves; done++) {
      const isCalm: boolean = (await sweep(onlyFree)) <= ACCURACY * first;
      if (isCalm && !onlyFree) break;
      // After the free coordinates are done, a sweep over all of them follows.
      onlyFree = !isCalm;
    }
    const z = new Float64Array(x.length);
    await this.#eachOf(x, (k) => {
      const [start, d] = [room.x, room.d].map((at) => arena.floats(at + k * length, padded));
      return (value, i, j) => {
        const isHeld = j < features && start[j] + d[j] === 0;
        z[i] = isHeld ? 0 : value + d[j];
      };
    });
    return { z, moves };
  }

  dispose(): void {
    this.#matrices.dispose();
  }

  /**
   * Calls back for each element of a vector with its place there and its column. `ofClass` returns the function to call:
   * views of memory that it makes are good until the next class.
   */
  async #eachOf(
    vector: Float64Array,
    ofClass: (k: number) => (value: number, i: number, j: number) => void,
  ): Promise<void> {
    const { classes, features, bias } = this.#shape;
    for (let k = 0; k < classes; k++) {
      await pause();
      const visit = ofClass(k);
      for (let j = 0; j < features; j++) visit(vector[k * features + j], k * features + j, j);
      if (bias) visit(vector[classes * features + k], classes * features + k, features);
    }
  }

  /** Makes a vector of the values of each class's columns. */
  async #flat(ofClass: (k: number) => (j: number) => number): Promise<Float64Array> {
    const result = new Float64Array(this.#shape.classes * this.#matrices.size);
    await this.#eachOf(result, (k) => {
      const value = ofClass(k);
      return (_, i, j) => {
        result[i] = value(j);
      };
    });
    return result;
  }

  async #write(at: number, vector: Float64Array): Promise<void> {
    const { padded, arena } = this.#matrices;
    await this.#eachOf(vector, (k) => {
      const row = arena.floats(at + 4 * k * padded, padded);
      return (value, _, j) => {
        row[j] = value;
      };
    });
  }

  /** Writes a row of `rank` numbers, and zeros behind them, for each parameter. */
  async #writeRows(at: number, rows: Float64Array, rank: number): Promise<void> {
    const { size, padded, arena } = this.#matrices;
    const { classes, features } = this.#shape;
    const length = rankBytesOf(rank) / 4;
    for (let k = 0; k < classes && rank > 0; k++) {
      await pause();
      const target = arena.floats(at + 4 * k * padded * length, padded * length);
      target.fill(0);
      for (let j = 0; j < size; j++) {
        const i = j < features ? k * features + j : classes * features + k;
        target.set(rows.subarray(i * rank, (i + 1) * rank), j * length);
      }
    }
  }
}

/** Bytes of a row of V or U, whole vectors. */
function rankBytesOf(rank: number): number {
  return 16 * Math.ceil(rank / 4);
}
