/**
 * Probabilities, loss and dLogits of a block of rows, in place of the scores:
 *   m = max_k z_k, p_k = exp(z_k − m) / Σ_c exp(z_c − m), CE = log Σ_c exp(z_c − m) + Σ_k q_k (m − z_k),
 *   dLogits = (P − Q) · s · scale.
 * Of a label y, q is (1 − ε) onehot(y) + ε/K; of a distribution, the distribution as it is stored. A row one of whose
 * scores is not finite gets NaN for all of it; a row with s = 0 gets 0, whatever its scores are.
 */
import {
  areFinite,
  classOf,
  DISTRIBUTIONS,
  exponentials,
  highest,
  indexOf,
  LABELS,
  pad,
  targetAt,
} from "./row";
import { log, multiplyAdd, sumOf } from "./simd";

/**
 * @param logits  `count` rows, `stride` bytes apart, the first `classes` of each being scores
 * @param index   `count` row numbers, which find targets and weights
 * @param kind    of the targets: 0 none, which leaves P itself; 1 a label per row; 2 a distribution per row
 * @param targets `[N]` u32, or `[N]` rows of f32, `stride` bytes apart
 * @param labelSmoothing ε
 * @param sampleWeights  `[N]` f32, or 0 for none
 * @param scale   1 / Σ s over all rows; in a step of SGD 1 / (B · mean s)
 * @param sums    address of two f64 to add to: Σ s·CE, and the number of rows with s > 0 whose highest score is the
 *                target's (lowest class of equals)
 */
export function softmax(
  logits: usize,
  stride: usize,
  classes: u32,
  index: usize,
  count: u32,
  kind: u32,
  targets: usize,
  labelSmoothing: f64,
  sampleWeights: usize,
  scale: f32,
  sums: usize,
): void {
  let loss = load<f64>(sums);
  let correct = load<f64>(sums, 8);
  // Smoothed labels: every class has q = eachShare, and the label's class labelShare more.
  const eachShare = kind == LABELS ? f32(labelSmoothing / f64(classes)) : 0;
  const labelShare = f32(1 - labelSmoothing);
  for (let i: u32 = 0; i < count; i++) {
    const row = load<u32>(index + ((i as usize) << 2)) as usize;
    const target = targetAt(row, kind, targets, stride);
    const s = sampleWeights ? load<f32>(sampleWeights + (row << 2)) : <f32>1;
    // Padding with the first score adds no new value and no higher one.
    pad(logits, classes, stride, load<f32>(logits));
    if (s > 0 && areFinite(logits, stride)) {
      const m = highest(logits, stride);
      if (kind != 0 && indexOf(logits, m) == classOf(kind, target, stride)) correct += 1;
      pad(logits, classes, stride, m);
      const term = crossEntropyTerm(logits, stride, m, kind, target, labelShare, eachShare);
      pad(logits, classes, stride, -Infinity);
      const sum = exponentials(logits, stride, m);
      loss += f64(s) * (log(f64(sum)) + term);
      subtractTargets(logits, stride, 1 / sum, s * scale, kind, target, labelShare, eachShare);
    } else {
      const nothing: f32 = s > 0 ? NaN : 0;
      pad(logits, 0, stride, nothing);
      loss += nothing;
    }
    // Zero the padding classes, which hold −ε/K from label smoothing, or NaN, and would enter the gradient.
    pad(logits, classes, stride, 0);
    logits += stride;
  }
  store<f64>(sums, loss);
  store<f64>(sums, correct, 8);
}

/** Returns Σ_k q_k (m − z_k). Halves are subtracted, since the difference of two scores may overflow f32. */
function crossEntropyTerm(
  row: usize,
  stride: usize,
  m: f32,
  kind: u32,
  target: usize,
  labelShare: f32,
  eachShare: f32,
): f64 {
  let term: f64 = 0;
  if (kind == LABELS)
    term = f64(labelShare) * (f64(m) - f64(load<f32>(row + ((load<u32>(target) as usize) << 2))));
  if (kind == DISTRIBUTIONS || eachShare != 0)
    term += 2 * f64(halfCrossEntropyTerm(row, stride, m, kind == DISTRIBUTIONS ? target : 0, eachShare));
  return term;
}

/** Returns Σ_k q_k (½m − ½z_k) of a distribution; without one, of q_k = `each`. */
function halfCrossEntropyTerm(row: usize, stride: usize, m: f32, distribution: usize, each: f32): f32 {
  const half = f32x4.splat(0.5);
  const highest = f32x4.splat(0.5 * m);
  let q = f32x4.splat(each);
  let sum = f32x4.splat(0);
  for (let k: usize = 0; k < stride; k += 16) {
    if (distribution) q = v128.load(distribution + k);
    const distance = f32x4.sub(highest, f32x4.mul(half, v128.load(row + k)));
    sum = f32x4.add(sum, f32x4.mul(q, distance));
  }
  return sumOf(sum);
}

/** e ← (e / Σ e − q) · factor; without targets e ← e / Σ e. */
function subtractTargets(
  row: usize,
  stride: usize,
  inverse: f32,
  factor: f32,
  kind: u32,
  target: usize,
  labelShare: f32,
  eachShare: f32,
): void {
  if (kind == DISTRIBUTIONS) {
    const f = f32x4.splat(factor);
    for (let k: usize = 0; k < stride; k += 16) {
      const p = f32x4.mul(v128.load(row + k), f32x4.splat(inverse));
      v128.store(row + k, f32x4.mul(f32x4.sub(p, v128.load(target + k)), f));
    }
    return;
  }
  const label = kind == LABELS ? row + ((load<u32>(target) as usize) << 2) : 0;
  const p = label ? load<f32>(label) * inverse : 0;
  const all = f32x4.splat(kind == LABELS ? inverse * factor : inverse);
  // −0, the exact additive identity, if there is no smoothing.
  const minusShare = f32x4.splat(-(eachShare * factor));
  for (let k: usize = 0; k < stride; k += 16)
    v128.store(row + k, multiplyAdd(v128.load(row + k), all, minusShare));
  if (label) store<f32>(label, (p - (labelShare + eachShare)) * factor);
}
