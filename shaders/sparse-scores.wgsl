// sparse-scores: scores of a segment of sparse rows,  Z [rows,K] = X [rows,D] · W [D,K] + b [K]
//
// X is in compressed form: row i has the values values[a] in the columns indices[a], for a from indptr[i] up to
// indptr[i + 1]. W lies feature by feature, K padded to whole vectors of four, and b follows as one more feature, so that
// a stored value meets neighbouring weights. LANES threads share a vector of four scores, each taking every LANES-th
// stored value of the row; neighbouring threads own neighbouring vectors.

const CLASSES: u32 = 3u;          // K
const FEATURES: u32 = 1u;         // D
const BIAS: bool = true;
const VALUED: bool = true;        // false: every stored value is 1, and values is not read
const LANES: u32 = 1u;            // threads that share a vector of scores; a power of two
const WORKGROUP_SIZE: u32 = 64u;  // a multiple of LANES

const CLASSES4: u32 = (CLASSES + 3u) / 4u;  // vectors in a row of W

@group(0) @binding(0) var<uniform> segment: Segment;
@group(0) @binding(1) var<storage, read> order: array<u32>;
@group(0) @binding(2) var<storage, read> indptr: array<u32>;
@group(0) @binding(3) var<storage, read> indices: array<u32>;
@group(0) @binding(4) var<storage, read> values: array<f32>;
@group(0) @binding(5) var<storage, read> weights: array<vec4f>;
@group(0) @binding(6) var<storage, read_write> logits: array<f32>;

// #include "lib/segment.wgsl"
// #include "lib/row.wgsl"
// #include "lib/lane-sums.wgsl"

@compute @workgroup_size(WORKGROUP_SIZE)
fn sparseScores(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let vector = (group.y * groups.x + group.x) * VECTORS + thread % VECTORS;
  let position = vector / CLASSES4;
  let k4 = vector % CLASSES4;
  let row = rowAt(min(position, segment.rows - 1u));  // threads past the last row compute it again
  let end = indptr[row + 1u];

  var ofLane = vec4f();
  for (var a = indptr[row] + thread / VECTORS; a < end; a += LANES) {
    let w = weights[indices[a] * CLASSES4 + k4];
    if (VALUED) { ofLane += values[a] * w; } else { ofLane += w; }
  }
  var z = sumOfLanes(ofLane, thread);

  if (thread >= VECTORS || position >= segment.rows) { return; }
  if (BIAS) { z += weights[FEATURES * CLASSES4 + k4]; }
  for (var c = 0u; c < 4u; c++) { // unroll
    if (4u * k4 + c < CLASSES) { logits[position * CLASSES + 4u * k4 + c] = z[c]; }
  }
}
