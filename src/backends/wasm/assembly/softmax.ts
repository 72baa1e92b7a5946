/**
 * Probabilities, loss and dLogits of a block of rows, in place of the scores:
 *   m = max_k z_k, p_k = exp(z_k − m) / Σ_c exp(z_c − m), CE = log Σ_c exp(z_c − m) + Σ_k q_k (m − z_k),
 *   dLogits = (P − Q) · s · scale.
 * Of a label y, q is (1 − ε) onehot(y) + ε/K; of a distribution, the distribution as it is stored.
 */
import { classOf, DISTRIBUTIONS, exponentials, highest, indexOf, LABELS, LOWEST, pad, targetAt } from "./row";
import { log, multiplyAdd, sumOf } from "./simd";

/**
 * @param logits  `count` rows, `stride` bytes apart, the first `classes` of each being scores
 * @param index   `count` row numbers, for targets and weights
 * @param kind    of the targets: 0 none, then P itself is left; 1 a label per row; 2 a distribution per row
 * @param targets `[N]` u32, or `[N]` rows of f32, `stride` bytes apart
 * @param labelSmoothing ε
 * @param sampleWeights  `[N]` f32, or 0 for none
 * @param scale   1 / Σ s over the batch
 * @param sums    where two f64 grow: Σ s·CE, and rows with s > 0 whose highest score is the target's (lowest class
 *                of equals)
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
  // q of every class that is not the label's, and what the label's has above them.
  const rest = kind == LABELS ? f32(labelSmoothing / f64(classes)) : 0;
  const own = f32(1 - labelSmoothing);
  for (let i: u32 = 0; i < count; i++) {
    const row = load<u32>(index + ((i as usize) << 2)) as usize;
    const target = targetAt(row, kind, targets, stride);
    const s = sampleWeights ? load<f32>(sampleWeights + (row << 2)) : <f32>1;
    pad(logits, classes, stride, LOWEST);
    const m = highest(logits, stride);
    const surprise = surpriseOf(logits, stride, m, kind, target, own, rest);
    if (kind != 0 && s > 0 && indexOf(logits, m, stride) == classOf(kind, target, stride)) correct += 1;
    const sum = exponentials(logits, stride, m);
    loss += f64(s) * (log(f64(sum)) + f64(surprise));
    subtractTargets(logits, stride, 1 / sum, s * scale, kind, target, own, rest);
    // What is behind the classes got −ε/K like a class, and must not become a gradient.
    if (rest != 0) pad(logits, classes, stride, 0);
    logits += stride;
  }
  store<f64>(sums, loss);
  store<f64>(sums, correct, 8);
}

/** Σ_k q_k (m − z_k). */
function surpriseOf(row: usize, stride: usize, m: f32, kind: u32, target: usize, own: f32, rest: f32): f32 {
  if (kind == LABELS) {
    const distance = m - load<f32>(row + ((load<u32>(target) as usize) << 2));
    return rest != 0 ? own * distance + rest * sumOfDistances(row, stride, m) : distance;
  }
  if (kind != DISTRIBUTIONS) return 0;
  let sum = f32x4.splat(0);
  for (let k: usize = 0; k < stride; k += 16) {
    // A padded score is so low that 0 times it must not be taken.
    const q = v128.load(target + k);
    const term = f32x4.mul(q, f32x4.sub(f32x4.splat(m), v128.load(row + k)));
    sum = f32x4.add(sum, v128.and(term, f32x4.gt(q, f32x4.splat(0))));
  }
  return sumOf(sum);
}

/** Σ_k (m − z_k) over the classes. */
function sumOfDistances(row: usize, stride: usize, m: f32): f32 {
  let sum = f32x4.splat(0);
  for (let k: usize = 0; k < stride; k += 16) {
    const z = v128.load(row + k);
    const isClass = f32x4.ne(z, f32x4.splat(LOWEST));
    sum = f32x4.add(sum, v128.and(f32x4.sub(f32x4.splat(m), z), isClass));
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
  own: f32,
  rest: f32,
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
  // −0 where nothing is smoothed, which adds nothing to any bit.
  const minusRest = f32x4.splat(-(rest * factor));
  for (let k: usize = 0; k < stride; k += 16)
    v128.store(row + k, multiplyAdd(v128.load(row + k), all, minusRest));
  if (label) store<f32>(label, (p - (own + rest)) * factor);
}
