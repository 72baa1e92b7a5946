// adamw: sums the partial gradients and updates the parameters by AdamW
//
//   G = Σ_P partial                                          without the penalty: that is in the decay
//   m ← m + (1 − β₁)(G − m)
//   v ← v + (1 − β₂)(G² − v)
//   W ← W − η·2λW − η m̂ / (√v̂ + ε)                           the bias does not decay
//
// The bias corrections m̂ = m / (1 − β₁ᵗ) and v̂ = v / (1 − β₂ᵗ) depend on the step alone. The host folds them into
// learningRate = η √(1 − β₂ᵗ) / (1 − β₁ᵗ) and epsilon = ε √(1 − β₂ᵗ), so the kernel uses m and √v uncorrected.
// LANES threads share a vector of four neighbouring parameters; the first of them updates it.

const CLASSES: u32 = 3u;          // K, rows of W; 1 if W lies feature by feature, all in one row
const FEATURES4: u32 = 1u;        // vectors of weights in a row of W: ⌈D/4⌉, or D ⌈K/4⌉
const BIAS4: u32 = 1u;            // vectors of the bias behind them: 1, or ⌈K/4⌉; 0 without a bias
const LANES: u32 = 1u;            // threads that share the sum of a vector's partial gradients; a power of two
const WORKGROUP_SIZE: u32 = 64u;  // a multiple of LANES

const WEIGHTS4: u32 = FEATURES4 + BIAS4;  // vectors in a row of W

@group(0) @binding(0) var<uniform> segment: Segment;
@group(0) @binding(1) var<storage, read> partials: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> weights: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> velocity: array<vec4f>;      // m
@group(0) @binding(4) var<storage, read_write> secondMoment: array<vec4f>;  // v

// #include "lib/segment.wgsl"
// #include "lib/gradient-sum.wgsl"

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
