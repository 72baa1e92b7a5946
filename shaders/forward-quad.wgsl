// forward-quad: rows to the gradient of their scores in one dispatch, where a load costs more than arithmetic
//
//   Z = X Wᵀ + b  →  P = softmax(Z), CE  →  dLogits [rows,K] = (P − Q) · s · scale
//
// The same as forward.wgsl but for the scores: the four threads of a quad share a tile of 4·TILE_ROWS rows and
// 4·TILE_CLASSES4 classes. Each loads its own TILE_ROWS rows, but only every fourth class's weights, and the quad
// exchanges those: thread l meets class l ^ j in exchange j. That takes a quarter of the loads of W, and suits
// adapters whose threads are the lanes of a CPU's vectors, where every load is four. Needs subgroups, and a quad
// to be four threads in a row.

enable subgroups;

const CLASSES: u32 = 3u;          // K
const FEATURES4: u32 = 1u;        // ⌈D/4⌉, vectors in a row of X
const BIAS: bool = true;
const STORAGE: u32 = 0u;          // how X is stored: 0 = f32, 1 = u8, 2 = f16
const SCALED: bool = false;       // true: bytes and halves are multiplied by segment.unit; false: bytes by 1/255
const TARGETS: u32 = 1u;          // 1 = a label per row, 2 = a distribution per row (f32)
const SMOOTHED: bool = false;     // labels are smoothed by ε; distributions are given smoothed
const WEIGHTED: bool = false;     // rows have weights s; else s = 1
const TILE_ROWS: u32 = 4u;        // rows of a thread, a quarter of the quad's tile
const TILE_CLASSES4: u32 = 1u;    // classes of a tile, a quarter of them
const GROUP_ROWS: u32 = 64u;      // a multiple of 4·TILE_ROWS
const LANES: u32 = 1u;            // a power of two, at most WORKGROUP_SIZE
const WORKGROUP_SIZE: u32 = 16u;  // a multiple of 4

const WEIGHTS4: u32 = FEATURES4 + select(0u, 1u, BIAS);  // vectors in a row of W, the bias being the last
const TILE_CLASSES: u32 = 4u * TILE_CLASSES4;
const CLASS_TILES: u32 = (CLASSES + TILE_CLASSES - 1u) / TILE_CLASSES;
const TILES: u32 = GROUP_ROWS / (4u * TILE_ROWS) * CLASS_TILES;
const QUADS: u32 = WORKGROUP_SIZE / 4u;
const ROUNDS: u32 = (TILES + QUADS - 1u) / QUADS;
const ROWS_AT_ONCE: u32 = WORKGROUP_SIZE / LANES;
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
@group(0) @binding(2) var<storage, read> x: array<vec4u>;
@group(0) @binding(3) var<storage, read> weights: array<vec4f>;
@group(0) @binding(4) var<storage, read> targets: array<u32>;
@group(0) @binding(5) var<storage, read> sampleWeights: array<f32>;
@group(0) @binding(6) var<storage, read_write> logits: array<f32>;
@group(0) @binding(7) var<storage, read_write> losses: array<vec2f>;

var<workgroup> meeting: array<f32, WORKGROUP_SIZE>;

fn rowAt(position: u32) -> u32 {
  if (segment.shuffled == 1u) { return order[segment.first + position]; }
  return segment.first + position;
}

fn xAt(vector: u32) -> vec4f {
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

// Scores of a quad's tile whose first row is the group's `firstPosition`; every thread of the group must come here.
// A tile that is not there stands in for the last one.
fn scores(index: u32, lane: u32, firstPosition: u32) {
  let tile = min(index, TILES - 1u);
  let firstRow = firstPosition + (tile / CLASS_TILES * 4u + lane) * TILE_ROWS;
  let firstClass = tile % CLASS_TILES * TILE_CLASSES;
  var xStart: array<u32, TILE_ROWS>;
  for (var r = 0u; r < TILE_ROWS; r++) { // unroll
    xStart[r] = rowAt(min(firstRow + r, segment.rows - 1u)) * FEATURES4;
  }
  var wStart: array<u32, TILE_CLASSES4>;
  for (var q = 0u; q < TILE_CLASSES4; q++) { // unroll
    wStart[q] = min(firstClass + 4u * q + lane, CLASSES - 1u) * WEIGHTS4;
  }

  // Four neighbouring scores to a vector: of classes lane, lane ^ 1, lane ^ 2 and lane ^ 3.
  var z: array<vec4f, TILE_ROWS * TILE_CLASSES4>;
  for (var d = 0u; d < FEATURES4; d++) {
    var xTile: array<vec4f, TILE_ROWS>;
    for (var r = 0u; r < TILE_ROWS; r++) { // unroll
      xTile[r] = xAt(xStart[r] + d);
    }
    for (var q = 0u; q < TILE_CLASSES4; q++) { // unroll
      let w0 = weights[wStart[q] + d];
      let w1 = quadSwapX(w0);
      let w2 = quadSwapY(w0);
      let w3 = quadSwapDiagonal(w0);
      for (var r = 0u; r < TILE_ROWS; r++) { // unroll
        z[r * TILE_CLASSES4 + q] += vec4f(dot(xTile[r], w0), dot(xTile[r], w1), dot(xTile[r], w2), dot(xTile[r], w3));
      }
    }
  }

  for (var r = 0u; r < TILE_ROWS; r++) { // unroll
    for (var q = 0u; q < TILE_CLASSES4; q++) { // unroll
      for (var j = 0u; j < 4u; j++) { // unroll
        keep(firstRow + r, firstClass + 4u * q + (lane ^ j), z[r * TILE_CLASSES4 + q][j]);
      }
    }
  }
}

// Whoever stands in for the last row or class writes what that one has: many branches in a loop cost more.
fn keep(position: u32, k: u32, z: f32) {
  let row = min(position, segment.rows - 1u);
  let column = min(k, CLASSES - 1u);
  logits[row * CLASSES + column] = z + select(0.0, weights[column * WEIGHTS4 + WEIGHTS4 - 1u].x, BIAS);
}

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

// q_k of a row: its target distribution; of a label, (1 − ε) onehot + ε/K, where one load serves all k.
fn targetAt(row: u32, label: u32, k: u32) -> f32 {
  if (TARGETS == 1u) {
    let q = select(0.0, 1.0, label == k);
    if (!SMOOTHED) { return q; }
    return (1.0 - segment.labelSmoothing) * q + segment.labelSmoothing / f32(CLASSES);
  }
  return bitcast<f32>(targets[row * CLASSES + k]);
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

// Scores of a row to dLogits in place; ½ s·CE·scale and whether the row is right, in the first of its lanes.
fn softmaxRow(position: u32, inside: bool, thread: u32) -> vec2f {
  let lane = thread % LANES;
  let here = min(position, segment.rows - 1u);
  let row = rowAt(here);
  let z = here * CLASSES;
  var label = 0u;
  if (TARGETS == 1u) { label = targets[row]; }

  var m = LOWEST;
  var qMax = 0.0;
  for (var k = lane; k < CLASSES; k += LANES) {
    m = max(m, logits[z + k]);
    qMax = max(qMax, targetAt(row, label, k));
  }
  m = maxOverLanes(m, thread);
  qMax = maxOverLanes(qMax, thread);

  // Ties go to the lowest class: the smallest index is the largest negated one, exact below 2²⁴ classes.
  var sum = 0.0;
  var surprise = 0.0;
  var predicted = -f32(CLASSES);
  var expected = -f32(CLASSES);
  for (var k = lane; k < CLASSES; k += LANES) {
    let score = logits[z + k];
    let q = targetAt(row, label, k);
    sum += exp(score - m);
    surprise += q * (halved(m) - halved(score));
    if (score == m) { predicted = max(predicted, -f32(k)); }
    if (isNotFinite(score)) { predicted = LOST; }
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
      let t = (exp(logits[z + k] - m) / sum - targetAt(row, label, k)) * scale;
      logits[z + k] = select(0.0, orNaN(t, isLost), s > 0.0);
    }
  }
  if (!inside || lane > 0u || s <= 0.0) { return vec2f(); }
  let halfLoss = orNaN(scale * (0.5 * log(sum) + surprise), isLost);
  return vec2f(halfLoss, select(0.0, 1.0, predicted == expected));
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn forwardQuad(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let groupIndex = group.y * groups.x + group.x;
  let firstPosition = groupIndex * GROUP_ROWS;
  for (var i = 0u; i < ROUNDS; i++) {
    scores(i * QUADS + thread / 4u, thread % 4u, firstPosition);
  }
  storageBarrier();

  var seen = vec2f();
  for (var i = 0u; i < GROUP_ROWS; i += ROWS_AT_ONCE) {
    let row = i + thread / LANES;
    let position = firstPosition + row;
    seen += softmaxRow(position, row < GROUP_ROWS && position < segment.rows, thread);
  }
  let loss = sumOver(seen.x, thread, WORKGROUP_SIZE);
  let right = sumOver(seen.y, thread, WORKGROUP_SIZE);
  if (thread == 0u && firstPosition < segment.rows) {
    losses[segment.lossSlot + groupIndex] = vec2f(loss, right);
  }
}
