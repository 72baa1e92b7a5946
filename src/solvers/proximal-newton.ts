/**
 * What an L1 penalty Σ λ₁ⱼ |W_kj| adds to L-BFGS, which needs a gradient where the penalty has none: a step goes to the
 * minimum of the quadratic model of the objective with the penalty itself,
 *
 *   min_z  gᵀ(z − x) + ½ (z − x)ᵀ B (z − x) + Σ λ₁ⱼ |z_i|,
 *
 * found by coordinate descent (proximal quasi-Newton; Lee, Sun & Saunders, "Proximal Newton-type methods for minimizing
 * composite functions", 2014). B is a metric B₀, such as second moments of the rows, and what the curvature pairs say
 * about it, in compact form (Byrd, Nocedal & Schnabel, 1994):
 *
 *   B = τB₀ − [τB₀S  Y] N⁻¹ [τB₀S  Y]ᵀ,   N = [SᵀτB₀S  L; Lᵀ  −D]
 */
import { inPiecesOfRows } from "../data/pieces.ts";
import { pause } from "../pause.ts";
import type { CurvaturePair } from "./curvature.ts";
import { dot } from "./vectors.ts";

/** The coefficients of an L1 penalty. */
export interface L1Penalty {
  /** λ₁ⱼ ≥ 0 of the weights of each feature, `[D]`. */
  readonly thresholds: Float64Array;
  /** K·D, the number of weights; parameters behind them (the bias) are not penalised. */
  readonly count: number;
}

/** The objective near x: gᵀ(z − x) + ½ (z − x)ᵀ B (z − x) + Σ λ₁ⱼ |z_i| with B = τB₀ − V Uᵀ. */
export interface PenalisedModel {
  readonly x: Float64Array;
  /** g */
  readonly gradient: Float64Array;
  /** τ */
  readonly scale: number;
  /** Positions of the parameters that may move, ascending; null: all may. */
  readonly active: Uint32Array | null;
  /** The diagonal of B, of the parameters that may move, in that order. */
  readonly curvatures: Float64Array;
  /** V and U, `[P,rank]`, likewise. */
  readonly v: Float64Array;
  readonly u: Float64Array;
  readonly rank: number;
  /** λ₁ of the weights of each feature, `[D]`. */
  readonly thresholds: Float64Array;
}

/** A guess B₀ at the Hessian. */
export interface Metric {
  /**
   * Whether B₀ is diagonal. Weights of 0 that the penalty holds there stay where they are in a step then, which saves most
   * of the work if most weights are 0; in another metric, moves of the others may set them free.
   */
  readonly isDiagonal?: boolean;
  /** Returns the diagonal of B₀; if B₀ is diagonal, the same array each time, which must not be changed. */
  diagonal(): Promise<Float64Array>;
  /** Returns B₀ v. */
  product(v: Float64Array): Promise<Float64Array>;
  /** Looks for the minimum z of a model; returns z, with exact zeros, and the number of moves of a coordinate. */
  minimise(model: PenalisedModel): Promise<{ z: Float64Array; moves: number }>;
}

/** Returns Σ λ₁ⱼ |x_i| over the weights. */
export function l1Norm(x: Float64Array, { thresholds, count }: L1Penalty): number {
  let sum = 0;
  for (let row = 0; row < count; row += thresholds.length)
    for (let j = 0; j < thresholds.length; j++) sum += thresholds[j] * Math.abs(x[row + j]);
  return sum;
}

/** Returns the subgradient of least length: 0 for a weight of 0 that the penalty holds there. */
export async function pseudoGradient(
  x: Float64Array,
  gradient: Float64Array,
  { thresholds, count }: L1Penalty,
): Promise<Float64Array> {
  const pseudo = gradient.slice();
  const cols = thresholds.length;
  const takeRows = (first: number, end: number) => {
    for (let row = first * cols; row < end * cols; row += cols) {
      for (let j = 0; j < cols; j++) {
        const at = x[row + j];
        const g = gradient[row + j];
        const held = Math.sign(g) * Math.max(Math.abs(g) - thresholds[j], 0);
        pseudo[row + j] = at !== 0 ? g + thresholds[j] * Math.sign(at) : held;
      }
    }
  };
  await inPiecesOfRows({ rows: count / cols, cols }, PIECE, takeRows);
  return pseudo;
}

/** Parameters that are visited between two pauses. */
const PIECE = 2 ** 18;

/** Descents end when no coordinate is pulled by more than this share of the strongest pull in the first sweep. */
export const ACCURACY = 0.1;

/** Where a step begins, and what is known there. */
export interface ProximalProblem {
  readonly x: Float64Array;
  /** Of the smooth part. */
  readonly gradient: Float64Array;
  readonly pairs: readonly CurvaturePair[];
  readonly metric: Metric;
  /** Least τ; without pairs, τ itself. */
  readonly leastScale: number;
  readonly l1: L1Penalty;
}

/** Returns the z at which the model is least, and how many moves led there. */
export async function proximalPoint({ x, gradient, pairs, metric, leastScale, l1 }: ProximalProblem) {
  const active = metric.isDiagonal ? freeParameters(x, gradient, l1) : null;
  const form = await compactForm(pairs, metric, leastScale, active);
  const { scale, v, u, rank } = form;
  const diagonal = await metric.diagonal();
  const curvatures = active ? Float64Array.from(active, (at) => diagonal[at]) : diagonal;
  for (let i = 0; i < curvatures.length; i++) {
    const own = scale * curvatures[i];
    let rest = own;
    for (let r = 0; r < rank; r++) rest -= v[i * rank + r] * u[i * rank + r];
    // Rounding may take what the pairs leave below 0.
    curvatures[i] = Math.max(rest, 1e-6 * own);
    if (i % 1024 === 0) await pause();
  }
  return metric.minimise({ x, gradient, active, curvatures, ...form, thresholds: l1.thresholds });
}

/** Returns the positions of all parameters but the weights of 0 that the penalty holds there. */
function freeParameters(
  x: Float64Array,
  gradient: Float64Array,
  { thresholds, count }: L1Penalty,
): Uint32Array {
  const free = new Uint32Array(x.length);
  let found = 0;
  for (let i = 0; i < x.length; i++) {
    const isHeld = i < count && x[i] === 0 && Math.abs(gradient[i]) <= thresholds[i % thresholds.length];
    if (!isHeld) free[found++] = i;
  }
  return free.slice(0, found);
}

/**
 * Returns τ and, row after row for each parameter that may move, V = [τB₀S  Y] and U = V N⁻¹, `[P,rank]`.
 */
async function compactForm(
  pairs: readonly CurvaturePair[],
  metric: Metric,
  leastScale: number,
  active: Uint32Array | null,
): Promise<Pick<PenalisedModel, "scale" | "v" | "u" | "rank">> {
  const m = pairs.length;
  const newest = pairs.at(-1);
  if (!newest) return { scale: leastScale, v: new Float64Array(0), u: new Float64Array(0), rank: 0 };
  const images: Float64Array[] = [];
  for (const { s } of pairs) {
    await pause();
    images.push(await imageOf(metric, s));
  }
  const scale = Math.max(leastScale, dot(newest.s, newest.y) / dot(newest.s, images[m - 1]));
  const rank = 2 * m;
  const middle = new Float64Array(rank * rank);
  for (let i = 0; i < m; i++) {
    await pause();
    for (let j = 0; j < m; j++) {
      await pause();
      middle[i * rank + j] = scale * dot(pairs[i].s, images[j]);
      const below = i > j ? dot(pairs[i].s, pairs[j].y) : 0;
      middle[i * rank + m + j] = below;
      middle[(m + j) * rank + i] = below;
    }
    middle[(m + i) * rank + m + i] = -dot(pairs[i].s, pairs[i].y);
  }
  const inverse = inverseOf(middle, rank);
  const length = active?.length ?? newest.s.length;
  const [v, u] = [new Float64Array(length * rank), new Float64Array(length * rank)];
  for (let i = 0; i < length; i++) {
    if (i % 1024 === 0) await pause();
    const row = i * rank;
    const at = active ? active[i] : i;
    for (let r = 0; r < m; r++) {
      v[row + r] = scale * images[r][at];
      v[row + m + r] = pairs[r].y[at];
    }
    for (let r = 0; r < rank; r++) {
      let sum = 0;
      for (let c = 0; c < rank; c++) sum += v[row + c] * inverse[c * rank + r];
      u[row + r] = sum;
    }
  }
  return { scale, v, u, rank };
}

const imagesOf = new WeakMap<Metric, WeakMap<Float64Array, Float64Array>>();

/** Returns B₀ s, computed once for each metric and step. */
async function imageOf(metric: Metric, s: Float64Array): Promise<Float64Array> {
  const known = imagesOf.get(metric) ?? new WeakMap<Float64Array, Float64Array>();
  imagesOf.set(metric, known);
  const image = known.get(s) ?? (await metric.product(s));
  known.set(s, image);
  return image;
}

/** Returns A⁻¹ of a small matrix, by elimination with pivots. */
function inverseOf(a: Float64Array, n: number): Float64Array {
  const rest = a.slice();
  const inverse = new Float64Array(n * n);
  for (let i = 0; i < n; i++) inverse[i * n + i] = 1;
  const swap = (matrix: Float64Array, p: number, q: number) => {
    const row = matrix.slice(p * n, (p + 1) * n);
    matrix.copyWithin(p * n, q * n, (q + 1) * n);
    matrix.set(row, q * n);
  };
  for (let i = 0; i < n; i++) {
    let best = i;
    for (let k = i + 1; k < n; k++) if (Math.abs(rest[k * n + i]) > Math.abs(rest[best * n + i])) best = k;
    swap(rest, i, best);
    swap(inverse, i, best);
    const pivot = 1 / rest[i * n + i];
    for (let j = 0; j < n; j++) {
      rest[i * n + j] *= pivot;
      inverse[i * n + j] *= pivot;
    }
    for (let k = 0; k < n; k++) {
      const factor = rest[k * n + i];
      if (k === i || factor === 0) continue;
      for (let j = 0; j < n; j++) {
        rest[k * n + j] -= factor * rest[i * n + j];
        inverse[k * n + j] -= factor * inverse[i * n + j];
      }
    }
  }
  return inverse;
}

/** Share of the promised decrease that a step has to bring. */
const ARMIJO = 1e-4;

/** Least and most of a step that is kept if it is too long. */
const SHRINK = { least: 0.1, most: 0.5 };

const MAX_EVALUATIONS = 30;

/**
 * Finds a step of at most 1 that lowers the objective, shorter ones by the parabola through the last.
 *
 * @param value    the objective at the start
 * @param promised what a step of 1 lowers it by in a model without curvature, < 0
 * @param noise    differences of the objective that may be rounding
 * @returns null if none does
 */
export async function backtrack<T extends { readonly value: number }>(
  evaluate: (step: number) => Promise<T>,
  value: number,
  promised: number,
  noise: number,
): Promise<T | null> {
  let step = 1;
  for (let count = 0; count < MAX_EVALUATIONS; count++) {
    const trial = await evaluate(step);
    if (trial.value <= value + ARMIJO * step * promised + noise) return trial;
    const minimum = (-promised * step) / (2 * (trial.value - value - promised * step));
    step *= Number.isFinite(minimum) ? Math.min(Math.max(minimum, SHRINK.least), SHRINK.most) : SHRINK.least;
  }
  return null;
}
