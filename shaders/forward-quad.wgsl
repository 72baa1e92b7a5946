// forward-quad: forward.wgsl for adapters on which a load costs more than arithmetic
//
//   Z = X Wᵀ + b  →  P = softmax(Z), CE  →  dLogits [rows,K] = (P − Q) · s · scale
//
// Only the scores are computed otherwise: the four threads of a quad share a tile of 4·TILE_ROWS rows and 4·TILE_CLASSES4
// classes. Each loads its own TILE_ROWS rows, but the weights of every fourth class only, and the quad exchanges those: in
// exchange j, thread l gets class l ^ j. This saves three quarters of the loads of W, and suits adapters whose threads are
// the lanes of a CPU's vectors, on which every load counts four times. Needs subgroups whose quads are four neighbouring
// threads.

enable subgroups;

const CLASSES: u32 = 3u;          // K
const FEATURES4: u32 = 1u;        // ⌈D/4⌉, vectors in a row of X
const BIAS: bool = true;
const STORAGE: u32 = 0u;          // how X is stored: 0 = f32, 1 = u8, 2 = f16
const SCALED: bool = false;       // true: bytes and halves are multiplied by segment.unit; false: bytes by 1/255
const TARGETS: u32 = 1u;          // 1 = a label per row, 2 = a distribution per row (f32)
const SMOOTHED: bool = false;     // labels are smoothed by ε; distributions are given smoothed
const WEIGHTED: bool = false;     // rows have weights s; else s = 1
const TILE_ROWS: u32 = 4u;        // rows of a thread; the quad's tile has four times as many
const TILE_CLASSES4: u32 = 1u;    // classes of a tile / 4
const GROUP_ROWS: u32 = 64u;      // a multiple of 4·TILE_ROWS
const LANES: u32 = 1u;            // threads that share a row in softmax; a power of two, at most WORKGROUP_SIZE
const WORKGROUP_SIZE: u32 = 16u;  // a multiple of 4

const WEIGHTS4: u32 = FEATURES4 + select(0u, 1u, BIAS);  // vectors in a row of W; the last one holds the bias
const TILE_CLASSES: u32 = 4u * TILE_CLASSES4;
const CLASS_TILES: u32 = (CLASSES + TILE_CLASSES - 1u) / TILE_CLASSES;
const TILES: u32 = GROUP_ROWS / (4u * TILE_ROWS) * CLASS_TILES;
const QUADS: u32 = WORKGROUP_SIZE / 4u;
const ROUNDS: u32 = (TILES + QUADS - 1u) / QUADS;

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

// Computes the scores of a quad's tile `index` of the workgroup's rows, which begin at firstPosition. An index past the
// last tile computes that one again. All threads of the workgroup must call this function, because of the exchanges.
fn computeQuadTile(index: u32, lane: u32, firstPosition: u32) {
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

  // A vector holds the scores of classes lane, lane ^ 1, lane ^ 2 and lane ^ 3.
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
        writeScore(firstRow + r, firstClass + 4u * q + (lane ^ j), z[r * TILE_CLASSES4 + q][j]);
      }
    }
  }
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
    computeQuadTile(i * QUADS + thread / 4u, thread % 4u, firstPosition);
  }
  storageBarrier();
  softmaxRows(groupIndex, thread);
}
