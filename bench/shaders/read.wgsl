// read: reads every vector of a buffer once, neighbouring threads reading neighbours, to measure memory bandwidth
//
// A workgroup owns WORKGROUP_SIZE × LOADS consecutive vectors. A thread writes the sum of its LOADS vectors modulo 2³², so
// that a compiler can leave out no load, and any order gives the same sum.

const LOADS: u32 = 16u;           // a multiple of 8
const WORKGROUP_SIZE: u32 = 256u;

struct Range {
  vectors: u32,       // a multiple of WORKGROUP_SIZE × LOADS
}

@group(0) @binding(0) var<uniform> range: Range;
@group(0) @binding(1) var<storage, read> words: array<vec4u>;
@group(0) @binding(2) var<storage, read_write> sums: array<u32>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn readAll(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let groupIndex = group.y * groups.x + group.x;
  let first = groupIndex * WORKGROUP_SIZE * LOADS + thread;
  if (first >= range.vectors) { return; }
  var sum = vec4u();
  for (var i = 0u; i < LOADS; i += 8u) {
    for (var j = 0u; j < 8u; j++) { // unroll
      sum += words[first + (i + j) * WORKGROUP_SIZE];
    }
  }
  sums[groupIndex * WORKGROUP_SIZE + thread] = sum.x + sum.y + sum.z + sum.w;
}
