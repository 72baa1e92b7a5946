// matmul: scores of a segment of rows,  Z [rows,K] = X [rows,D] · Wᵀ [D,K] + b [K]
//
// One thread computes a tile of TILE_ROWS × TILE_CLASSES scores, kept in registers from start to end, and walks D four
// features at a time: TILE_ROWS + TILE_CLASSES vector loads feed TILE_ROWS · TILE_CLASSES dot products. There are no
// barriers. A tile that extends past the last row or class computes that row or class again and does not write it.
// D is padded with zeros to a multiple of four; the bias of a class is the vector behind its weights.

const CLASSES: u32 = 3u;          // K
const FEATURES4: u32 = 1u;        // ⌈D/4⌉, vectors in a row of X
const BIAS: bool = true;
const STORAGE: u32 = 0u;          // how X is stored: 0 = f32, 1 = u8, 2 = f16
const SCALED: bool = false;       // true: bytes and halves are multiplied by segment.unit; false: bytes by 1/255
const TILE_ROWS: u32 = 4u;
const TILE_CLASSES: u32 = 3u;
const WORKGROUP_SIZE: u32 = 32u;

const WEIGHTS4: u32 = FEATURES4 + select(0u, 1u, BIAS);  // vectors in a row of W; the last one holds the bias
const CLASS_TILES: u32 = (CLASSES + TILE_CLASSES - 1u) / TILE_CLASSES;

@group(0) @binding(0) var<uniform> segment: Segment;
@group(0) @binding(1) var<storage, read> order: array<u32>;
@group(0) @binding(2) var<storage, read> x: array<vec4u>;
@group(0) @binding(3) var<storage, read> weights: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> logits: array<f32>;

// #include "lib/segment.wgsl"
// #include "lib/row.wgsl"
// #include "lib/features.wgsl"

@compute @workgroup_size(WORKGROUP_SIZE)
fn matmul(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let tile = (group.y * groups.x + group.x) * WORKGROUP_SIZE + thread;
  let firstRow = tile / CLASS_TILES * TILE_ROWS;
  let firstClass = tile % CLASS_TILES * TILE_CLASSES;
  if (firstRow >= segment.rows) { return; }

  var xStart: array<u32, TILE_ROWS>;
  for (var r = 0u; r < TILE_ROWS; r++) { // unroll
    xStart[r] = rowAt(min(firstRow + r, segment.rows - 1u)) * FEATURES4;
  }
  var wStart: array<u32, TILE_CLASSES>;
  for (var c = 0u; c < TILE_CLASSES; c++) { // unroll
    wStart[c] = min(firstClass + c, CLASSES - 1u) * WEIGHTS4;
  }

  var z: array<f32, TILE_ROWS * TILE_CLASSES>;
  for (var d = 0u; d < FEATURES4; d++) {
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

  for (var c = 0u; c < TILE_CLASSES; c++) { // unroll
    var b = 0.0;
    if (BIAS) { b = weights[wStart[c] + WEIGHTS4 - 1u].x; }
    for (var r = 0u; r < TILE_ROWS; r++) { // unroll
      if (firstRow + r < segment.rows && firstClass + c < CLASSES) {
        logits[(firstRow + r) * CLASSES + firstClass + c] = z[r * TILE_CLASSES + c] + b;
      }
    }
  }
}
