/**
 * A Newton step for sparse rows: solves (H + 2λ) d = −g by conjugate gradients, H the Hessian of the mean cross-entropy at
 * the trainer's parameters (of the weights with the penalty, of the bias without). As much work as a pass for each product
 *
 *   H d = Σ_i s_i X̃ᵢ (diag(pᵢ) − pᵢ pᵢᵀ) X̃ᵢᵀ d / Σ s
 *
 * block by block: rows → u = X̃ d → p ∘ (u − pᵀu) → sum. The vectors stay in WebAssembly memory.
 */
import type { Parameters } from "../../parameters.ts";
import { pause } from "../../pause.ts";
import type { NewtonOptions, NewtonStep } from "../backend.ts";
import type { Pass } from "./backward.ts";
import type { WasmDataset } from "./dataset.ts";
import { type PackedShape, packInto, unpackParameters } from "./parameters.ts";
import type { Workspace } from "./workspace.ts";

/** Most products of a step, and most in a row that leave more of the gradient than before: float32 gives no better. */
const MAX_PRODUCTS = 200;
const MAX_IDLE = 12;

/**
 * Solves for the step at the parameters that the workspace holds.
 *
 * @param pass goes over all rows, and adds what the pass makes of them to the first partial gradient
 * @throws LimitError; the signal's reason
 */
export async function newtonStep(
  data: WasmDataset,
  workspace: Workspace,
  { gradient, l2, scale, accuracy }: NewtonOptions,
  pass: (kind: Pass) => Promise<unknown>,
  signal: AbortSignal | undefined,
): Promise<NewtonStep> {
  const { sparseKernels: kernels, arena } = data;
  const { layout, shape, direction: d } = workspace;
  const { bytes, weightBytes } = layout;
  const take = () => arena.take(bytes, "parameters");
  const [x, r, inverse, ridges] = [take(), take(), take(), scale ? take() : 0];
  const hd = workspace.at.partials;
  const vector = (address: number) => arena.floats(address, bytes / 4);
  if (scale) packInto(vector(ridges), penaltiesOf(l2, scale, shape), shape);

  await pass("diagonal");
  vector(inverse).set(vector(hd));
  kernels.addRidge(inverse, weightBytes, 2 * l2, ridges);
  kernels.invert(inverse, bytes);
  await pause(signal);
  packInto(vector(r), gradient, shape);
  negate(vector(r));
  await pause(signal);

  // x = 0, so that r = −g; d = M⁻¹r.
  let rest = kernels.advance(x, d, r, hd, inverse, bytes, 0);
  const goal = accuracy ** 2 * rest;
  let [least, idle, products] = [rest, 0, 0];
  for (let along = 0; rest > goal && idle < MAX_IDLE && products < MAX_PRODUCTS; products++) {
    kernels.turn(d, r, hd, inverse, bytes, along);
    await pause(signal);
    await pass("product");
    const curvature = kernels.alongDirection(hd, d, bytes, weightBytes, 2 * l2, ridges);
    if (!(curvature > 0 && curvature < Infinity)) break;
    await pause(signal);
    const before = rest;
    rest = kernels.advance(x, d, r, hd, inverse, bytes, rest / curvature);
    along = rest / before;
    idle = rest < least ? 0 : idle + 1;
    least = Math.min(least, rest);
  }
  vector(hd).fill(0);
  return { step: unpackParameters(vector(x), shape), products };
}

/** Returns 2λ / σ_j² for the weights of every class, and 0 for the bias. */
function penaltiesOf(l2: number, scale: Float64Array, { features, classes }: PackedShape): Parameters {
  const weights = new Float64Array(classes * features);
  for (let row = 0; row < weights.length; row += features)
    for (let j = 0; j < features; j++) weights[row + j] = (2 * l2) / scale[j] ** 2;
  return { weights, bias: new Float64Array(classes) };
}

function negate(values: Float32Array): void {
  for (let i = 0; i < values.length; i++) values[i] = -values[i];
}
