// sgd: sums the partial gradients and updates the parameters
//
//   G = Σ_P partial + 2λW          the bias is not penalised
//   v ← μv + G
//   W ← W − ηv                     Nesterov: W ← W − η(G + μv)
//   W ← sign(W) max(|W| − ηλ₁, 0)  if λ₁ > 0: the proximal step of λ₁‖W‖₁; the bias is not penalised
//
// LANES threads share a vector of four neighbouring parameters; the first of them updates it. With TAKE, the kernel writes
// G to the binding velocity and updates nothing: that is how the gradient over all rows is read back.

const CLASSES: u32 = 3u;          // K, rows of W; 1 if W lies feature by feature, all in one row
const FEATURES4: u32 = 1u;        // vectors of weights in a row of W: ⌈D/4⌉, or D ⌈K/4⌉
const BIAS4: u32 = 1u;            // vectors of the bias behind them: 1, or ⌈K/4⌉; 0 without a bias
const TAKE: bool = false;         // true: write G instead of updating
const LANES: u32 = 1u;            // threads that share the sum of a vector's partial gradients; a power of two
const WORKGROUP_SIZE: u32 = 64u;  // a multiple of LANES

const WEIGHTS4: u32 = FEATURES4 + BIAS4;  // vectors in a row of W

@group(0) @binding(0) var<uniform> segment: Segment;
@group(0) @binding(1) var<storage, read> partials: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> weights: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> velocity: array<vec4f>;

// #include "lib/segment.wgsl"
// #include "lib/gradient-sum.wgsl"

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
  let isBias = at % WEIGHTS4 >= FEATURES4;
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
