// matmul: scores of a segment of rows,  Z [rows,K] = X [rows,D] · Wᵀ [D,K] + b [K]
//
// One thread computes a tile of TILE_ROWS × TILE_CLASSES scores, held in registers from start to end, and
// walks D four features at a time: TILE_ROWS + TILE_CLASSES vector loads feed TILE_ROWS · TILE_CLASSES dot
// products. No barriers. Tiles that stick out recompute the last row or class and do not write it.
// D is padded with zeros to a multiple of four; the bias of a class is the vector behind its weights.

const CLASSES: u32 = 3u;          // K
const FEATURES4: u32 = 1u;        // ⌈D/4⌉, vectors in a row of X
const BIAS: bool = true;
const STORAGE: u32 = 0u;          // how X is stored: 0 = f32, 1 = u8, 2 = f16
const SCALED: bool = false;       // true: bytes and halves are multiplied by segment.unit; false: bytes by 1/255
const TILE_ROWS: u32 = 4u;
const TILE_CLASSES: u32 = 3u;
const WORKGROUP_SIZE: u32 = 32u;

const WEIGHTS4: u32 = FEATURES4 + select(0u, 1u, BIAS);  // vectors in a row of W
const CLASS_TILES: u32 = (CLASSES + TILE_CLASSES - 1u) / TILE_CLASSES;

struct Segment {
  first: u32,         // position of the segment's first row in order, or that row itself
  rows: u32,          // rows of the segment
  shuffled: u32,      // 1: rows are found through order
  lossSlot: u32,      // where the losses of the segment go
  scale: f32,         // 1 / Σ s over all rows; in a step of SGD 1 / (B · mean s)
  splits: u32,        // partial gradients the rows are split into
  accumulate: u32,    // 1: add to the partial gradients of the batch's earlier segments
  learningRate: f32,
  momentum: f32,
  nesterov: u32,
  l2: f32,
  labelSmoothing: f32,
  l1: f32,
  gain1: f32,         // 1 − β₁ and 1 − β₂ of AdamW
  gain2: f32,
  epsilon: f32,
  decay: f32,         // what AdamW takes off each weight, as a part of it
  averaged: u32,      // steps that the average holds after this one
  unit: f32,          // factor from stored bytes or halves to values
}

@group(0) @binding(0) var<uniform> segment: Segment;
@group(0) @binding(1) var<storage, read> order: array<u32>;
@group(0) @binding(2) var<storage, read> x: array<vec4u>;
@group(0) @binding(3) var<storage, read> weights: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> logits: array<f32>;

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
