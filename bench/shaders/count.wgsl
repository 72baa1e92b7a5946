// count: the least that a dispatch can do and still show that it ran; each waits for the one before it
//
//   total ← total + amount

struct Step {
  amount: u32,
}

@group(0) @binding(0) var<uniform> step: Step;
@group(0) @binding(1) var<storage, read_write> total: array<u32>;

@compute @workgroup_size(1)
fn count() {
  total[0] += step.amount;
}
