// gradient-shared: the outer product through workgroup memory, split over rows
//
//   partial [P][K,D] with Σ_P partial = dLogitsᵀ [K,rows] · X [rows,D]
//
// A workgroup of 16 × 16 threads owns 64·TILE_CLASSES4 classes × 16·TILE_FEATURES4 vectors of features of one partial
// gradient, in registers, and walks the rows of its split, of which it stages DEPTH at a time in workgroup memory. The
// workgroups of the first features also add up the dLogits: the bias is one more feature, 1 in every row. X of rows with
// s = 0 counts as 0: their dLogits are 0, but 0 times infinity is NaN.

const CLASSES: u32 = 3u;          // K
const FEATURES4: u32 = 1u;        // ⌈D/4⌉, vectors in a row of X
const BIAS: bool = true;
const STORAGE: u32 = 0u;          // how X is stored: 0 = f32, 1 = u8, 2 = f16
const SCALED: bool = false;       // true: bytes and halves are multiplied by segment.unit; false: bytes by 1/255
const WEIGHTED: bool = false;     // rows have weights s; else s = 1
const TILE_CLASSES4: u32 = 1u;    // of a thread, vectors of four classes
const TILE_FEATURES4: u32 = 1u;   // of a thread
const DEPTH: u32 = 16u;           // rows staged at a time

const SIDE: u32 = 16u;
const WORKGROUP_SIZE: u32 = 256u; // SIDE · SIDE
const GROUP_CLASSES4: u32 = SIDE * TILE_CLASSES4;
const GROUP_FEATURES4: u32 = SIDE * TILE_FEATURES4;
const WEIGHTS4: u32 = FEATURES4 + select(0u, 1u, BIAS);  // vectors in a row of W; the last one holds the bias
const CLASS_TILES: u32 = (CLASSES + 4u * GROUP_CLASSES4 - 1u) / (4u * GROUP_CLASSES4);
const FEATURE_TILES: u32 = (FEATURES4 + GROUP_FEATURES4 - 1u) / GROUP_FEATURES4;

@group(0) @binding(0) var<uniform> segment: Segment;
@group(0) @binding(1) var<storage, read> order: array<u32>;
@group(0) @binding(2) var<storage, read> x: array<vec4u>;
@group(0) @binding(3) var<storage, read> sampleWeights: array<f32>;
@group(0) @binding(4) var<storage, read> dLogits: array<f32>;
@group(0) @binding(5) var<storage, read_write> partials: array<vec4f>;

// #include "lib/segment.wgsl"
// #include "lib/row.wgsl"
// #include "lib/features.wgsl"
// #include "lib/partial-gradient.wgsl"

var<workgroup> tStaged: array<vec4f, DEPTH * GROUP_CLASSES4>;
var<workgroup> xStaged: array<vec4f, DEPTH * GROUP_FEATURES4>;

// Returns features of a row; 0 past the end of the split, past the last feature and if s = 0.
fn xOf(position: u32, end: u32, d: u32) -> vec4f {
  let row = rowAt(min(position, segment.rows - 1u));
  var counts = position < end && d < FEATURES4;
  if (WEIGHTED) { counts = counts && sampleWeights[row] > 0.0; }
  return select(vec4f(), xAt(row * FEATURES4 + min(d, FEATURES4 - 1u)), counts);
}

// Returns the dLogits of four classes; 0 past the end of the split.
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

  // Every workgroup takes the same number of rounds, because all threads must reach the barriers.
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
          for (var j = 0u; j < 4u; j++) { // unroll
            g[(c * 4u + j) * TILE_FEATURES4 + f] += t[j] * xTile[f];
          }
        }
      }
    }
    workgroupBarrier();
  }

  if (split >= segment.splits) { return; }
  for (var c = 0u; c < TILE_CLASSES4; c++) { // unroll
    for (var j = 0u; j < 4u; j++) { // unroll
      let k = firstClass + (down + SIDE * c) * 4u + j;
      for (var f = 0u; f < TILE_FEATURES4; f++) { // unroll
        let feature = firstFeature + across + SIDE * f;
        if (k < CLASSES && feature < FEATURES4) {
          addToPartial(split, k, feature, g[(c * 4u + j) * TILE_FEATURES4 + f]);
        }
      }
      if (BIAS && featureTile == 0u && across == 0u && k < CLASSES) {
        addToPartial(split, k, FEATURES4, vec4f(gBias[c][j], 0.0, 0.0, 0.0));
      }
    }
  }
}
