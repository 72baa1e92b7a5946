// average: the mean of the parameters over the last steps, W̄ ← W̄ + (W − W̄)/n
//
// n counts the averaged steps, this one included. With n = 1, W̄ becomes W whatever it held before; with n = 0, nothing is
// written. One thread owns four neighbouring parameters.

const CLASSES: u32 = 3u;          // K, rows of W; 1 if W lies feature by feature, all in one row
const FEATURES4: u32 = 1u;        // vectors of weights in a row of W: ⌈D/4⌉, or D ⌈K/4⌉
const BIAS4: u32 = 1u;            // vectors of the bias behind them: 1, or ⌈K/4⌉; 0 without a bias
const WORKGROUP_SIZE: u32 = 64u;

const WEIGHTS4: u32 = FEATURES4 + BIAS4;  // vectors in a row of W

@group(0) @binding(0) var<uniform> segment: Segment;
@group(0) @binding(1) var<storage, read> weights: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> mean: array<vec4f>;  // W̄

// #include "lib/segment.wgsl"

@compute @workgroup_size(WORKGROUP_SIZE)
fn average(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let at = (group.y * groups.x + group.x) * WORKGROUP_SIZE + thread;
  if (at >= CLASSES * WEIGHTS4 || segment.averaged == 0u) { return; }
  let w = weights[at];
  let moved = mean[at] + (w - mean[at]) / f32(segment.averaged);
  mean[at] = select(moved, w, segment.averaged == 1u);
}
