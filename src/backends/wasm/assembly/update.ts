/**
 * The updates that end a step. SGD and AdamW add up the partial gradients in a fixed order, which are cleared for the
 * next batch, and move the parameters; soft thresholding and the average of the parameters follow.
 */
import { multiplyAdd } from "./simd";

/**
 * Takes a step of SGD with momentum: G = Σ partial + 2λW, v ← μv + G, W ← W − ηv (Nesterov: W ← W − η(G + μv)). With
 * μ = η = 0 it writes G to the velocity and leaves W as it is.
 *
 * @param weights, velocity `bytes` of f32 each, a multiple of 16
 * @param partials  `splits` times `bytes`
 * @param penalised number of bytes that λ acts on; the bias follows them
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
    let g = sumPartials(partials + at, splits, bytes);
    const w = v128.load(weights + at);
    if (at < penalised) g = multiplyAdd(f32x4.splat(2 * l2), w, g);
    const v = multiplyAdd(mu, v128.load(velocity + at), g);
    const direction = nesterov ? multiplyAdd(mu, v, g) : v;
    v128.store(velocity + at, v);
    v128.store(weights + at, multiplyAdd(minusEta, direction, w));
  }
}

/**
 * Takes a step of AdamW: G = Σ partial, m ← β₁m + (1 − β₁)G, v ← β₂v + (1 − β₂)G², W ← W − decay·W − η̂ m / (√v +
 * ε̂). The host corrects the bias of the moments in η̂ and ε̂ (adamwRatesOf); decay = 2λη.
 *
 * @param weights, firstMoment, secondMoment `bytes` of f32 each, a multiple of 16
 * @param partials `splits` times `bytes`
 * @param decayed  number of bytes that decay; the bias follows them
 * @param beta1, oneMinusBeta1, beta2, oneMinusBeta2 differences are computed in double precision and then rounded
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
  oneMinusBeta1: f32,
  beta2: f32,
  oneMinusBeta2: f32,
  learningRate: f32,
  epsilon: f32,
  decay: f32,
): void {
  const minusEta = f32x4.splat(-learningRate);
  for (let at: usize = 0; at < bytes; at += 16) {
    const g = sumPartials(partials + at, splits, bytes);
    const m = f32x4.mul(f32x4.splat(beta1), v128.load(firstMoment + at));
    const newM = multiplyAdd(f32x4.splat(oneMinusBeta1), g, m);
    const v = f32x4.mul(f32x4.splat(beta2), v128.load(secondMoment + at));
    const newV = multiplyAdd(f32x4.mul(f32x4.splat(oneMinusBeta2), g), g, v);
    v128.store(firstMoment + at, newM);
    v128.store(secondMoment + at, newV);
    let w = v128.load(weights + at);
    if (at < decayed) w = multiplyAdd(f32x4.splat(-decay), w, w);
    const direction = f32x4.div(newM, f32x4.add(f32x4.sqrt(newV), f32x4.splat(epsilon)));
    v128.store(weights + at, multiplyAdd(minusEta, direction, w));
  }
}

/**
 * Soft-thresholds the weights, the proximal step of an L1 penalty: W ← sign(W) max(|W| − threshold, 0).
 *
 * @param weights `bytes` of f32, a multiple of 16
 */
export function softThreshold(weights: usize, bytes: usize, threshold: f32): void {
  const t = f32x4.splat(threshold);
  const zero = f32x4.splat(0);
  const signBit = i32x4.splat(0x8000_0000);
  for (let at: usize = 0; at < bytes; at += 16) {
    const w = v128.load(weights + at);
    const size = f32x4.max(f32x4.sub(f32x4.abs(w), t), zero);
    v128.store(weights + at, v128.or(size, v128.and(w, signBit)));
  }
}

/**
 * Moves the running average of the parameters: W̄ ← W̄ + (W − W̄) / n. With `n` = 1 it becomes the weights, bit by bit.
 *
 * @param mean, weights `bytes` of f32 each, a multiple of 16
 */
export function average(mean: usize, weights: usize, bytes: usize, n: f32): void {
  if (n == 1) {
    memory.copy(mean, weights, bytes);
    return;
  }
  const count = f32x4.splat(n);
  for (let at: usize = 0; at < bytes; at += 16) {
    const old = v128.load(mean + at);
    const difference = f32x4.sub(v128.load(weights + at), old);
    v128.store(mean + at, f32x4.add(old, f32x4.div(difference, count)));
  }
}

/** Adds a partial gradient of `bytes` to another, and clears it. */
export function addPartial(sum: usize, partial: usize, bytes: usize): void {
  for (let at: usize = 0; at < bytes; at += 16) {
    v128.store(sum + at, f32x4.add(v128.load(sum + at), v128.load(partial + at)));
    v128.store(partial + at, f32x4.splat(0));
  }
}

/** Adds up four elements of `splits` partial gradients that lie `bytes` apart, in order, and clears them. */
function sumPartials(partial: usize, splits: u32, bytes: usize): v128 {
  let g = f32x4.splat(0);
  // A counter, since the address behind the last partial may be 2^32, which wraps to 0.
  for (let s: u32 = 0; s < splits; s++) {
    g = f32x4.add(g, v128.load(partial));
    v128.store(partial, f32x4.splat(0));
    partial += bytes;
  }
  return g;
}
