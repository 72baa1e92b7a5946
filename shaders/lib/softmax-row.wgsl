// softmax-row: turns one row's scores into the gradient of the loss by them, in place
//
//   m = max_k z_k,  p_k = exp(z_k − m) / Σ_c exp(z_c − m)
//   CE = log Σ_c exp(z_c − m) + Σ_k q_k (m − z_k)            never negative, nothing clipped
//   dLogits [K] = (P − Q) · s · scale
//
// LANES threads share a row, each taking every LANES-th class. Half the loss is computed, because two scores may lie twice
// as far apart as float32 reaches. If one of a row's scores overflowed, its dLogits and its loss are NaN; if s = 0, they
// are 0. Needs the bindings segment, order, targets, sampleWeights, logits and losses, and the constants of target.wgsl,
// LANES, WORKGROUP_SIZE and WEIGHTED (rows have weights s; else s = 1).

// #include "row.wgsl"
// #include "target.wgsl"
// #include "reduce.wgsl"
// #include "float-bits.wgsl"

const OVERFLOWED: f32 = 1.0;  // instead of a negated class, which is at most 0: one of the scores overflowed

// Turns the scores of the row at position into dLogits. Returns (½ s·CE·scale, 1 if predicted right) to the row's first
// lane and zeros to the others. Threads outside the segment read its last row and write nothing. All threads of the
// workgroup must call this function, because of its barriers.
fn softmaxRow(position: u32, inside: bool, thread: u32) -> vec2f {
  let lane = thread % LANES;
  let here = min(position, segment.rows - 1u);
  let row = rowAt(here);
  let z = here * CLASSES;
  let label = labelAt(row);

  var m = LOWEST;
  var qMax = 0.0;
  for (var k = lane; k < CLASSES; k += LANES) {
    m = max(m, logits[z + k]);
    qMax = max(qMax, targetAt(row, label, k));
  }
  m = maxOver(m, thread, LANES);
  qMax = maxOver(qMax, thread, LANES);

  // Of equal scores the lowest class counts: its negated index is the largest, and exact below 2²⁴ classes.
  var sum = 0.0;
  var crossTerm = 0.0;  // ½ Σ_k q_k (m − z_k)
  var predicted = -f32(CLASSES);
  var expected = -f32(CLASSES);
  for (var k = lane; k < CLASSES; k += LANES) {
    let score = logits[z + k];
    let q = targetAt(row, label, k);
    sum += exp(score - m);
    crossTerm += q * (halved(m) - halved(score));
    if (score == m) { predicted = max(predicted, -f32(k)); }
    if (isNotFinite(score)) { predicted = OVERFLOWED; }
    if (q == qMax) { expected = max(expected, -f32(k)); }
  }
  sum = sumOver(sum, thread, LANES);
  crossTerm = sumOver(crossTerm, thread, LANES);
  predicted = maxOver(predicted, thread, LANES);
  expected = maxOver(expected, thread, LANES);

  var s = 1.0;
  if (WEIGHTED) { s = sampleWeights[row]; }
  let scale = s * segment.scale;
  let isLost = predicted == OVERFLOWED;
  if (inside) {
    for (var k = lane; k < CLASSES; k += LANES) {
      let t = (exp(logits[z + k] - m) / sum - targetAt(row, label, k)) * scale;
      logits[z + k] = select(0.0, orNaN(t, isLost), s > 0.0);
    }
  }
  if (!inside || lane > 0u || s <= 0.0) { return vec2f(); }
  let halfLoss = orNaN(scale * (0.5 * log(sum) + crossTerm), isLost);
  return vec2f(halfLoss, select(0.0, 1.0, predicted == expected));
}

// Writes the workgroup's pair: the sum over its threads of what softmaxRow returned. The host adds up the pairs in double
// precision.
fn writeLosses(groupIndex: u32, firstPosition: u32, ofThread: vec2f, thread: u32) {
  let loss = sumOver(ofThread.x, thread, WORKGROUP_SIZE);
  let right = sumOver(ofThread.y, thread, WORKGROUP_SIZE);
  if (thread == 0u && firstPosition < segment.rows) {
    losses[segment.lossSlot + groupIndex] = vec2f(loss, right);
  }
}
