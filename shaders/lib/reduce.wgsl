// reduce: sums and maxima over neighbouring threads, as trees of a fixed order in workgroup memory
//
// All threads of the workgroup must call these functions, because of their barriers. Needs the constant WORKGROUP_SIZE.

var<workgroup> scratch: array<f32, WORKGROUP_SIZE>;

// Returns the sum of value over each aligned run of width threads, to every thread of the run.
fn sumOver(value: f32, thread: u32, width: u32) -> f32 {
  if (width == 1u) { return value; }
  scratch[thread] = value;
  workgroupBarrier();
  for (var half = width / 2u; half > 0u; half /= 2u) {
    if (thread % width < half) { scratch[thread] += scratch[thread + half]; }
    workgroupBarrier();
  }
  let total = scratch[thread - thread % width];
  workgroupBarrier();
  return total;
}

// Returns the highest value of each aligned run of width threads, to every thread of the run.
fn maxOver(value: f32, thread: u32, width: u32) -> f32 {
  if (width == 1u) { return value; }
  scratch[thread] = value;
  workgroupBarrier();
  for (var half = width / 2u; half > 0u; half /= 2u) {
    if (thread % width < half) { scratch[thread] = max(scratch[thread], scratch[thread + half]); }
    workgroupBarrier();
  }
  let highest = scratch[thread - thread % width];
  workgroupBarrier();
  return highest;
}
