// sgd: reduces the partial gradients and moves the parameters
//
//   G = Σ_P partial + 2λW          the bias is not penalised
//   v ← μv + G
//   W ← W − ηv                     Nesterov: W ← W − η(G + μv)
//   W ← sign(W) max(|W| − ηλ₁, 0)  the proximal step of λ₁‖W‖₁, where λ₁ > 0; the bias is not penalised
//
// LANES threads share a vector of four neighbouring parameters; one of them moves it. With TAKE, G is left in the place of the velocity and nothing
// moves: that is how the gradient over all rows is taken out.

const CLASSES: u32 = 3u;          // K
const FEATURES4: u32 = 1u;        // ⌈D/4⌉
const BIAS: bool = true;
const TAKE: bool = false;
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
@group(0) @binding(3) var<storage, read_write> velocity: array<vec4f>;

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
fn sgd(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let at = (group.y * groups.x + group.x) * VECTORS + thread % VECTORS;
  var g = gradientAt(at, thread);
  if (thread >= VECTORS || at >= CLASSES * WEIGHTS4) { return; }
  let w = weights[at];
  let isBias = at % WEIGHTS4 == FEATURES4;
  if (!isBias) { g += 2.0 * segment.l2 * w; }
  if (TAKE) {
    velocity[at] = g;
    return;
  }

  let v = segment.momentum * velocity[at] + g;
  let direction = select(v, g + segment.momentum * v, segment.nesterov == 1u);
  velocity[at] = v;
  var moved = w - segment.learningRate * direction;
  if (segment.l1 > 0.0 && !isBias) {
    moved = sign(moved) * max(abs(moved) - segment.learningRate * segment.l1, vec4f());
  }
  weights[at] = moved;
}
