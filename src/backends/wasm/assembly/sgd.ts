/**
 * SGD with momentum: reduces the partial gradients in a fixed order and moves the parameters.
 *   G = Σ partial + 2λW,  v ← μv + G,  W ← W − ηv (Nesterov: W ← W − η(G + μv)).
 * With μ = η = 0 the velocity becomes G and W stays. The partials are cleared for the next batch.
 */
import { takeSum } from "./partials";
import { multiplyAdd } from "./simd";

/**
 * @param weights, velocity `bytes` of f32 each, a multiple of 16
 * @param partials  `splits` times `bytes`
 * @param penalised how many of the bytes λ acts on; the bias lies behind them
 */
export function sgd(
  weights: usize,
  velocity: usize,
  partials: usize,
  splits: u32,
  bytes: usize,
  penalised: usize,
  l2: f32,
  learningRate: f32,
  momentum: f32,
  nesterov: bool,
): void {
  const mu = f32x4.splat(momentum);
  const minusEta = f32x4.splat(-learningRate);
  for (let at: usize = 0; at < bytes; at += 16) {
    let g = takeSum(partials + at, splits, bytes);
    const w = v128.load(weights + at);
    if (at < penalised) g = multiplyAdd(f32x4.splat(2 * l2), w, g);
    const v = multiplyAdd(mu, v128.load(velocity + at), g);
    const direction = nesterov ? multiplyAdd(mu, v, g) : v;
    v128.store(velocity + at, v);
    v128.store(weights + at, multiplyAdd(minusEta, direction, w));
  }
}
