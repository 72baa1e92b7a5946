// fill: fills the buffer of the read measurement with words that no memory can compress and whose sum is known
//
//   word n = n · 2654435761 mod 2³²

const WORKGROUP_SIZE: u32 = 256u;

struct Range {
  vectors: u32,
}

@group(0) @binding(0) var<uniform> range: Range;
@group(0) @binding(1) var<storage, read_write> words: array<vec4u>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn fill(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let at = (group.y * groups.x + group.x) * WORKGROUP_SIZE + thread;
  if (at >= range.vectors) { return; }
  words[at] = (4u * at + vec4u(0u, 1u, 2u, 3u)) * 2654435761u;
}
