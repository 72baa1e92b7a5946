// softmax: probabilities, loss and gradient of the scores of a segment of rows, in place
//
//   P = softmax(Z), CE  →  dLogits [rows,K] = (P − Q) · s · scale          formulas in lib/softmax-row.wgsl
//
// LANES threads share a row. A workgroup writes one pair: ½ Σ s·CE·scale over its rows, and the number of rows with s > 0
// whose highest score is the target's. Without targets, Q = 0 and s · scale = 1, so P replaces the scores.

const CLASSES: u32 = 3u;          // K
const TARGETS: u32 = 1u;          // 0 = none, 1 = a label per row, 2 = a distribution per row (f32)
const SMOOTHED: bool = false;     // labels are smoothed by ε; distributions are given smoothed
const WEIGHTED: bool = false;     // rows have weights s; else s = 1
const LANES: u32 = 1u;            // threads that share a row; a power of two, at most WORKGROUP_SIZE
const WORKGROUP_SIZE: u32 = 64u;

const ROWS_PER_GROUP: u32 = WORKGROUP_SIZE / LANES;

@group(0) @binding(0) var<uniform> segment: Segment;
@group(0) @binding(1) var<storage, read> order: array<u32>;
@group(0) @binding(2) var<storage, read> targets: array<u32>;
@group(0) @binding(3) var<storage, read> sampleWeights: array<f32>;
@group(0) @binding(4) var<storage, read_write> logits: array<f32>;
@group(0) @binding(5) var<storage, read_write> losses: array<vec2f>;

// #include "lib/segment.wgsl"
// #include "lib/softmax-row.wgsl"

@compute @workgroup_size(WORKGROUP_SIZE)
fn softmax(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let groupIndex = group.y * groups.x + group.x;
  let firstPosition = groupIndex * ROWS_PER_GROUP;
  let position = firstPosition + thread / LANES;
  writeLosses(groupIndex, firstPosition, softmaxRow(position, position < segment.rows, thread), thread);
}
