// scores-shared: scores through workgroup memory,  Z [rows,K] = X [rows,D] · Wᵀ [D,K] + b [K]
//
// A workgroup of 16 × 16 threads computes a tile of 16·TILE_ROWS rows × 16·TILE_CLASSES classes. It stages DEPTH4 vectors
// of features of its rows and classes at a time in workgroup memory, so each is read from memory once for the whole tile.
// A thread keeps its TILE_ROWS × TILE_CLASSES scores in registers.

const CLASSES: u32 = 3u;          // K
const FEATURES4: u32 = 1u;        // ⌈D/4⌉, vectors in a row of X
const BIAS: bool = true;
const STORAGE: u32 = 0u;          // how X is stored: 0 = f32, 1 = u8, 2 = f16
const SCALED: bool = false;       // true: bytes and halves are multiplied by segment.unit; false: bytes by 1/255
const TILE_ROWS: u32 = 4u;        // rows of a thread
const TILE_CLASSES: u32 = 4u;     // classes of a thread
const DEPTH4: u32 = 4u;           // vectors of features staged at a time

const SIDE: u32 = 16u;
const WORKGROUP_SIZE: u32 = 256u; // SIDE · SIDE
const GROUP_ROWS: u32 = SIDE * TILE_ROWS;
const GROUP_CLASSES: u32 = SIDE * TILE_CLASSES;
const STRIDE: u32 = DEPTH4 + 1u;  // one vector of padding, so that neighbouring threads read from different banks
const WEIGHTS4: u32 = FEATURES4 + select(0u, 1u, BIAS);  // vectors in a row of W; the last one holds the bias
const CLASS_TILES: u32 = (CLASSES + GROUP_CLASSES - 1u) / GROUP_CLASSES;

@group(0) @binding(0) var<uniform> segment: Segment;
@group(0) @binding(1) var<storage, read> order: array<u32>;
@group(0) @binding(2) var<storage, read> x: array<vec4u>;
@group(0) @binding(3) var<storage, read> weights: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> logits: array<f32>;

// #include "lib/segment.wgsl"
// #include "lib/row.wgsl"
// #include "lib/features.wgsl"

var<workgroup> xStaged: array<vec4f, GROUP_ROWS * STRIDE>;
var<workgroup> wStaged: array<vec4f, GROUP_CLASSES * STRIDE>;
var<workgroup> rowOf: array<u32, GROUP_ROWS>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn scoresShared(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let tile = group.y * groups.x + group.x;
  let firstRow = tile / CLASS_TILES * GROUP_ROWS;
  let firstClass = tile % CLASS_TILES * GROUP_CLASSES;
  let across = thread % SIDE;
  let down = thread / SIDE;

  for (var i = thread; i < GROUP_ROWS; i += WORKGROUP_SIZE) {
    rowOf[i] = rowAt(min(firstRow + i, segment.rows - 1u));
  }
  workgroupBarrier();

  // A thread's rows and classes are SIDE apart, so that neighbours read neighbouring vectors.
  var z: array<f32, TILE_ROWS * TILE_CLASSES>;
  for (var begin = 0u; begin < FEATURES4; begin += DEPTH4) {
    for (var i = thread; i < GROUP_ROWS * DEPTH4; i += WORKGROUP_SIZE) {
      let d = begin + i % DEPTH4;
      let staged = select(vec4f(), xAt(rowOf[i / DEPTH4] * FEATURES4 + min(d, FEATURES4 - 1u)), d < FEATURES4);
      xStaged[i / DEPTH4 * STRIDE + i % DEPTH4] = staged;
    }
    for (var i = thread; i < GROUP_CLASSES * DEPTH4; i += WORKGROUP_SIZE) {
      let d = begin + i % DEPTH4;
      let staged = weights[min(firstClass + i / DEPTH4, CLASSES - 1u) * WEIGHTS4 + min(d, FEATURES4 - 1u)];
      wStaged[i / DEPTH4 * STRIDE + i % DEPTH4] = staged;
    }
    workgroupBarrier();
    for (var d = 0u; d < DEPTH4; d++) {
      var xTile: array<vec4f, TILE_ROWS>;
      for (var r = 0u; r < TILE_ROWS; r++) { // unroll
        xTile[r] = xStaged[(down + SIDE * r) * STRIDE + d];
      }
      for (var c = 0u; c < TILE_CLASSES; c++) { // unroll
        let w = wStaged[(across + SIDE * c) * STRIDE + d];
        for (var r = 0u; r < TILE_ROWS; r++) { // unroll
          // Four multiply-adds; the dot product of a vector would be one operation more.
          z[r * TILE_CLASSES + c] += xTile[r].x * w.x;
          z[r * TILE_CLASSES + c] += xTile[r].y * w.y;
          z[r * TILE_CLASSES + c] += xTile[r].z * w.z;
          z[r * TILE_CLASSES + c] += xTile[r].w * w.w;
        }
      }
    }
    workgroupBarrier();
  }

  for (var c = 0u; c < TILE_CLASSES; c++) { // unroll
    let k = firstClass + across + SIDE * c;
    var b = 0.0;
    if (BIAS) { b = weights[min(k, CLASSES - 1u) * WEIGHTS4 + WEIGHTS4 - 1u].x; }
    for (var r = 0u; r < TILE_ROWS; r++) { // unroll
      let position = firstRow + down + SIDE * r;
      if (position < segment.rows && k < CLASSES) {
        logits[position * CLASSES + k] = z[r * TILE_CLASSES + c] + b;
      }
    }
  }
}
