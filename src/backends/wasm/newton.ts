/**
 * A Newton step for sparse rows: solves (H + 2λ) d = −g by conjugate gradients, H the Hessian of the mean cross-entropy at
 * the trainer's parameters (of the weights with the penalty, of the bias without). As much work as a pass for each product
 *
 *   H d = Σ_i s_i X̃ᵢ (diag(pᵢ) − pᵢ pᵢᵀ) X̃ᵢᵀ d / Σ s
 *
 * block by block: rows → u = X̃ d → p ∘ (u − pᵀu) → sum. The vectors stay in WebAssembly memory.
 */

import { pause } from "../../pause.ts";
import type { NewtonOptions, NewtonStep } from "../backend.ts";
import type { Pass } from "./backward.ts";
import type { WasmDataset } from "./dataset.ts";
import { type PackedShape, packInto, unpackParameters } from "./parameters.ts";
import type { Workspace } from "./workspace.ts";

/** Most products of a step. */
const MAX_PRODUCTS = 200;

/**
 * Solves for the step at the parameters that the workspace holds.
 *
 * @param pass goes over all rows, and adds what the pass makes of them to the first partial gradient
 * @throws LimitError; the signal's reason
 */
export async function newtonStep(
  data: WasmDataset,
  workspace: Workspace,
  shape: PackedShape,
  { gradient, l2, accuracy }: NewtonOptions,
  pass: (kind: Pass) => Promise<unknown>,
  signal: AbortSignal | undefined,
): Promise<NewtonStep> {
  const { sparseKernels: kernels, arena } = data;
  const { bytes, weightBytes } = workspace.layout;
  const take = () => arena.take(bytes, "parameters");
  const at = { x: take(), d: take(), r: take(), inverse: take() };
  const hd = workspace.at.partials;
  const vector = (address: number) => arena.floats(address, bytes / 4);
  workspace.direction = at.d;

  await pass("diagonal");
  vector(at.inverse).set(vector(hd));
  kernels.invert(at.inverse, bytes, weightBytes, 2 * l2);
  const r = vector(at.r);
  packInto(r, gradient, shape);
  for (let i = 0; i < r.length; i++) r[i] = -r[i];
  await pause(signal);

  // x = 0, so that r = −g; d = M⁻¹r.
  let rest = kernels.advance(at.x, at.d, at.r, hd, at.inverse, bytes, 0);
  const goal = accuracy ** 2 * rest;
  let products = 0;
  for (let along = 0; rest > goal && products < MAX_PRODUCTS; products++) {
    kernels.turn(at.d, at.r, hd, at.inverse, bytes, along);
    await pass("product");
    const curvature = kernels.alongDirection(hd, at.d, bytes, weightBytes, 2 * l2);
    if (!(curvature > 0 && curvature < Infinity)) break;
    const before = rest;
    rest = kernels.advance(at.x, at.d, at.r, hd, at.inverse, bytes, rest / curvature);
    along = rest / before;
  }
  vector(hd).fill(0);
  return { step: unpackParameters(vector(at.x), shape), products };
}
