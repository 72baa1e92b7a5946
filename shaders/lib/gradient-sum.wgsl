// gradient-sum: the gradient as the sum of the partial gradients
//
// Needs the bindings segment and partials, and the constants CLASSES, WEIGHTS4, LANES and WORKGROUP_SIZE.

const VECTORS: u32 = WORKGROUP_SIZE / LANES;  // vectors of a workgroup

var<workgroup> laneSums: array<vec4f, WORKGROUP_SIZE>;

// Returns Σ_P partial of a vector of four parameters. Neighbouring threads read neighbouring vectors; each lane adds up
// every LANES-th partial gradient, and the lanes' sums are added in workgroup memory, in a fixed order. All threads of
// the workgroup must call this function, because of its barriers.
fn gradientAt(at: u32, thread: u32) -> vec4f {
  let lane = thread / VECTORS;
  var g = vec4f();
  if (at < CLASSES * WEIGHTS4) {
    for (var p = lane; p < segment.splits; p += LANES) {
      g += partials[p * CLASSES * WEIGHTS4 + at];
    }
  }
  if (LANES == 1u) { return g; }
  laneSums[thread] = g;
  workgroupBarrier();
  for (var half = LANES / 2u; half > 0u; half /= 2u) {
    if (lane < half) { laneSums[thread] += laneSums[thread + half * VECTORS]; }
    workgroupBarrier();
  }
  return laneSums[thread % VECTORS];
}
