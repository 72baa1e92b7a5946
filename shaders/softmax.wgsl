// softmax: probabilities, loss and gradient of the scores of a segment of rows, in place
//
//   m = max_k z_k,  p_k = exp(z_k − m) / Σ_c exp(z_c − m)
//   CE = log Σ_c exp(z_c − m) + Σ_k q_k (m − z_k)            never negative, nothing clipped
//   dLogits [rows,K] = (P − Q) · s · scale
//
// LANES threads share a row, each taking every LANES-th class, and meet in workgroup memory; the trees there
// have a fixed order. A workgroup leaves one pair, its ½ Σ s·CE·scale and its number of rows with s > 0 whose highest
// score is the target's, and the host adds the pairs up in double precision. Half the loss, because two scores may
// lie twice as far apart as float32 reaches. Without targets, Q = 0 and s · scale = 1, so what is left in place of the
// scores is P. A row one of whose scores overflowed leaves NaN, in its loss too; a row with s = 0 leaves 0.

const CLASSES: u32 = 3u;          // K
const TARGETS: u32 = 1u;          // 0 = none, 1 = a label per row, 2 = a distribution per row (f32)
const SMOOTHED: bool = false;     // labels are smoothed by ε; distributions are given smoothed
const WEIGHTED: bool = false;     // rows have weights s; else s = 1
const LANES: u32 = 1u;            // a power of two, at most WORKGROUP_SIZE
const WORKGROUP_SIZE: u32 = 64u;

const ROWS_PER_GROUP: u32 = WORKGROUP_SIZE / LANES;
const LOWEST: f32 = -3.4028234663852886e38;  // not −infinity: implementations may assume there is none
const LOST: f32 = 1.0;            // in the place of a negated class, which is never above 0: a score overflowed

struct Segment {
  first: u32,
  rows: u32,
  shuffled: u32,
  lossSlot: u32,
  scale: f32,
  splits: u32,
  accumulate: u32,
  learningRate: f32,
  momentum: f32,
  nesterov: u32,
  l2: f32,
  labelSmoothing: f32,
  l1: f32,
  gain1: f32,
  gain2: f32,
  epsilon: f32,
  decay: f32,
  averaged: u32,
  unit: f32,
}

@group(0) @binding(0) var<uniform> segment: Segment;
@group(0) @binding(1) var<storage, read> order: array<u32>;
@group(0) @binding(2) var<storage, read> targets: array<u32>;
@group(0) @binding(3) var<storage, read> sampleWeights: array<f32>;
@group(0) @binding(4) var<storage, read_write> logits: array<f32>;
@group(0) @binding(5) var<storage, read_write> losses: array<vec2f>;

var<workgroup> meeting: array<f32, WORKGROUP_SIZE>;

// The sum of value over each aligned run of width threads, in every thread of the run.
fn sumOver(value: f32, thread: u32, width: u32) -> f32 {
  if (width == 1u) { return value; }
  meeting[thread] = value;
  workgroupBarrier();
  for (var half = width / 2u; half > 0u; half /= 2u) {
    if (thread % width < half) { meeting[thread] += meeting[thread + half]; }
    workgroupBarrier();
  }
  let total = meeting[thread - thread % width];
  workgroupBarrier();
  return total;
}

fn maxOverLanes(value: f32, thread: u32) -> f32 {
  if (LANES == 1u) { return value; }
  meeting[thread] = value;
  workgroupBarrier();
  for (var half = LANES / 2u; half > 0u; half /= 2u) {
    if (thread % LANES < half) { meeting[thread] = max(meeting[thread], meeting[thread + half]); }
    workgroupBarrier();
  }
  let highest = meeting[thread - thread % LANES];
  workgroupBarrier();
  return highest;
}

fn rowAt(position: u32) -> u32 {
  if (segment.shuffled == 1u) { return order[segment.first + position]; }
  return segment.first + position;
}

// q_k of a row: its target distribution; of a label, (1 − ε) onehot + ε/K.
fn targetOrZeroAt(row: u32, k: u32) -> f32 {
  if (TARGETS == 1u) {
    let q = select(0.0, 1.0, targets[row] == k);
    if (!SMOOTHED) { return q; }
    return (1.0 - segment.labelSmoothing) * q + segment.labelSmoothing / f32(CLASSES);
  }
  if (TARGETS == 2u) { return bitcast<f32>(targets[row * CLASSES + k]); }
  return 0.0;
}

// Half a value, by its bits: a compiler may make 0.5 (m − z) of 0.5 m − 0.5 z, and m − z may overflow. What is too small
// for that counts as 0.
fn halved(value: f32) -> f32 {
  let bits = bitcast<u32>(value);
  return select(0.0, bitcast<f32>(bits - 0x00800000u), (bits & 0x7f800000u) > 0x00800000u);
}

// Whether a score overflowed. Its bits say so: arithmetic may assume that there is no infinity and no NaN.
fn isNotFinite(value: f32) -> bool {
  return (bitcast<u32>(value) & 0x7f800000u) == 0x7f800000u;
}

// The value, or NaN if it is lost, put together from bits for the same reason.
fn orNaN(value: f32, isLost: bool) -> f32 {
  return bitcast<f32>(bitcast<u32>(value) | select(0u, 0x7fc00000u, isLost));
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn softmax(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let groupIndex = group.y * groups.x + group.x;
  let position = groupIndex * ROWS_PER_GROUP + thread / LANES;
  let lane = thread % LANES;
  let inside = position < segment.rows;              // threads without a row repeat the last one, unseen
  let here = min(position, segment.rows - 1u);
  let row = rowAt(here);
  let z = here * CLASSES;

  var m = LOWEST;
  var qMax = 0.0;
  for (var k = lane; k < CLASSES; k += LANES) {
    m = max(m, logits[z + k]);
    qMax = max(qMax, targetOrZeroAt(row, k));
  }
  m = maxOverLanes(m, thread);
  qMax = maxOverLanes(qMax, thread);

  // Ties go to the lowest class: the smallest index is the largest negated one, exact below 2²⁴ classes.
  var sum = 0.0;
  var surprise = 0.0;
  var predicted = -f32(CLASSES);
  var expected = -f32(CLASSES);
  for (var k = lane; k < CLASSES; k += LANES) {
    let q = targetOrZeroAt(row, k);
    sum += exp(logits[z + k] - m);
    surprise += q * (halved(m) - halved(logits[z + k]));
    if (logits[z + k] == m) { predicted = max(predicted, -f32(k)); }
    if (isNotFinite(logits[z + k])) { predicted = LOST; }
    if (q == qMax) { expected = max(expected, -f32(k)); }
  }
  sum = sumOver(sum, thread, LANES);
  surprise = sumOver(surprise, thread, LANES);
  predicted = maxOverLanes(predicted, thread);
  expected = maxOverLanes(expected, thread);

  var s = 1.0;
  if (WEIGHTED) { s = sampleWeights[row]; }
  let scale = s * segment.scale;
  let isLost = predicted == LOST;
  if (inside) {
    for (var k = lane; k < CLASSES; k += LANES) {
      let t = (exp(logits[z + k] - m) / sum - targetOrZeroAt(row, k)) * scale;
      logits[z + k] = select(0.0, orNaN(t, isLost), s > 0.0);
    }
  }

  let counted = inside && lane == 0u && s > 0.0;
  let halfLoss = orNaN(scale * (0.5 * log(sum) + surprise), isLost);
  let loss = sumOver(select(0.0, halfLoss, counted), thread, WORKGROUP_SIZE);
  let right = sumOver(select(0.0, 1.0, counted && predicted == expected), thread, WORKGROUP_SIZE);
  if (thread == 0u && groupIndex * ROWS_PER_GROUP < segment.rows) {
    losses[segment.lossSlot + groupIndex] = vec2f(loss, right);
  }
}
