// gradient-sum: the gradient as the sum of the partial gradients
//
// Needs the bindings segment and partials, and the constants CLASSES, WEIGHTS4, LANES and WORKGROUP_SIZE.

// #include "lane-sums.wgsl"

// Returns Σ_P partial of a vector of four parameters. Neighbouring threads read neighbouring vectors; each lane adds up
// every LANES-th partial gradient. All threads of the workgroup must call this function, because of its barriers.
fn gradientAt(at: u32, thread: u32) -> vec4f {
  let lane = thread / VECTORS;
  var g = vec4f();
  if (at < CLASSES * WEIGHTS4) {
    for (var p = lane; p < segment.splits; p += LANES) {
      g += partials[p * CLASSES * WEIGHTS4 + at];
    }
  }
  return sumOfLanes(g, thread);
}
