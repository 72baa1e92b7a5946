/**
 * AdamW: reduces the partial gradients in a fixed order and moves the parameters.
 *   G = Σ partial,  m ← β₁m + (1 − β₁)G,  v ← β₂v + (1 − β₂)G²,  W ← W − decay·W − η̂ m / (√v + ε̂).
 * The host corrects the bias of the moments: with step t from 1, η̂ = η √(1 − β₂ᵗ) / (1 − β₁ᵗ), ε̂ = ε √(1 − β₂ᵗ),
 * decay = η·2λ. The partials are cleared for the next batch.
 */
import { takeSum } from "./partials";
import { multiplyAdd } from "./simd";

/**
 * @param weights, firstMoment, secondMoment `bytes` of f32 each, a multiple of 16
 * @param partials `splits` times `bytes`
 * @param decayed  how many of the bytes decay; the bias lies behind them
 * @param beta1, gain1, beta2, gain2 β₁, 1 − β₁, β₂, 1 − β₂: the differences are taken before they are rounded
 */
export function adamw(
  weights: usize,
  firstMoment: usize,
  secondMoment: usize,
  partials: usize,
  splits: u32,
  bytes: usize,
  decayed: usize,
  beta1: f32,
  gain1: f32,
  beta2: f32,
  gain2: f32,
  learningRate: f32,
  epsilon: f32,
  decay: f32,
): void {
  const minusEta = f32x4.splat(-learningRate);
  for (let at: usize = 0; at < bytes; at += 16) {
    const g = takeSum(partials + at, splits, bytes);
    const m = f32x4.mul(f32x4.splat(beta1), v128.load(firstMoment + at));
    const newM = multiplyAdd(f32x4.splat(gain1), g, m);
    const v = f32x4.mul(f32x4.splat(beta2), v128.load(secondMoment + at));
    const newV = multiplyAdd(f32x4.mul(f32x4.splat(gain2), g), g, v);
    v128.store(firstMoment + at, newM);
    v128.store(secondMoment + at, newV);
    let w = v128.load(weights + at);
    if (at < decayed) w = multiplyAdd(f32x4.splat(-decay), w, w);
    const direction = f32x4.div(newM, f32x4.add(f32x4.sqrt(newV), f32x4.splat(epsilon)));
    v128.store(weights + at, multiplyAdd(minusEta, direction, w));
  }
}
