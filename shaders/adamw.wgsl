// adamw: reduces the partial gradients and moves the parameters by their first two moments
//
//   G = Σ_P partial                                          without the penalty: that is in the decay
//   m ← m + (1 − β₁)(G − m)
//   v ← v + (1 − β₂)(G² − v)
//   W ← W − η·2λW − η m̂ / (√v̂ + ε)                           the bias does not decay
//
// The corrections m̂ = m / (1 − β₁ᵗ) and v̂ = v / (1 − β₂ᵗ) change with the step alone. The host has put them into
// learningRate = η √(1 − β₂ᵗ) / (1 − β₁ᵗ) and epsilon = ε √(1 − β₂ᵗ), so that m and √v stand here for themselves.
// LANES threads share a vector of four neighbouring parameters; one of them moves it.

const CLASSES: u32 = 3u;          // K
const FEATURES4: u32 = 1u;        // ⌈D/4⌉
const BIAS: bool = true;
const LANES: u32 = 1u;            // threads that share the partial gradients of a vector; a power of two
const WORKGROUP_SIZE: u32 = 64u;  // a multiple of LANES

const VECTORS: u32 = WORKGROUP_SIZE / LANES;
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

var<workgroup> sums: array<vec4f, WORKGROUP_SIZE>;

// Σ_P partial of a vector. Neighbouring threads read neighbouring vectors; each lane adds up every LANES-th partial, and
// the lanes meet in workgroup memory, in a fixed order. Every thread of the group must come here.
fn gradientAt(at: u32, thread: u32) -> vec4f {
  let lane = thread / VECTORS;
  var g = vec4f();
  if (at < CLASSES * WEIGHTS4) {
    for (var p = lane; p < segment.splits; p += LANES) {
      g += partials[p * CLASSES * WEIGHTS4 + at];
    }
  }
  if (LANES == 1u) { return g; }
  sums[thread] = g;
  workgroupBarrier();
  for (var half = LANES / 2u; half > 0u; half /= 2u) {
    if (lane < half) { sums[thread] += sums[thread + half * VECTORS]; }
    workgroupBarrier();
  }
  return sums[thread % VECTORS];
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn adamw(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let at = (group.y * groups.x + group.x) * VECTORS + thread % VECTORS;
  let g = gradientAt(at, thread);
  if (thread >= VECTORS || at >= CLASSES * WEIGHTS4) { return; }
  let m = velocity[at] + segment.gain1 * (g - velocity[at]);
  let v = secondMoment[at] + segment.gain2 * (g * g - secondMoment[at]);
  let w = weights[at];
  var decayed = w;
  if (at % WEIGHTS4 < FEATURES4) { decayed -= segment.decay * w; }
  velocity[at] = m;
  secondMoment[at] = v;
  weights[at] = decayed - segment.learningRate * m / (sqrt(v) + segment.epsilon);
}
