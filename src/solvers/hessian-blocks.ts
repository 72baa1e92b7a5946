/**
 * M⁻¹ v with Cholesky factors of blocks of the Hessian, one for each class or one for all.
 *
 * Blocks know nothing of the softmax's invariance: a vector added to the weights of all classes changes no probability.
 * So with a block for each class, M⁻¹ acts on what differs between the classes, and the inverse of what was added to
 * the diagonals on their mean. Without this, L-BFGS takes twice as many passes.
 */
import { pause } from "../pause.ts";

/** Factors of matrices [n,n]. */
export interface BlockFactors {
  /** Replaces `v`, `[n]`, by the solution of M x = v for the matrix at `index`. */
  solve(index: number, v: Float64Array): void;
}

/** Blocks of a model, n = D or, with a bias, D + 1. */
export interface HessianBlocks {
  readonly features: number;
  readonly classes: number;
  readonly bias: boolean;
  readonly factors: BlockFactors;
  /** Whether each class has its own. */
  readonly areOwn: boolean;
  /** What was added to the diagonals, `[n]`. */
  readonly added: Float64Array;
}

/** Returns M⁻¹ v, `[K·D]` and, with a bias, `[K]` behind it. The thread is given back now and then. */
export async function applyInverse(
  { features, classes, bias, factors, areOwn, added }: HessianBlocks,
  v: Float64Array,
  signal?: AbortSignal,
): Promise<Float64Array> {
  const n = added.length;
  const result = v.slice();
  /** Adds t · part to the parameters of class k. */
  const add = (k: number, part: Float64Array, t: number) => {
    for (let j = 0; j < features; j++) result[k * features + j] += t * part[j];
    if (bias) result[classes * features + k] += t * part[features];
  };
  const part = new Float64Array(n);
  const take = (k: number) => {
    part.set(result.subarray(k * features, (k + 1) * features));
    if (bias) part[features] = result[classes * features + k];
  };
  const removeMean = () => {
    const mean = new Float64Array(n);
    for (let k = 0; k < classes; k++) {
      take(k);
      for (let j = 0; j < n; j++) mean[j] += part[j] / classes;
    }
    for (let k = 0; k < classes; k++) add(k, mean, -1);
    return mean;
  };
  const mean = areOwn ? removeMean() : null;
  for (let k = 0; k < classes; k++) {
    await pause(signal);
    take(k);
    factors.solve(areOwn ? k : 0, part);
    result.set(part.subarray(0, features), k * features);
    if (bias) result[classes * features + k] = part[features];
  }
  if (mean) {
    removeMean();
    for (let j = 0; j < n; j++) mean[j] /= added[j];
    for (let k = 0; k < classes; k++) add(k, mean, 1);
  }
  return result;
}
