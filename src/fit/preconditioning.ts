/**
 * The preconditioner of L-BFGS: blocks of the Hessian, from a sample of the rows, made anew when the parameters have
 * moved. For class k
 *
 *   M_k = Σ_i c_ik x̃_i x̃_iᵀ / Σ_i s_i + 2λ I + shrinkage   [n,n],   c_ik = s_i p_ik (1 − p_ik)
 *
 * with x̃ = (x, 1); the bias is not penalised. While blocks cost too much, one M for all classes, of the mean of c_ik.
 *
 * Rows are drawn by their part in the sum: by c_ik, and by c_ik times their leverage, since a rare feature that a
 * sample misses would have far too large an inverse.
 *
 * M is made at the start if that costs little, and anew whenever about as much has been spent on passes as it costs:
 * so the work is never much more than without it, and usually a fraction.
 */
import type { Dataset } from "../backends/backend.ts";
import { createRandom } from "../data/random.ts";
import { DeviceError, LimitError } from "../errors.ts";
import { loaded } from "../loaded.ts";
import { partsOf } from "../parameters.ts";
import { pause } from "../pause.ts";
import { applyInverse } from "../solvers/hessian-blocks.ts";
import {
  type Anchor,
  IDENTITY,
  NO_PRECONDITIONING,
  type Preconditioner,
  type Preconditioning,
} from "../solvers/preconditioner.ts";
import { type Candidates, drawCandidates } from "./candidates.ts";
import { penaltiesOf } from "./conditioning.ts";
import { curvaturesOf, drawWeights, meanCurvatures, typicalCurvature } from "./curvature-sample.ts";
import type { FitSession } from "./session.ts";

/** Rows of a sample: so many for each of the n columns, and as many more. */
const SAMPLE = { perColumn: 1.25, more: 64 };

/** Rows that samples are drawn from, likewise, and the most cells and scores that they have. */
const CANDIDATES = { perColumn: 16, least: 2048, cells: 2 ** 25, scores: 2 ** 23 };

/**
 * Addition to the diagonal of each column, as a share of the curvature that a typical column would have in its units:
 * at the start, and when the sample follows the model.
 */
const SHRINKAGE = { start: 0.3, later: 0.015 };

/** A step's coordinate descent ends after the time of so many passes, but not before so many multiply-adds. */
const DESCENT = { passes: 3, products: 2 ** 22 };

/** Most bytes of factors. */
const MAX_BYTES = 2 ** 28;

/**
 * When M is made, counted in passes. At the start, if it costs at most `start`; the first time after that, once `first`
 * passes and `paid` times its cost have been spent. If it was made after `last` passes, it is made anew after growth ·
 * last + more or last + again · cost, whichever comes later. There is none if one use costs more than `use`.
 */
const SCHEDULE = { start: 1.5, first: 7, paid: 1.2, growth: 1.6, more: 4, again: 3, use: 0.5 };

/** Multiply-adds a second of the kernels for factors. */
const FACTOR_RATE = 8e9;

/** Multiply-adds a second of a device, and seconds that a pass, a matrix and each of its bytes take beside them. */
const DEVICE = {
  cpu: { rate: 8e9, pass: 2e-4, matrix: 0, byte: 0 },
  gpu: { rate: 1e12, pass: 1.5e-3, matrix: 1.5e-3, byte: 1e-9 },
};

/** Returns the preconditioning of a fit by L-BFGS with so many curvature pairs. To be disposed of after the fit. */
export function preconditioningOf(
  session: FitSession,
  memory: number,
): Preconditioning & { dispose(): void } {
  const blocks = new SampledHessian(session, memory);
  return blocks.isWorthwhile ? blocks : { ...NO_PRECONDITIONING, dispose: () => {} };
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

class SampledHessian implements Preconditioning {
  readonly #session: FitSession;
  /** Most curvature pairs. */
  readonly #memory: number;
  /** n */
  readonly #size: number;
  /** λ of each feature, `[D]`. */
  readonly #penalties: Float64Array;
  #candidates: Candidates | null = null;
  #data: Dataset | null = null;
  #room: { dispose(): void } | null = null;
  #latest: { readonly round: number; readonly preconditioner: Preconditioner } | null = null;

  constructor(session: FitSession, memory: number) {
    const { problem, shape } = session;
    this.#session = session;
    this.#memory = memory;
    this.#size = shape.features + (shape.bias ? 1 : 0);
    this.#penalties = penaltiesOf(problem.options.l2, shape.features, problem.conditioning);
  }

  /** Whether a use costs little beside a pass. */
  get isWorthwhile(): boolean {
    if (4 * this.#size ** 2 > MAX_BYTES) return false;
    return this.#useProducts / FACTOR_RATE <= SCHEDULE.use * this.#pass.seconds;
  }

  async at({ x, evaluations, anchor }: Parameters<Preconditioning["at"]>[0]) {
    const isDue = evaluations >= this.#dueAfter(anchor);
    const current = isDue ? { x, evaluations, round: anchor ? anchor.round + 1 : 0 } : anchor;
    if (!current) return { preconditioner: IDENTITY, anchor: null, work: 0 };
    const { round } = current;
    // A resumed fit makes the M that it was interrupted with.
    if (this.#latest?.round !== round) this.#latest = { round, preconditioner: await this.#make(current) };
    const { preconditioner } = this.#latest;
    return { preconditioner, anchor: current, work: isDue ? this.#costOf(this.#countAt(current)).work : 0 };
  }

  dispose(): void {
    this.#room?.dispose();
    this.#data?.dispose();
  }

  /** Returns the evaluations from which on the next M is made. */
  #dueAfter(anchor: Anchor | null): number {
    const { start, first, paid, growth, more, again } = SCHEDULE;
    const shared = this.#costOf(1).passes;
    const blocks = this.#hasBlocks ? this.#costOf(this.#session.shape.classes).passes : Infinity;
    if (!anchor && shared <= start) return 0;
    const last = anchor ? anchor.evaluations : 0;
    const next = growth * last + more;
    if (anchor && this.#countAt(anchor) > 1) return Math.max(next, last + again * blocks);
    const dueShared = Math.max(first, next, anchor ? last + again * shared : paid * shared);
    const dueBlocks = Math.max(first, paid * blocks);
    // Blocks that are due soon are waited for.
    return dueBlocks <= growth * dueShared + more ? dueBlocks : dueShared;
  }

  /** Number of matrices: one for each class once they are paid for, else one for all. */
  #countAt({ evaluations }: Pick<Anchor, "evaluations">): number {
    const { classes } = this.#session.shape;
    return this.#hasBlocks && evaluations >= SCHEDULE.paid * this.#costOf(classes).passes ? classes : 1;
  }

  /** Whether each class can have its own. Two classes have equal ones. */
  get #hasBlocks(): boolean {
    const { classes } = this.#session.shape;
    return classes > 2 && 4 * classes * this.#size ** 2 <= MAX_BYTES;
  }

  /** Returns what `count` matrices cost in passes: by time, and by multiply-adds. */
  #costOf(count: number): { passes: number; work: number } {
    const n = this.#size;
    const [moments, factor] = [(this.#sampleRows * n ** 2) / 2, n ** 3 / 6];
    const { rate, matrix, byte } = this.#device;
    const seconds = moments / rate + matrix + byte * 4 * n ** 2 + factor / FACTOR_RATE;
    const forward = this.#candidateRows / (2 * this.#session.problem.rows.matrix.rows);
    return {
      passes: (count * seconds) / this.#pass.seconds + forward,
      work: (count * (moments + factor)) / this.#pass.products + forward,
    };
  }

  /** Seconds and multiply-adds of a pass. */
  get #pass(): { seconds: number; products: number } {
    const { problem, shape } = this.#session;
    const products = 2 * problem.rows.matrix.rows * shape.features * shape.classes;
    const { rate, pass } = this.#device;
    return { seconds: pass + products / rate, products };
  }

  get #device() {
    const { kind, software } = this.#session.device;
    return kind === "webgpu" && !software ? DEVICE.gpu : DEVICE.cpu;
  }

  /** Multiply-adds of a use. */
  get #useProducts(): number {
    return this.#session.shape.classes * this.#size ** 2;
  }

  get #sampleRows(): number {
    return Math.min(this.#candidateRows, Math.ceil(SAMPLE.perColumn * this.#size + SAMPLE.more));
  }

  get #candidateRows(): number {
    const { problem, shape } = this.#session;
    const { perColumn, least, cells, scores } = CANDIDATES;
    const affordable = Math.min(cells / this.#size, scores / shape.classes);
    const wanted = Math.min(Math.max(least, perColumn * this.#size), affordable);
    return Math.min(problem.rows.matrix.rows, Math.max(SAMPLE.more, Math.floor(wanted)));
  }

  /** Makes M at an anchor; M = I without WebAssembly or so much memory, and if numbers overflow. */
  async #make(anchor: Anchor): Promise<Preconditioner> {
    try {
      return (await this.#sampleAt(anchor)) ?? IDENTITY;
    } catch (error) {
      if (error instanceof LimitError) return IDENTITY;
      throw error;
    }
  }

  /** Samples M; returns null without WebAssembly, and if numbers overflow. @throws LimitError, DeviceError */
  async #sampleAt(anchor: Anchor): Promise<Preconditioner | null> {
    const { problem, shape, trainer } = this.#session;
    const { signal, options } = problem;
    const count = this.#countAt(anchor);
    this.#candidates ??= await drawCandidates(this.#session, this.#candidateRows, this.#penalties);
    const candidates = this.#candidates;
    if (candidates.weights.length === 0) return null;
    this.#data ??= await candidates.place();
    const data = this.#data;
    trainer.write(partsOf(anchor.x, shape));
    const probabilities = await trainer.probabilities(data, { signal });
    const random = createRandom(options.seed, anchor.round + 1);
    const shrinkage = anchor.evaluations <= 1 ? SHRINKAGE.start : SHRINKAGE.later;
    const making: Making = {
      count,
      moments: async (k) => {
        await pause(signal);
        const curvatures =
          count > 1
            ? curvaturesOf(probabilities, k, shape.classes)
            : meanCurvatures(probabilities, shape.classes);
        await pause(signal);
        const weights = drawWeights(candidates, curvatures, this.#sampleRows, random);
        return trainer.secondMoments(data, weights, { signal });
      },
      ridge: (moments) => {
        const curvature = shrinkage * typicalCurvature(moments, candidates.squares);
        return candidates.squares.map((square, j) => 2 * (this.#penalties[j] ?? 0) + curvature * square || 1);
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
    const work = this.#useProducts / this.#pass.products;
    return { apply: (vector) => applyInverse(blocks, vector, signal), work };
  }

  /** Returns M itself, for steps that an L1 penalty takes part in. */
  async #metricOf({ count, moments, ridge }: Making): Promise<Preconditioner | null> {
    const { problem, shape } = this.#session;
    const { ClassMetric } = await loaded(import("../backends/wasm/class-metric.ts"), "preconditioners");
    const moveProducts = (count > 1 ? count + 3 : 2) * this.#size;
    const { products, seconds } = this.#pass;
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
