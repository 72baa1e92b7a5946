/**
 * Blocks of the Hessian from a sample of the rows. For class k
 *
 *   M_k = Σ_i c_ik x̃_i x̃_iᵀ / Σ_i s_i + 2λ I + shrinkage   [n,n],   c_ik = s_i p_ik (1 − p_ik)
 *
 * with x̃ = (x, 1); the bias is not penalised. Or one M for all classes, of the mean of c_ik.
 *
 * Rows are drawn by their part in the sum: by c_ik, and by c_ik times their leverage, since a rare feature that a
 * sample misses would have far too large an inverse.
 */
import type { Dataset } from "../backends/backend.ts";
import { createRandom } from "../data/random.ts";
import { DeviceError, LimitError } from "../errors.ts";
import { loaded } from "../loaded.ts";
import { partsOf } from "../parameters.ts";
import { pause } from "../pause.ts";
import { applyInverse } from "../solvers/hessian-blocks.ts";
import { IDENTITY, type Preconditioner } from "../solvers/preconditioner.ts";
import { type Candidates, drawCandidates } from "./candidates.ts";
import { penaltiesOf } from "./conditioning.ts";
import { curvaturesOf, drawWeights, meanCurvatures, typicalCurvature } from "./curvature-sample.ts";
import { FACTOR_RATE, type HessianCosts } from "./hessian-costs.ts";
import type { FitSession } from "./session.ts";

/**
 * Addition to the diagonal of each column, as a share of the curvature that a typical column would have in its units:
 * at the start, and when the sample follows the model.
 */
const SHRINKAGE = { start: 0.3, later: 0.015 };

/** A step's coordinate descent ends after the time of so many passes, but not before so many multiply-adds. */
const DESCENT = { passes: 3, products: 2 ** 22 };

/** The parameters and λ at which M is made, and its form. */
export interface MakingPoint {
  /** Parameters as the solver sees them. */
  readonly x: Float64Array;
  /** λ */
  readonly l2: number;
  /** Matrices: one for each class, or one. */
  readonly count: number;
  /** How many were made before, which seeds the sample. */
  readonly round: number;
  /** Whether the solver has not moved yet, so that the probabilities say little. */
  readonly isStart: boolean;
}

/** What M is made of. */
interface Making {
  /** Matrices: one for each class, or one. */
  readonly count: number;
  /** Samples the second moments of a matrix, in turn, `[n,n]`. */
  readonly moments: (k: number) => Promise<Float32Array>;
  /** Returns 2λ + shrinkage of each column for a matrix of these moments, `[n]`. */
  readonly ridge: (moments: Float32Array) => Float64Array;
}

/** Makes M for the fits of a session, one at a time. */
export class SampledHessian {
  readonly #session: FitSession;
  readonly #costs: HessianCosts;
  /** Most curvature pairs. */
  readonly #memory: number;
  /** n */
  readonly #size: number;
  #candidates: Candidates | null = null;
  #data: Dataset | null = null;
  #room: { dispose(): void } | null = null;

  constructor(session: FitSession, costs: HessianCosts, memory: number) {
    this.#session = session;
    this.#costs = costs;
    this.#memory = memory;
    this.#size = costs.size;
  }

  dispose(): void {
    this.#room?.dispose();
    this.#data?.dispose();
  }

  /** Makes M; M = I without WebAssembly or so much memory, and if numbers overflow. The last M is gone. */
  async make(point: MakingPoint): Promise<Preconditioner> {
    try {
      return (await this.#sampleAt(point)) ?? IDENTITY;
    } catch (error) {
      if (error instanceof LimitError) return IDENTITY;
      throw error;
    }
  }

  /** Samples M; returns null without WebAssembly, and if numbers overflow. @throws LimitError, DeviceError */
  async #sampleAt({ x, l2, count, round, isStart }: MakingPoint): Promise<Preconditioner | null> {
    const { problem, shape, trainer } = this.#session;
    const { signal, options } = problem;
    const penalties = penaltiesOf(l2, shape.features, problem.conditioning);
    this.#candidates ??= await drawCandidates(this.#session, this.#costs.candidateRows, penalties);
    const candidates = this.#candidates;
    if (candidates.weights.length === 0) return null;
    this.#data ??= await candidates.place();
    const data = this.#data;
    trainer.write(partsOf(x, shape));
    const probabilities = await trainer.probabilities(data, { signal });
    const random = createRandom(options.seed, round + 1);
    const shrinkage = isStart ? SHRINKAGE.start : SHRINKAGE.later;
    const making: Making = {
      count,
      moments: async (k) => {
        await pause(signal);
        const curvatures =
          count > 1
            ? curvaturesOf(probabilities, k, shape.classes)
            : meanCurvatures(probabilities, shape.classes);
        await pause(signal);
        const weights = drawWeights(candidates, curvatures, this.#costs.sampleRows, random);
        return trainer.secondMoments(data, weights, { signal });
      },
      ridge: (moments) => {
        const curvature = shrinkage * typicalCurvature(moments, candidates.squares);
        return candidates.squares.map((square, j) => 2 * (penalties[j] ?? 0) + curvature * square || 1);
      },
    };
    return options.l1 > 0 ? this.#metricOf(making) : this.#inverseOf(making);
  }

  /** Returns M⁻¹ by factors. */
  async #inverseOf({ count, moments, ridge }: Making): Promise<Preconditioner | null> {
    const { problem, shape } = this.#session;
    const { signal } = problem;
    const { Factors } = await loaded(import("../backends/wasm/factors.ts"), "preconditioners");
    const factors = await this.#open(() => Factors.create(this.#size, count));
    if (!factors) return null;
    const added = new Float64Array(this.#size);
    for (let k = 0; k < count; k++) {
      const ofClass = await moments(k);
      const diagonal = ridge(ofClass);
      if (!(await factors.make(k, ofClass, diagonal, signal))) return null;
      for (let j = 0; j < added.length; j++) added[j] += diagonal[j] / count;
    }
    const blocks = { ...shape, factors, areOwn: count > 1, added };
    const work = this.#costs.useProducts / this.#costs.pass.products;
    return { apply: (vector) => applyInverse(blocks, vector, signal), work };
  }

  /** Returns M itself, for steps that an L1 penalty takes part in. */
  async #metricOf({ count, moments, ridge }: Making): Promise<Preconditioner | null> {
    const { problem, shape } = this.#session;
    const { ClassMetric } = await loaded(import("../backends/wasm/class-metric.ts"), "preconditioners");
    const moveProducts = (count > 1 ? count + 3 : 2) * this.#size;
    const { products, seconds } = this.#costs.pass;
    const mostMoves = Math.max(DESCENT.products, DESCENT.passes * seconds * FACTOR_RATE) / moveProducts;
    const options = { count, mostMoves, mostRank: 2 * this.#memory };
    const metric = await this.#open(() => ClassMetric.create(shape, options));
    if (!metric) return null;
    const added = new Float64Array(this.#size);
    for (let k = 0; k < count; k++) {
      const ofClass = await moments(k);
      await metric.set(k, ofClass, problem.signal);
      const diagonal = ridge(ofClass);
      for (let j = 0; j < added.length; j++) added[j] += diagonal[j] / count;
    }
    return metric.complete(added) ? { ...IDENTITY, metric, work: moveProducts / products } : null;
  }

  /** Releases the room of the last M and makes new room; returns null without WebAssembly. @throws LimitError */
  async #open<T extends { dispose(): void }>(create: () => Promise<T>): Promise<T | null> {
    this.#room?.dispose();
    this.#room = null;
    try {
      const room = await create();
      this.#room = room;
      return room;
    } catch (error) {
      if (error instanceof DeviceError) return null;
      throw error;
    }
  }
}
