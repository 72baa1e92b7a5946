// weighted-rows: each row times its weight,  T [rows,n] = diag(w) X̃,  X̃ = (X, 1) with a bias, else X
//
// With T in the place of dLogits, the gradient kernels compute second moments, X̃ᵀ diag(w) X̃ = Tᵀ X̃ [n,n]. One thread
// writes a vector of a row.

const CLASSES: u32 = 5u;          // n, numbers in a row of T
const FEATURES4: u32 = 1u;        // ⌈D/4⌉, vectors in a row of X
const BIAS: bool = true;
const STORAGE: u32 = 0u;          // how X is stored: 0 = f32, 1 = u8, 2 = f16
const SCALED: bool = false;       // true: bytes and halves are multiplied by segment.unit; false: bytes by 1/255
const WORKGROUP_SIZE: u32 = 64u;

const FEATURES: u32 = CLASSES - select(0u, 1u, BIAS);
const VECTORS: u32 = FEATURES4 + select(0u, 1u, BIAS);  // in a row of X̃; the last one holds the 1 of the bias

@group(0) @binding(0) var<uniform> segment: Segment;
@group(0) @binding(1) var<storage, read> order: array<u32>;
@group(0) @binding(2) var<storage, read> x: array<vec4u>;
@group(0) @binding(3) var<storage, read> sampleWeights: array<f32>;
@group(0) @binding(4) var<storage, read_write> dLogits: array<f32>;

// #include "lib/segment.wgsl"
// #include "lib/row.wgsl"
// #include "lib/augmented-features.wgsl"

@compute @workgroup_size(WORKGROUP_SIZE)
fn weightedRows(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let index = (group.y * groups.x + group.x) * WORKGROUP_SIZE + thread;
  let i = index / VECTORS;
  let d = index % VECTORS;
  if (i >= segment.rows) { return; }
  let row = rowAt(i);
  let t = sampleWeights[row] * augmentedAt(row, d);
  let at = i * CLASSES;
  for (var j = 0u; j < 4u; j++) { // unroll
    if (4u * d + j < FEATURES) { dLogits[at + 4u * d + j] = t[j]; }
  }
  if (BIAS && d == FEATURES4) { dLogits[at + FEATURES] = t.x; }
}
