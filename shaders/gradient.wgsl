// gradient: the outer product, split over rows,  partial [P][K,D] with Σ_P partial = dLogitsᵀ [K,rows] · X [rows,D]
//
// One thread owns a tile of TILE_CLASSES × TILE_FEATURES4 vectors of one partial gradient, held in registers,
// and walks the rows of its split: TILE_FEATURES4 vector loads and TILE_CLASSES scalar loads feed
// TILE_CLASSES · TILE_FEATURES4 multiply-adds. The sgd kernel adds the P partials in a fixed order.
// The bias is one more vector of features, (1, 0, 0, 0), that is not stored. Rows with s = 0 are passed over: their
// dLogits are 0, but 0 times a value that overflowed is not.

const CLASSES: u32 = 3u;          // K
const FEATURES4: u32 = 1u;        // ⌈D/4⌉, vectors in a row of X
const BIAS: bool = true;
const STORAGE: u32 = 0u;          // how X is stored: 0 = f32, 1 = u8, 2 = f16
const SCALED: bool = false;       // true: bytes and halves are multiplied by segment.unit; false: bytes by 1/255
const WEIGHTED: bool = false;     // rows have weights s; else s = 1
const TILE_CLASSES: u32 = 3u;
const TILE_FEATURES4: u32 = 2u;
const WORKGROUP_SIZE: u32 = 32u;

const WEIGHTS4: u32 = FEATURES4 + select(0u, 1u, BIAS);  // vectors in a row of W
const FEATURE_TILES: u32 = (WEIGHTS4 + TILE_FEATURES4 - 1u) / TILE_FEATURES4;
const CLASS_TILES: u32 = (CLASSES + TILE_CLASSES - 1u) / TILE_CLASSES;

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

@compute @workgroup_size(WORKGROUP_SIZE)
fn gradient(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let tile = (group.y * groups.x + group.x) * WORKGROUP_SIZE + thread;
  let firstFeature = tile % FEATURE_TILES * TILE_FEATURES4;
  let firstClass = tile / FEATURE_TILES % CLASS_TILES * TILE_CLASSES;
  let split = tile / (FEATURE_TILES * CLASS_TILES);
  if (split >= segment.splits) { return; }

  let rowsPerSplit = (segment.rows + segment.splits - 1u) / segment.splits;
  let begin = min(split * rowsPerSplit, segment.rows);
  let end = min(begin + rowsPerSplit, segment.rows);

  var g: array<vec4f, TILE_CLASSES * TILE_FEATURES4>;
  for (var i = begin; i < end; i++) {
    let row = rowAt(i);
    if (WEIGHTED) {
      if (sampleWeights[row] <= 0.0) { continue; }
    }
    var xTile: array<vec4f, TILE_FEATURES4>;
    for (var f = 0u; f < TILE_FEATURES4; f++) { // unroll
      xTile[f] = xAt(row, firstFeature + f);
    }
    for (var c = 0u; c < TILE_CLASSES; c++) { // unroll
      let t = dLogits[i * CLASSES + min(firstClass + c, CLASSES - 1u)];
      for (var f = 0u; f < TILE_FEATURES4; f++) { // unroll
        g[c * TILE_FEATURES4 + f] += t * xTile[f];
      }
    }
  }

  for (var c = 0u; c < TILE_CLASSES; c++) { // unroll
    for (var f = 0u; f < TILE_FEATURES4; f++) { // unroll
      if (firstClass + c < CLASSES && firstFeature + f < WEIGHTS4) {
        let at = (split * CLASSES + firstClass + c) * WEIGHTS4 + firstFeature + f;
        var earlier = vec4f();
        if (segment.accumulate == 1u) { earlier = partials[at]; }
        partials[at] = earlier + g[c * TILE_FEATURES4 + f];
      }
    }
  }
}
