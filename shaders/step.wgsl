// step: rows to partial gradients with one read of X, for small K·D
//
//   Z = X Wᵀ + b  →  P = softmax(Z), CE  →  dLogits = (P − Q) · s · scale
//   →  partial [P][K,D] with Σ_P partial = dLogitsᵀ X
//
// A workgroup owns all of K·D: each thread TILE_FEATURES4 vectors of features, whose weights and gradient it keeps
// in registers while the group walks the rows of its split. A row is read once: its threads' shares of the scores
// meet through subgroups and workgroup memory, and the same registers then add to the gradient. The bias is one
// more vector of features, (1, 0, 0, 0), that is not stored. Each group leaves its ½ Σ s·CE·scale and the number of
// rows with s > 0 whose highest score is the target's. A row one of whose scores overflowed makes NaN of both its loss
// and its dLogits, unless s = 0. Needs subgroups, and a subgroup to be threads in a row.

enable subgroups;

const CLASSES: u32 = 3u;          // K
const FEATURES4: u32 = 1u;        // ⌈D/4⌉, vectors in a row of X
const BIAS: bool = true;
const STORAGE: u32 = 0u;          // how X is stored: 0 = f32, 1 = u8, 2 = f16
const SCALED: bool = false;       // true: bytes and halves are multiplied by segment.unit; false: bytes by 1/255
const TARGETS: u32 = 1u;          // 1 = a label per row, 2 = a distribution per row (f32)
const SMOOTHED: bool = false;     // labels are smoothed by ε; distributions are given smoothed
const WEIGHTED: bool = false;     // rows have weights s; else s = 1
const TILE_FEATURES4: u32 = 1u;
const WORKGROUP_SIZE: u32 = 64u;  // WORKGROUP_SIZE · TILE_FEATURES4 vectors hold a row of W

const WEIGHTS4: u32 = FEATURES4 + select(0u, 1u, BIAS);  // vectors in a row of W, the bias being the last
const MAX_SUBGROUPS: u32 = (WORKGROUP_SIZE + 3u) / 4u;
const LOWEST: f32 = -3.4028234663852886e38;  // not −infinity: implementations may assume there is none

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
@group(0) @binding(2) var<storage, read> x: array<vec4u>;
@group(0) @binding(3) var<storage, read> weights: array<vec4f>;
@group(0) @binding(4) var<storage, read> targets: array<u32>;
@group(0) @binding(5) var<storage, read> sampleWeights: array<f32>;
@group(0) @binding(6) var<storage, read_write> partials: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> losses: array<vec2f>;

var<workgroup> shares: array<f32, MAX_SUBGROUPS * CLASSES>;
var<workgroup> scores: array<f32, CLASSES>;

fn rowAt(position: u32) -> u32 {
  if (segment.shuffled == 1u) { return order[segment.first + position]; }
  return segment.first + position;
}

// A vector of features; behind the last one is the bias's, and behind that nothing.
fn xOrBiasAt(row: u32, d: u32) -> vec4f {
  let vector = row * FEATURES4 + min(d, FEATURES4 - 1u);
  let bias = select(vec4f(), vec4f(1.0, 0.0, 0.0, 0.0), BIAS && d == FEATURES4);
  return select(load(vector), bias, d >= FEATURES4);
}

fn load(vector: u32) -> vec4f {
  if (STORAGE == 1u) {
    let bytes = x[vector / 4u][vector % 4u];
    if (!SCALED) { return unpack4x8unorm(bytes); }
    return vec4f((vec4u(bytes) >> vec4u(0u, 8u, 16u, 24u)) & vec4u(255u)) * segment.unit;
  }
  if (STORAGE == 2u) {
    let word = vector % 2u * 2u;
    let halves = vec4f(unpack2x16float(x[vector / 2u][word]), unpack2x16float(x[vector / 2u][word + 1u]));
    if (!SCALED) { return halves; }
    return halves * segment.unit;
  }
  return bitcast<vec4f>(x[vector]);
}

// q_k of a row: its target distribution; of a label, (1 − ε) onehot + ε/K.
fn targetAt(row: u32, k: u32) -> f32 {
  if (TARGETS == 1u) {
    let q = select(0.0, 1.0, targets[row] == k);
    if (!SMOOTHED) { return q; }
    return (1.0 - segment.labelSmoothing) * q + segment.labelSmoothing / f32(CLASSES);
  }
  return bitcast<f32>(targets[row * CLASSES + k]);
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
fn step(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) thread: u32,
  @builtin(subgroup_size) subgroupSize: u32,
  @builtin(subgroup_invocation_id) lane: u32,
) {
  let split = group.y * groups.x + group.x;
  let subgroups = (WORKGROUP_SIZE + subgroupSize - 1u) / subgroupSize;
  var w: array<vec4f, CLASSES * TILE_FEATURES4>;
  var g: array<vec4f, CLASSES * TILE_FEATURES4>;
  for (var f = 0u; f < TILE_FEATURES4; f++) { // unroll
    let d = thread + f * WORKGROUP_SIZE;
    for (var k = 0u; k < CLASSES; k++) { // unroll
      w[k * TILE_FEATURES4 + f] = weights[k * WEIGHTS4 + min(d, WEIGHTS4 - 1u)];
    }
  }

  let rowsPerSplit = (segment.rows + segment.splits - 1u) / segment.splits;
  let begin = split * rowsPerSplit;
  var seen = vec2f();
  // The same number of rows in every group, the last ones outside: barriers need all threads to take part.
  for (var i = 0u; i < rowsPerSplit; i++) {
    let position = begin + i;
    let inside = position < segment.rows;
    let row = rowAt(min(position, segment.rows - 1u));
    var xTile: array<vec4f, TILE_FEATURES4>;
    for (var f = 0u; f < TILE_FEATURES4; f++) { // unroll
      xTile[f] = xOrBiasAt(row, thread + f * WORKGROUP_SIZE);
    }

    for (var k = 0u; k < CLASSES; k++) { // unroll
      var share = 0.0;
      for (var f = 0u; f < TILE_FEATURES4; f++) { // unroll
        share += dot(xTile[f], w[k * TILE_FEATURES4 + f]);
      }
      share = subgroupAdd(share);
      if (lane == 0u) { shares[thread / subgroupSize * CLASSES + k] = share; }
    }
    workgroupBarrier();
    for (var k = thread; k < CLASSES; k += WORKGROUP_SIZE) {
      var z = 0.0;
      for (var j = 0u; j < subgroups; j++) { z += shares[j * CLASSES + k]; }
      scores[k] = z;
    }
    workgroupBarrier();

    // Every thread works out the row's softmax for itself: K is small, and nobody waits. Ties go to the lowest class.
    var m = LOWEST;
    var qMax = -1.0;
    var predicted = 0u;
    var expected = 0u;
    for (var k = 0u; k < CLASSES; k++) {
      let q = targetAt(row, k);
      if (scores[k] > m) {
        m = scores[k];
        predicted = k;
      }
      if (q > qMax) {
        qMax = q;
        expected = k;
      }
    }
    var sum = 0.0;
    var surprise = 0.0;
    var isLost = false;
    for (var k = 0u; k < CLASSES; k++) {
      sum += exp(scores[k] - m);
      surprise += targetAt(row, k) * (0.5 * m - 0.5 * scores[k]);
      isLost |= isNotFinite(scores[k]);
    }
    var s = 1.0;
    if (WEIGHTED) { s = sampleWeights[row]; }
    let scale = s * segment.scale;
    let counted = inside && s > 0.0;   // 0 times a value that overflowed would not be 0
    if (counted) {
      let halfLoss = orNaN(scale * (0.5 * log(sum) + surprise), isLost);
      seen += vec2f(halfLoss, select(0.0, 1.0, predicted == expected && !isLost));
      for (var k = 0u; k < CLASSES; k++) { // unroll
        let p = exp(scores[k] - m) / sum;
        let t = orNaN((p - targetAt(row, k)) * scale, isLost);
        for (var f = 0u; f < TILE_FEATURES4; f++) { // unroll
          g[k * TILE_FEATURES4 + f] += t * xTile[f];
        }
      }
    }
  }

  if (split >= segment.splits) { return; }
  for (var f = 0u; f < TILE_FEATURES4; f++) { // unroll
    let d = thread + f * WORKGROUP_SIZE;
    for (var k = 0u; k < CLASSES; k++) { // unroll
      if (d < WEIGHTS4) {
        let at = (split * CLASSES + k) * WEIGHTS4 + d;
        var earlier = vec4f();
        if (segment.accumulate == 1u) { earlier = partials[at]; }
        partials[at] = earlier + g[k * TILE_FEATURES4 + f];
      }
    }
  }
  if (thread == 0u) { losses[segment.lossSlot + split] = seen; }
}
