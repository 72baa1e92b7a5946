/**
 * Probabilities, loss and dLogits of a block of rows, in place of the scores:
 *   m = max_k z_k, p_k = exp(z_k − m) / Σ_c exp(z_c − m), CE = log Σ_c exp(z_c − m) + Σ_k q_k (m − z_k),
 *   dLogits = (P − Q) · s · scale.
 * Rows are padded to whole vectors with scores so low that their probability is 0.
 */
import { exp, log, maxOf, sumOf } from "./simd";

const LABELS: u32 = 1;
const DISTRIBUTIONS: u32 = 2;
const LOWEST: f32 = -3.4e38;

/**
 * @param logits  `count` rows, `stride` bytes apart, the first `classes` of each being scores
 * @param index   `count` row numbers, for targets and weights
 * @param kind    of the targets: 0 none, then P itself is left; 1 a label per row; 2 a distribution per row
 * @param targets `[N]` u32, or `[N]` rows of f32, `stride` bytes apart
 * @param sampleWeights `[N]` f32, or 0 for none
 * @param scale   1 / Σ s over the batch
 * @param sums    where two f64 grow: Σ s·CE, and rows whose highest score is the target's (lowest class of equals)
 */
export function softmax(
  logits: usize,
  stride: usize,
  classes: u32,
  index: usize,
  count: u32,
  kind: u32,
  targets: usize,
  sampleWeights: usize,
  scale: f32,
  sums: usize,
): void {
  let loss = load<f64>(sums);
  let correct = load<f64>(sums, 8);
  for (let i: u32 = 0; i < count; i++) {
    const row = load<u32>(index + ((i as usize) << 2)) as usize;
    const target = kind == LABELS ? targets + (row << 2) : targets + row * stride;
    const s = sampleWeights ? load<f32>(sampleWeights + (row << 2)) : <f32>1;
    for (let k = (classes as usize) << 2; k < stride; k += 4) store<f32>(logits + k, LOWEST);
    const m = highest(logits, stride);
    const surprise = surpriseOf(logits, stride, m, kind, target);
    if (kind != 0 && indexOf(logits, m, stride) == expectedClass(kind, target, stride)) correct += 1;
    const sum = exponentials(logits, stride, m);
    loss += f64(s) * (log(f64(sum)) + f64(surprise));
    subtractTargets(logits, stride, 1 / sum, s * scale, kind, target);
    logits += stride;
  }
  store<f64>(sums, loss);
  store<f64>(sums, correct, 8);
}

function highest(row: usize, stride: usize): f32 {
  let m = v128.load(row);
  for (let k: usize = 16; k < stride; k += 16) m = f32x4.max(m, v128.load(row + k));
  return maxOf(m);
}

/** Σ_k q_k (m − z_k). */
function surpriseOf(row: usize, stride: usize, m: f32, kind: u32, target: usize): f32 {
  if (kind == LABELS) return m - load<f32>(row + ((load<u32>(target) as usize) << 2));
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

/** z ← exp(z − m); gives the sum. */
function exponentials(row: usize, stride: usize, m: f32): f32 {
  let sum = f32x4.splat(0);
  for (let k: usize = 0; k < stride; k += 16) {
    const e = exp(f32x4.sub(v128.load(row + k), f32x4.splat(m)));
    v128.store(row + k, e);
    sum = f32x4.add(sum, e);
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
): void {
  const f = f32x4.splat(factor);
  if (kind == DISTRIBUTIONS) {
    for (let k: usize = 0; k < stride; k += 16) {
      const p = f32x4.mul(v128.load(row + k), f32x4.splat(inverse));
      v128.store(row + k, f32x4.mul(f32x4.sub(p, v128.load(target + k)), f));
    }
    return;
  }
  const own = kind == LABELS ? row + ((load<u32>(target) as usize) << 2) : 0;
  const p = own ? load<f32>(own) * inverse : 0;
  const all = f32x4.splat(kind == LABELS ? inverse * factor : inverse);
  for (let k: usize = 0; k < stride; k += 16) v128.store(row + k, f32x4.mul(v128.load(row + k), all));
  if (own) store<f32>(own, (p - 1) * factor);
}

function expectedClass(kind: u32, target: usize, stride: usize): u32 {
  return kind == LABELS ? load<u32>(target) : indexOf(target, highest(target, stride), stride);
}

/** The first position of a value in a row; the row's length where it is not there, as NaN never is. */
function indexOf(row: usize, value: f32, stride: usize): u32 {
  let at: usize = 0;
  while (at < stride && load<f32>(row + at) != value) at += 4;
  return u32(at >> 2);
}
