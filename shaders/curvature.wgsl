// curvature: of the cross-entropy of each row, as its scores z move along directions u, in place of the probabilities p
//
//   Σ_c ∂²CE/∂z_k∂z_c u_c · s = s p_k (u_k − pᵀu);   with DIAGONAL ∂²CE/∂z_k² · s = s p_k (1 − p_k)
//
// Between scores and gradient it makes a product with the Hessian, or the Hessian's diagonal. LANES threads share a row.

const CLASSES: u32 = 3u;          // K
const WEIGHTED: bool = false;     // rows have weights s; else s = 1
const DIAGONAL: bool = false;     // true: the diagonal, and directions is not read
const LANES: u32 = 1u;            // threads that share a row; a power of two, at most WORKGROUP_SIZE
const WORKGROUP_SIZE: u32 = 64u;

@group(0) @binding(0) var<uniform> segment: Segment;
@group(0) @binding(1) var<storage, read> order: array<u32>;
@group(0) @binding(2) var<storage, read> sampleWeights: array<f32>;
@group(0) @binding(3) var<storage, read> directions: array<f32>;       // U [rows,K]
@group(0) @binding(4) var<storage, read_write> logits: array<f32>;      // P [rows,K]

// #include "lib/segment.wgsl"
// #include "lib/row.wgsl"
// #include "lib/reduce.wgsl"

@compute @workgroup_size(WORKGROUP_SIZE)
fn curvature(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let position = (group.y * groups.x + group.x) * (WORKGROUP_SIZE / LANES) + thread / LANES;
  let lane = thread % LANES;
  let here = min(position, segment.rows - 1u);  // threads past the last row read it again
  let at = here * CLASSES;

  var mean = 0.0;  // pᵀu
  if (!DIAGONAL) {
    for (var k = lane; k < CLASSES; k += LANES) { mean += logits[at + k] * directions[at + k]; }
    mean = sumOver(mean, thread, LANES);
  }
  var s = 1.0;
  if (WEIGHTED) { s = sampleWeights[rowAt(here)]; }
  if (position >= segment.rows) { return; }
  for (var k = lane; k < CLASSES; k += LANES) {
    let p = logits[at + k];
    var u = 1.0 - p;
    if (!DIAGONAL) { u = directions[at + k] - mean; }
    logits[at + k] = select(0.0, s * p * u, s > 0.0);
  }
}
