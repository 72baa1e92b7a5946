/**
 * Predictions for the rows of a block: the class with the highest score (lowest of equals), its probability 1 / Σ_c
 * exp(z_c − m), and the rank of the target's class. A row one of whose scores is not finite has class 0, NaN and K.
 * The scores are overwritten.
 */
import { areFinite, classOf, exponentials, highest, indexOf, pad, targetAt } from "./row";

/**
 * @param logits  `count` rows, `stride` bytes apart, the first `classes` of each being scores
 * @param index   `count` row numbers, for targets
 * @param kind    of the targets: 0 none, then the rank is K; 1 a label per row; 2 a distribution per row
 * @param targets `[N]` u32, or `[N]` rows of f32, `stride` bytes apart
 * @param predicted, confidence, rank `count` u32, f32 and u32
 */
export function outcomes(
  logits: usize,
  stride: usize,
  classes: u32,
  index: usize,
  count: u32,
  kind: u32,
  targets: usize,
  predicted: usize,
  confidence: usize,
  rank: usize,
): void {
  for (let at: usize = 0; at < (count as usize) << 2; at += 4) {
    store<u32>(predicted + at, 0);
    store<u32>(rank + at, classes);
    store<f32>(confidence + at, NaN);
    // Padding with the first score adds no new value and no higher one.
    pad(logits, classes, stride, load<f32>(logits));
    if (areFinite(logits, stride)) {
      const m = highest(logits, stride);
      store<u32>(predicted + at, indexOf(logits, m));
      pad(logits, classes, stride, -Infinity);
      if (kind != 0) {
        const target = targetAt(load<u32>(index + at) as usize, kind, targets, stride);
        store<u32>(rank + at, rankOf(logits, stride, classOf(kind, target, stride)));
      }
      store<f32>(confidence + at, 1 / exponentials(logits, stride, m));
    }
    logits += stride;
  }
}

/** Counts classes with a higher score than `target`'s, or the same and a lower position. The padding holds −∞. */
function rankOf(row: usize, stride: usize, target: u32): u32 {
  const own = v128.load32_splat(row + ((target as usize) << 2));
  const t = i32x4.splat(target);
  let position = i32x4(0, 1, 2, 3);
  let before = i32x4.splat(0);
  for (let k: usize = 0; k < stride; k += 16) {
    const z = v128.load(row + k);
    const isTiedBehind = v128.and(f32x4.eq(z, own), i32x4.ge_s(position, t));
    const isBehind = v128.or(f32x4.lt(z, own), isTiedBehind);
    // A mask of ones is −1.
    before = i32x4.sub(before, v128.not(isBehind));
    position = i32x4.add(position, i32x4.splat(4));
  }
  return (
    i32x4.extract_lane(before, 0) +
    i32x4.extract_lane(before, 1) +
    i32x4.extract_lane(before, 2) +
    i32x4.extract_lane(before, 3)
  );
}
