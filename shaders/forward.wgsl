// forward: from rows to the gradient of their scores in one dispatch
//
//   Z = X Wᵀ + b  →  P = softmax(Z), CE  →  dLogits [rows,K] = (P − Q) · s · scale
//
// A workgroup owns GROUP_ROWS whole rows, so all that softmax needs of a row stays in the workgroup. First its threads
// compute the scores in tiles of TILE_ROWS × TILE_CLASSES, each kept in registers (as in matmul.wgsl); SLICES threads
// share the features of a tile and add up their scores in workgroup memory. Then LANES threads share a row and turn its
// scores into dLogits in place (as in softmax.wgsl, which also explains the values in losses).

const CLASSES: u32 = 3u;          // K
const FEATURES4: u32 = 1u;        // ⌈D/4⌉, vectors in a row of X
const BIAS: bool = true;
const STORAGE: u32 = 0u;          // how X is stored: 0 = f32, 1 = u8, 2 = f16
const SCALED: bool = false;       // true: bytes and halves are multiplied by segment.unit; false: bytes by 1/255
const TARGETS: u32 = 1u;          // 1 = a label per row, 2 = a distribution per row (f32)
const SMOOTHED: bool = false;     // labels are smoothed by ε; distributions are given smoothed
const WEIGHTED: bool = false;     // rows have weights s; else s = 1
const TILE_ROWS: u32 = 4u;        // rows of a thread's tile
const TILE_CLASSES: u32 = 3u;     // classes of a thread's tile
const SLICES: u32 = 1u;           // threads that share a tile, each taking every SLICES-th vector of features
const GROUP_ROWS: u32 = 64u;      // a multiple of TILE_ROWS
const LANES: u32 = 1u;            // threads that share a row in softmax; a power of two, at most WORKGROUP_SIZE
const WORKGROUP_SIZE: u32 = 16u;  // a multiple of SLICES

const WEIGHTS4: u32 = FEATURES4 + select(0u, 1u, BIAS);  // vectors in a row of W; the last one holds the bias
const TILE: u32 = TILE_ROWS * TILE_CLASSES;
const CLASS_TILES: u32 = (CLASSES + TILE_CLASSES - 1u) / TILE_CLASSES;
const TILES: u32 = GROUP_ROWS / TILE_ROWS * CLASS_TILES;
const TILES_AT_ONCE: u32 = WORKGROUP_SIZE / SLICES;
const ROUNDS: u32 = (TILES + TILES_AT_ONCE - 1u) / TILES_AT_ONCE;
const SHARED: u32 = select(1u, WORKGROUP_SIZE * TILE, SLICES > 1u);

@group(0) @binding(0) var<uniform> segment: Segment;
@group(0) @binding(1) var<storage, read> order: array<u32>;
@group(0) @binding(2) var<storage, read> x: array<vec4u>;
@group(0) @binding(3) var<storage, read> weights: array<vec4f>;
@group(0) @binding(4) var<storage, read> targets: array<u32>;
@group(0) @binding(5) var<storage, read> sampleWeights: array<f32>;
@group(0) @binding(6) var<storage, read_write> logits: array<f32>;
@group(0) @binding(7) var<storage, read_write> losses: array<vec2f>;

// #include "lib/segment.wgsl"
// #include "lib/row.wgsl"
// #include "lib/features.wgsl"
// #include "lib/forward-rows.wgsl"

var<workgroup> slices: array<f32, SHARED>;

// Computes the scores of tile `index` of the workgroup's rows, which begin at firstPosition. An index past the last tile
// computes that one again. All threads of the workgroup must call this function, because of its barriers.
fn computeTile(index: u32, slice: u32, thread: u32, firstPosition: u32) {
  let tile = min(index, TILES - 1u);
  let firstRow = firstPosition + tile / CLASS_TILES * TILE_ROWS;
  let firstClass = tile % CLASS_TILES * TILE_CLASSES;
  var xStart: array<u32, TILE_ROWS>;
  for (var r = 0u; r < TILE_ROWS; r++) { // unroll
    xStart[r] = rowAt(min(firstRow + r, segment.rows - 1u)) * FEATURES4;
  }
  var wStart: array<u32, TILE_CLASSES>;
  for (var c = 0u; c < TILE_CLASSES; c++) { // unroll
    wStart[c] = min(firstClass + c, CLASSES - 1u) * WEIGHTS4;
  }

  var z: array<f32, TILE>;
  for (var d = slice; d < FEATURES4; d += SLICES) {
    var xTile: array<vec4f, TILE_ROWS>;
    for (var r = 0u; r < TILE_ROWS; r++) { // unroll
      xTile[r] = xAt(xStart[r] + d);
    }
    for (var c = 0u; c < TILE_CLASSES; c++) { // unroll
      let w = weights[wStart[c] + d];
      for (var r = 0u; r < TILE_ROWS; r++) { // unroll
        z[r * TILE_CLASSES + c] += dot(xTile[r], w);
      }
    }
  }

  if (SLICES > 1u) {
    for (var r = 0u; r < TILE_ROWS; r++) { // unroll
      for (var c = 0u; c < TILE_CLASSES; c++) { // unroll
        slices[thread * TILE + r * TILE_CLASSES + c] = z[r * TILE_CLASSES + c];
      }
    }
    workgroupBarrier();
    // Each thread of a tile adds up the slices of every SLICES-th score, in their order.
    for (var i = slice; i < TILE; i += SLICES) {
      var sum = 0.0;
      for (var s = 0u; s < SLICES; s++) { sum += slices[(thread - slice + s) * TILE + i]; }
      writeScore(firstRow + i / TILE_CLASSES, firstClass + i % TILE_CLASSES, sum);
    }
    workgroupBarrier();
    return;
  }
  for (var c = 0u; c < TILE_CLASSES; c++) { // unroll
    for (var r = 0u; r < TILE_ROWS; r++) { // unroll
      writeScore(firstRow + r, firstClass + c, z[r * TILE_CLASSES + c]);
    }
  }
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn forward(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let groupIndex = group.y * groups.x + group.x;
  let firstPosition = groupIndex * GROUP_ROWS;
  for (var i = 0u; i < ROUNDS; i++) {
    computeTile(i * TILES_AT_ONCE + thread / SLICES, thread % SLICES, thread, firstPosition);
  }
  storageBarrier();
  softmaxRows(groupIndex, thread);
}
