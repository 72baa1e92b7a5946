// gradient-shared: the outer product through workgroup memory, split over rows
//
//   partial [P][K,D] with Σ_P partial = dLogitsᵀ [K,rows] · X [rows,D]
//
// A workgroup of 16 × 16 threads owns 64·TILE_CLASSES4 classes × 16·TILE_FEATURES4 vectors of features of one partial
// gradient, in registers, and walks the rows of its split, DEPTH at a time, which it stages in workgroup memory. The
// groups of the first features also add up the dLogits: the bias is as one more feature, 1 in every row. Rows with
// s = 0 count as 0: their dLogits are 0, but 0 times a value that overflowed is not.

const CLASSES: u32 = 3u;          // K
const FEATURES4: u32 = 1u;        // ⌈D/4⌉, vectors in a row of X
const BIAS: bool = true;
const STORAGE: u32 = 0u;          // how X is stored: 0 = f32, 1 = u8, 2 = f16
const SCALED: bool = false;       // true: bytes and halves are multiplied by segment.unit; false: bytes by 1/255
const WEIGHTED: bool = false;     // rows have weights s; else s = 1
const TILE_CLASSES4: u32 = 1u;    // of a thread, vectors of four classes
const TILE_FEATURES4: u32 = 1u;   // of a thread
const DEPTH: u32 = 16u;

const SIDE: u32 = 16u;
const WORKGROUP_SIZE: u32 = 256u; // SIDE · SIDE
const GROUP_CLASSES4: u32 = SIDE * TILE_CLASSES4;
const GROUP_FEATURES4: u32 = SIDE * TILE_FEATURES4;
const WEIGHTS4: u32 = FEATURES4 + select(0u, 1u, BIAS);  // vectors in a row of W, the bias being the last
const CLASS_TILES: u32 = (CLASSES + 4u * GROUP_CLASSES4 - 1u) / (4u * GROUP_CLASSES4);
const FEATURE_TILES: u32 = (FEATURES4 + GROUP_FEATURES4 - 1u) / GROUP_FEATURES4;

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
@group(0) @binding(3) var<storage, read> sampleWeights: array<f32>;
@group(0) @binding(4) var<storage, read> dLogits: array<f32>;
@group(0) @binding(5) var<storage, read_write> partials: array<vec4f>;

var<workgroup> tStaged: array<vec4f, DEPTH * GROUP_CLASSES4>;
var<workgroup> xStaged: array<vec4f, DEPTH * GROUP_FEATURES4>;

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

// Features of a row; 0 past the end of the split, past the last feature and if the row has no weight.
fn xOf(position: u32, end: u32, d: u32) -> vec4f {
  let row = rowAt(min(position, segment.rows - 1u));
  var counts = position < end && d < FEATURES4;
  if (WEIGHTED) { counts = counts && sampleWeights[row] > 0.0; }
  return select(vec4f(), xAt(row * FEATURES4 + min(d, FEATURES4 - 1u)), counts);
}

// dLogits of four classes; 0 past the end of the split.
fn tOf(position: u32, end: u32, firstClass: u32) -> vec4f {
  let at = min(position, segment.rows - 1u) * CLASSES;
  let t = vec4f(
    dLogits[at + min(firstClass, CLASSES - 1u)],
    dLogits[at + min(firstClass + 1u, CLASSES - 1u)],
    dLogits[at + min(firstClass + 2u, CLASSES - 1u)],
    dLogits[at + min(firstClass + 3u, CLASSES - 1u)],
  );
  return select(vec4f(), t, position < end);
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
  let firstClass = classTile * GROUP_CLASSES4 * 4u;
  let across = thread % SIDE;
  let down = thread / SIDE;

  // The same number of rounds in every group: barriers need all threads to take part.
  let rowsPerSplit = (segment.rows + segment.splits - 1u) / segment.splits;
  let rounds = (rowsPerSplit + DEPTH - 1u) / DEPTH;
  let begin = split * rowsPerSplit;
  let end = min(begin + rowsPerSplit, segment.rows);

  var g: array<vec4f, 4u * TILE_CLASSES4 * TILE_FEATURES4>;
  var gBias: array<vec4f, TILE_CLASSES4>;
  for (var round = 0u; round < rounds; round++) {
    let position = begin + round * DEPTH;
    for (var i = thread; i < DEPTH * GROUP_CLASSES4; i += WORKGROUP_SIZE) {
      tStaged[i] = tOf(position + i / GROUP_CLASSES4, end, firstClass + i % GROUP_CLASSES4 * 4u);
    }
    for (var i = thread; i < DEPTH * GROUP_FEATURES4; i += WORKGROUP_SIZE) {
      xStaged[i] = xOf(position + i / GROUP_FEATURES4, end, firstFeature + i % GROUP_FEATURES4);
    }
    workgroupBarrier();
    for (var r = 0u; r < DEPTH; r++) {
      var xTile: array<vec4f, TILE_FEATURES4>;
      for (var f = 0u; f < TILE_FEATURES4; f++) { // unroll
        xTile[f] = xStaged[r * GROUP_FEATURES4 + across + SIDE * f];
      }
      for (var c = 0u; c < TILE_CLASSES4; c++) { // unroll
        let t = tStaged[r * GROUP_CLASSES4 + down + SIDE * c];
        if (BIAS && featureTile == 0u) { gBias[c] += t; }
        for (var f = 0u; f < TILE_FEATURES4; f++) { // unroll
          for (var k = 0u; k < 4u; k++) { // unroll
            g[(c * 4u + k) * TILE_FEATURES4 + f] += t[k] * xTile[f];
          }
        }
      }
    }
    workgroupBarrier();
  }

  if (split >= segment.splits) { return; }
  for (var c = 0u; c < TILE_CLASSES4; c++) { // unroll
    for (var k = 0u; k < 4u; k++) { // unroll
      let label = firstClass + (down + SIDE * c) * 4u + k;
      for (var f = 0u; f < TILE_FEATURES4; f++) { // unroll
        let feature = firstFeature + across + SIDE * f;
        if (label < CLASSES && feature < FEATURES4) {
          add(split, label, feature, g[(c * 4u + k) * TILE_FEATURES4 + f]);
        }
      }
      if (BIAS && featureTile == 0u && across == 0u && label < CLASSES) {
        add(split, label, FEATURES4, vec4f(gBias[c][k], 0.0, 0.0, 0.0));
      }
    }
  }
}

// Adds to what earlier segments of the batch left of a partial gradient, if there were any.
fn add(split: u32, label: u32, feature: u32, g: vec4f) {
  let at = (split * CLASSES + label) * WEIGHTS4 + feature;
  var earlier = vec4f();
  if (segment.accumulate == 1u) { earlier = partials[at]; }
  partials[at] = earlier + g;
}
