// clear-gradient: sets the gradient to 0 before the first segment of a batch of sparse rows
//
// sparse-gradient.wgsl adds to it the columns that have a value. One thread owns a vector of four elements.

const VECTORS: u32 = 1u;          // vectors of the gradient
const WORKGROUP_SIZE: u32 = 64u;

@group(0) @binding(0) var<uniform> segment: Segment;
@group(0) @binding(1) var<storage, read_write> partials: array<vec4f>;

// #include "lib/segment.wgsl"

@compute @workgroup_size(WORKGROUP_SIZE)
fn clearGradient(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let at = (group.y * groups.x + group.x) * WORKGROUP_SIZE + thread;
  if (at >= VECTORS || segment.accumulate == 1u) { return; }
  partials[at] = vec4f();
}
