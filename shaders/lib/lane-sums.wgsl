// lane-sums: sums of vectors of four over LANES threads. Needs the constants LANES and WORKGROUP_SIZE.

const VECTORS: u32 = WORKGROUP_SIZE / LANES;  // sums of a workgroup; its threads 0 … VECTORS − 1 are their first lanes

var<workgroup> laneSums: array<vec4f, WORKGROUP_SIZE>;

// Returns the sum of ofLane over the threads that share a vector, whose numbers are VECTORS apart: a tree of a fixed order
// in workgroup memory. All threads of the workgroup must call this function, because of its barriers.
fn sumOfLanes(ofLane: vec4f, thread: u32) -> vec4f {
  if (LANES == 1u) { return ofLane; }
  laneSums[thread] = ofLane;
  workgroupBarrier();
  for (var half = LANES / 2u; half > 0u; half /= 2u) {
    if (thread / VECTORS < half) { laneSums[thread] += laneSums[thread + half * VECTORS]; }
    workgroupBarrier();
  }
  return laneSums[thread % VECTORS];
}
