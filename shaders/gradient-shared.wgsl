// gradient-shared: from scores to partial gradients through workgroup memory, softmax on the way
//
//   dLogits [rows,K] = (P − Q) · s · scale,   partial [P][K,D] with Σ_P partial = dLogitsᵀ · X
//
// A workgroup of 16 × 16 threads owns 16·TILE_CLASSES classes × 16·TILE_FEATURES4 vectors of features of one
// partial gradient, in registers, and walks the rows of its split, DEPTH at a time: it puts each row's softmax
// together from what scores-shared.wgsl left of its tiles, computes dLogits of its own classes once for all its
// threads, and stages them and the rows in workgroup memory. The groups of the first classes and features also
// add up the loss: for each split ½ Σ s·CE·scale and the number of rows with s > 0 whose highest score is the
// target's. A row one of whose scores overflowed makes NaN of both its loss and its dLogits, unless s = 0; values of
// rows with s = 0 count as 0.

const CLASSES: u32 = 3u;          // K
const FEATURES4: u32 = 1u;        // ⌈D/4⌉, vectors in a row of X
const BIAS: bool = true;
const STORAGE: u32 = 0u;          // how X is stored: 0 = f32, 1 = u8, 2 = f16
const SCALED: bool = false;       // true: bytes and halves are multiplied by segment.unit; false: bytes by 1/255
const TARGETS: u32 = 1u;          // 1 = a label per row, 2 = a distribution per row (f32)
const SMOOTHED: bool = false;     // labels are smoothed by ε; distributions are given smoothed
const WEIGHTED: bool = false;     // rows have weights s; else s = 1
const TILE_CLASSES: u32 = 4u;     // of a thread
const TILE_FEATURES4: u32 = 1u;   // of a thread
const DEPTH: u32 = 16u;

const SIDE: u32 = 16u;
const WORKGROUP_SIZE: u32 = 256u; // SIDE · SIDE
const GROUP_CLASSES: u32 = SIDE * TILE_CLASSES;
const GROUP_FEATURES4: u32 = SIDE * TILE_FEATURES4;
const WEIGHTS4: u32 = FEATURES4 + select(0u, 1u, BIAS);  // vectors in a row of W, the bias being the last
const CLASS_TILES: u32 = (CLASSES + GROUP_CLASSES - 1u) / GROUP_CLASSES;
const FEATURE_TILES: u32 = (WEIGHTS4 + GROUP_FEATURES4 - 1u) / GROUP_FEATURES4;
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
@group(0) @binding(3) var<storage, read> targets: array<u32>;
@group(0) @binding(4) var<storage, read> sampleWeights: array<f32>;
@group(0) @binding(5) var<storage, read> logits: array<f32>;
@group(0) @binding(6) var<storage, read> statistics: array<vec4f>;
@group(0) @binding(7) var<storage, read_write> partials: array<vec4f>;
@group(0) @binding(8) var<storage, read_write> losses: array<vec2f>;

var<workgroup> rowOf: array<u32, DEPTH>;
var<workgroup> ofRow: array<vec3f, DEPTH>;  // maximum; 1 / sum, NaN if a score overflowed; s · scale
var<workgroup> lossOf: array<vec2f, DEPTH>;
var<workgroup> tStaged: array<f32, DEPTH * GROUP_CLASSES>;
var<workgroup> xStaged: array<vec4f, DEPTH * GROUP_FEATURES4>;

fn rowAt(position: u32) -> u32 {
  if (segment.shuffled == 1u) { return order[segment.first + position]; }
  return segment.first + position;
}

// A vector of features; behind the last one is the bias's.
fn xAt(row: u32, d: u32) -> vec4f {
  let vector = row * FEATURES4 + min(d, FEATURES4 - 1u);
  return select(load(vector), vec4f(1.0, 0.0, 0.0, 0.0), d >= FEATURES4);
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

// A row's softmax from its tiles; the loss and whether the row is right are added to slot i.
fn gatherRow(i: u32, position: u32) {
  let row = rowAt(min(position, segment.rows - 1u));
  let at = min(position, segment.rows - 1u) * CLASS_TILES * 2u;
  var m = LOWEST;
  var qMax = -1.0;
  var predicted = 0.0;
  var expected = 0.0;
  for (var tile = 0u; tile < CLASS_TILES; tile++) {
    let scores = statistics[at + 2u * tile];
    let best = statistics[at + 2u * tile + 1u];
    if (scores.x > m) {
      m = scores.x;
      predicted = best.x;
    }
    if (best.y > qMax) {
      qMax = best.y;
      expected = best.z;
    }
  }
  var sum = 0.0;
  var surprise = 0.0;
  var lost = 0.0;
  for (var tile = 0u; tile < CLASS_TILES; tile++) {
    let scores = statistics[at + 2u * tile];
    sum += scores.y * exp(scores.x - m);
    surprise += scores.z + scores.w * (0.5 * m - 0.5 * scores.x);
    lost += statistics[at + 2u * tile + 1u].w;
  }
  var s = 1.0;
  if (WEIGHTED) { s = sampleWeights[row]; }
  let scale = s * segment.scale;
  let isLost = lost > 0.0;
  let counted = position < segment.rows && s > 0.0;
  rowOf[i] = row;
  ofRow[i] = vec3f(m, orNaN(1.0 / sum, isLost), select(0.0, scale, counted));
  if (counted) {
    let halfLoss = orNaN(scale * (0.5 * log(sum) + surprise), isLost);
    lossOf[i] += vec2f(halfLoss, select(0.0, 1.0, predicted == expected && !isLost));
  }
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn gradientShared(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let tile = group.y * groups.x + group.x;
  let featureTile = tile % FEATURE_TILES;
  let classTile = tile / FEATURE_TILES % CLASS_TILES;
  let split = tile / (FEATURE_TILES * CLASS_TILES);
  let firstFeature = featureTile * GROUP_FEATURES4;
  let firstClass = classTile * GROUP_CLASSES;
  let across = thread % SIDE;
  let down = thread / SIDE;

  // The same number of rounds in every group: barriers need all threads to take part.
  let rowsPerSplit = (segment.rows + segment.splits - 1u) / segment.splits;
  let rounds = (rowsPerSplit + DEPTH - 1u) / DEPTH;
  let begin = split * rowsPerSplit;
  let end = min(begin + rowsPerSplit, segment.rows);

  var g: array<vec4f, TILE_CLASSES * TILE_FEATURES4>;
  for (var round = 0u; round < rounds; round++) {
    let position = begin + round * DEPTH;
    if (thread < DEPTH) {
      // A position past the end of the split counts as outside, whoever else owns that row.
      gatherRow(thread, select(segment.rows, position + thread, position + thread < end));
    }
    workgroupBarrier();
    for (var i = thread; i < DEPTH * GROUP_CLASSES; i += WORKGROUP_SIZE) {
      let r = i / GROUP_CLASSES;
      let k = min(firstClass + i % GROUP_CLASSES, CLASSES - 1u);
      let score = logits[min(position + r, segment.rows - 1u) * CLASSES + k];
      let facts = ofRow[r];
      let t = (exp(score - facts.x) * facts.y - targetAt(rowOf[r], k)) * facts.z;
      tStaged[i] = select(0.0, orNaN(t, isNotFinite(facts.y)), facts.z > 0.0);
    }
    for (var i = thread; i < DEPTH * GROUP_FEATURES4; i += WORKGROUP_SIZE) {
      let r = i / GROUP_FEATURES4;
      xStaged[i] = select(vec4f(), xAt(rowOf[r], firstFeature + i % GROUP_FEATURES4), ofRow[r].z > 0.0);
    }
    workgroupBarrier();
    for (var r = 0u; r < DEPTH; r++) {
      var xTile: array<vec4f, TILE_FEATURES4>;
      for (var f = 0u; f < TILE_FEATURES4; f++) { // unroll
        xTile[f] = xStaged[r * GROUP_FEATURES4 + across + SIDE * f];
      }
      for (var c = 0u; c < TILE_CLASSES; c++) { // unroll
        let t = tStaged[r * GROUP_CLASSES + down + SIDE * c];
        for (var f = 0u; f < TILE_FEATURES4; f++) { // unroll
          g[c * TILE_FEATURES4 + f] += t * xTile[f];
        }
      }
    }
    workgroupBarrier();
  }

  if (split >= segment.splits) { return; }
  for (var c = 0u; c < TILE_CLASSES; c++) { // unroll
    for (var f = 0u; f < TILE_FEATURES4; f++) { // unroll
      let k = firstClass + down + SIDE * c;
      let feature = firstFeature + across + SIDE * f;
      if (k < CLASSES && feature < WEIGHTS4) {
        let at = (split * CLASSES + k) * WEIGHTS4 + feature;
        var earlier = vec4f();
        if (segment.accumulate == 1u) { earlier = partials[at]; }
        partials[at] = earlier + g[c * TILE_FEATURES4 + f];
      }
    }
  }
  if (thread == 0u && classTile == 0u && featureTile == 0u) {
    var total = vec2f();
    for (var i = 0u; i < DEPTH; i++) { total += lossOf[i]; }
    losses[segment.lossSlot + split] = total;
  }
}
