// gradient-quad: gradient.wgsl for adapters on which a load costs more than arithmetic
//
//   partial [P][K,D] with Σ_P partial = dLogitsᵀ [K,rows] · X [rows,D]
//
// The four threads of a quad share TILE_CLASSES classes and take the rows of their split four at a time. Each owns every
// fourth of the quad's 4·TILE_FEATURES4 vectors of features, but loads the index and the dLogits of one row only, and the
// quad exchanges those: in exchange j, thread l gets row l ^ j. X of rows with s = 0 counts as 0. Needs subgroups whose
// quads are four neighbouring threads.

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

const WEIGHTS4: u32 = FEATURES4 + select(0u, 1u, BIAS);  // vectors in a row of W; the last one holds the bias
const FEATURE_TILES: u32 = (WEIGHTS4 + 4u * TILE_FEATURES4 - 1u) / (4u * TILE_FEATURES4);
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

  // Every split has the same number of fours of rows, because all threads must take part in the exchanges.
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
      xTile[f * 4u] = augmentedAt(row0, firstFeature + 4u * f);
      xTile[f * 4u + 1u] = augmentedAt(row1, firstFeature + 4u * f);
      xTile[f * 4u + 2u] = augmentedAt(row2, firstFeature + 4u * f);
      xTile[f * 4u + 3u] = augmentedAt(row3, firstFeature + 4u * f);
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
        addToPartial(split, firstClass + c, firstFeature + 4u * f, g[c * TILE_FEATURES4 + f]);
      }
    }
  }
}
