// adamw: reduces the partial gradients and moves the parameters by their first two moments
//
//   G = Σ_P partial                                          without the penalty: that is in the decay
//   m ← m + (1 − β₁)(G − m)
//   v ← v + (1 − β₂)(G² − v)
//   W ← W − η·2λW − η m̂ / (√v̂ + ε)                           the bias does not decay
//
// The corrections m̂ = m / (1 − β₁ᵗ) and v̂ = v / (1 − β₂ᵗ) change with the step alone. The host has put them into
// learningRate = η √(1 − β₂ᵗ) / (1 − β₁ᵗ) and epsilon = ε √(1 − β₂ᵗ), so that m and √v stand here for themselves.
// One thread owns four neighbouring parameters.

const CLASSES: u32 = 3u;          // K
const FEATURES4: u32 = 1u;        // ⌈D/4⌉
const BIAS: bool = true;
const WORKGROUP_SIZE: u32 = 64u;

const WEIGHTS4: u32 = FEATURES4 + select(0u, 1u, BIAS);  // vectors in a row of W, the bias being the last

struct Segment {
  first: u32,
  rows: u32,
  shuffled: u32,
  lossSlot: u32,
  scale: f32,
  splits: u32,
  accumulate: u32,
  learningRate: f32,
  momentum: f32,
  nesterov: u32,
  l2: f32,
  labelSmoothing: f32,
  l1: f32,
  gain1: f32,
  gain2: f32,
  epsilon: f32,
  decay: f32,
  averaged: u32,
  unit: f32,
}

@group(0) @binding(0) var<uniform> segment: Segment;
@group(0) @binding(1) var<storage, read> partials: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> weights: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> velocity: array<vec4f>;      // m
@group(0) @binding(4) var<storage, read_write> secondMoment: array<vec4f>;  // v

@compute @workgroup_size(WORKGROUP_SIZE)
fn adamw(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let at = (group.y * groups.x + group.x) * WORKGROUP_SIZE + thread;
  if (at >= CLASSES * WEIGHTS4) { return; }

  var g = vec4f();
  for (var p = 0u; p < segment.splits; p++) {
    g += partials[p * CLASSES * WEIGHTS4 + at];
  }
  let m = velocity[at] + segment.gain1 * (g - velocity[at]);
  let v = secondMoment[at] + segment.gain2 * (g * g - secondMoment[at]);
  let w = weights[at];
  var decayed = w;
  if (at % WEIGHTS4 < FEATURES4) { decayed -= segment.decay * w; }
  velocity[at] = m;
  secondMoment[at] = v;
  weights[at] = decayed - segment.learningRate * m / (sqrt(v) + segment.epsilon);
}
