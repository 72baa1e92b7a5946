// gradient: the outer product, split over rows,  partial [P][K,D] with Σ_P partial = dLogitsᵀ [K,rows] · X [rows,D]
//
// One thread owns a tile of TILE_CLASSES × TILE_FEATURES4 vectors of one partial gradient, kept in registers, and walks
// the rows of its split: TILE_FEATURES4 vector loads and TILE_CLASSES scalar loads feed TILE_CLASSES · TILE_FEATURES4
// multiply-adds. The update kernels add the P partial gradients in a fixed order. The bias is one more column of X, see
// lib/augmented-features.wgsl. Rows with s = 0 are skipped: their dLogits are 0, but 0 times infinity is NaN.

const CLASSES: u32 = 3u;          // K
const FEATURES4: u32 = 1u;        // ⌈D/4⌉, vectors in a row of X
const BIAS: bool = true;
const STORAGE: u32 = 0u;          // how X is stored: 0 = f32, 1 = u8, 2 = f16
const SCALED: bool = false;       // true: bytes and halves are multiplied by segment.unit; false: bytes by 1/255
const WEIGHTED: bool = false;     // rows have weights s; else s = 1
const TILE_CLASSES: u32 = 3u;
const TILE_FEATURES4: u32 = 2u;
const WORKGROUP_SIZE: u32 = 32u;

const WEIGHTS4: u32 = FEATURES4 + select(0u, 1u, BIAS);  // vectors in a row of W; the last one holds the bias
const FEATURE_TILES: u32 = (WEIGHTS4 + TILE_FEATURES4 - 1u) / TILE_FEATURES4;
const CLASS_TILES: u32 = (CLASSES + TILE_CLASSES - 1u) / TILE_CLASSES;

@group(0) @binding(0) var<uniform> segment: Segment;
@group(0) @binding(1) var<storage, read> order: array<u32>;
@group(0) @binding(2) var<storage, read> x: array<vec4u>;
@group(0) @binding(3) var<storage, read> sampleWeights: array<f32>;
@group(0) @binding(4) var<storage, read> dLogits: array<f32>;
@group(0) @binding(5) var<storage, read_write> partials: array<vec4f>;

// #include "lib/segment.wgsl"
// #include "lib/row.wgsl"
// #include "lib/augmented-features.wgsl"
// #include "lib/partial-gradient.wgsl"

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
      xTile[f] = augmentedAt(row, firstFeature + f);
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
        addToPartial(split, firstClass + c, firstFeature + f, g[c * TILE_FEATURES4 + f]);
      }
    }
  }
}
