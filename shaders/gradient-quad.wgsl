// gradient-quad: the outer product, split over rows, where a load costs more than arithmetic
//
//   partial [P][K,D] with Σ_P partial = dLogitsᵀ [K,rows] · X [rows,D]
//
// The same as gradient.wgsl, but the four threads of a quad share TILE_CLASSES classes and take the rows of their
// split four at a time. Each owns every fourth of the quad's 4·TILE_FEATURES4 vectors of features, but loads the
// dLogits of one row only, and the quad exchanges those: thread l meets row l ^ j in exchange j, and learns where
// that row lies the same way. Values of rows with s = 0 count as 0. Needs subgroups, and a quad to be four threads in a
// row.

enable subgroups;

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
const FEATURE_TILES: u32 = (WEIGHTS4 + 4u * TILE_FEATURES4 - 1u) / (4u * TILE_FEATURES4);
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
fn gradientQuad(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let tile = ((group.y * groups.x + group.x) * WORKGROUP_SIZE + thread) / 4u;
  let lane = thread % 4u;
  let firstFeature = tile % FEATURE_TILES * (4u * TILE_FEATURES4) + lane;
  let firstClass = tile / FEATURE_TILES % CLASS_TILES * TILE_CLASSES;
  let split = tile / (FEATURE_TILES * CLASS_TILES);

  // Whole fours of rows, the same number in every split: the exchanges need all threads to take part.
  let foursPerSplit = (segment.rows + 4u * segment.splits - 1u) / (4u * segment.splits);
  let begin = split * foursPerSplit * 4u;

  var g: array<vec4f, TILE_CLASSES * TILE_FEATURES4>;
  for (var four = 0u; four < foursPerSplit; four++) {
    let position = begin + 4u * four;
    let mine = position + lane;
    let t = min(mine, segment.rows - 1u) * CLASSES;
    let row0 = rowAt(min(mine, segment.rows - 1u));
    let row1 = quadSwapX(row0);
    let row2 = quadSwapY(row0);
    let row3 = quadSwapDiagonal(row0);
    var xTile: array<vec4f, 4u * TILE_FEATURES4>;
    for (var f = 0u; f < TILE_FEATURES4; f++) { // unroll
      xTile[f * 4u] = xAt(row0, firstFeature + 4u * f);
      xTile[f * 4u + 1u] = xAt(row1, firstFeature + 4u * f);
      xTile[f * 4u + 2u] = xAt(row2, firstFeature + 4u * f);
      xTile[f * 4u + 3u] = xAt(row3, firstFeature + 4u * f);
    }
    if (WEIGHTED) {
      let s0 = sampleWeights[row0];
      let s1 = quadSwapX(s0);
      let s2 = quadSwapY(s0);
      let s3 = quadSwapDiagonal(s0);
      for (var f = 0u; f < TILE_FEATURES4; f++) { // unroll
        xTile[f * 4u] = select(vec4f(), xTile[f * 4u], s0 > 0.0);
        xTile[f * 4u + 1u] = select(vec4f(), xTile[f * 4u + 1u], s1 > 0.0);
        xTile[f * 4u + 2u] = select(vec4f(), xTile[f * 4u + 2u], s2 > 0.0);
        xTile[f * 4u + 3u] = select(vec4f(), xTile[f * 4u + 3u], s3 > 0.0);
      }
    }
    for (var c = 0u; c < TILE_CLASSES; c++) { // unroll
      let t0 = select(0.0, dLogits[t + min(firstClass + c, CLASSES - 1u)], mine < segment.rows);
      let t1 = quadSwapX(t0);
      let t2 = quadSwapY(t0);
      let t3 = quadSwapDiagonal(t0);
      for (var f = 0u; f < TILE_FEATURES4; f++) { // unroll
        g[c * TILE_FEATURES4 + f] += t0 * xTile[f * 4u] + t1 * xTile[f * 4u + 1u]
          + t2 * xTile[f * 4u + 2u] + t3 * xTile[f * 4u + 3u];
      }
    }
  }

  if (split >= segment.splits) { return; }
  for (var c = 0u; c < TILE_CLASSES; c++) { // unroll
    for (var f = 0u; f < TILE_FEATURES4; f++) { // unroll
      if (firstClass + c < CLASSES && firstFeature + 4u * f < WEIGHTS4) {
        let at = (split * CLASSES + firstClass + c) * WEIGHTS4 + firstFeature + 4u * f;
        var earlier = vec4f();
        if (segment.accumulate == 1u) { earlier = partials[at]; }
        partials[at] = earlier + g[c * TILE_FEATURES4 + f];
      }
    }
  }
}
