// outcomes: predictions of a segment of rows, from their scores
//
//   predicted  = the class with the highest score
//   confidence = its probability, 1 / Σ_c exp(z_c − m) with m = max_k z_k
//   rank       = number of classes with a higher score than the target class, or the same score and a lower index
//
// The target class of a distribution is its likeliest one; of equal scores or probabilities the lowest class counts.
// Without targets the rank is K. LANES threads share a row, each taking every LANES-th class, and reduce in workgroup
// memory. Rows are taken in their stored order, from the segment's first on. If one of a row's scores overflowed,
// predicted is 0, confidence NaN and rank K.

const CLASSES: u32 = 3u;          // K
const TARGETS: u32 = 1u;          // 0 = none, 1 = a label per row, 2 = a distribution per row (f32)
const LANES: u32 = 1u;            // threads that share a row; a power of two, at most WORKGROUP_SIZE
const WORKGROUP_SIZE: u32 = 64u;

const ROWS_PER_GROUP: u32 = WORKGROUP_SIZE / LANES;

@group(0) @binding(0) var<uniform> segment: Segment;
@group(0) @binding(1) var<storage, read> targets: array<u32>;
@group(0) @binding(2) var<storage, read> logits: array<f32>;
@group(0) @binding(3) var<storage, read_write> ofRows: array<u32>;  // [rows,3]: predicted, bits of confidence, rank

// #include "lib/segment.wgsl"
// #include "lib/reduce.wgsl"
// #include "lib/float-bits.wgsl"

// Returns a row's target class; 0 without targets. All threads of the workgroup must call this function, because of its
// barriers.
fn targetClass(row: u32, thread: u32) -> u32 {
  if (TARGETS == 1u) { return targets[row]; }
  if (TARGETS == 0u) { return 0u; }
  var qMax = -1.0;
  var likeliest = 0u;
  for (var k = thread % LANES; k < CLASSES; k += LANES) {
    let q = bitcast<f32>(targets[row * CLASSES + k]);
    likeliest = select(likeliest, k, q > qMax);
    qMax = max(qMax, q);
  }
  let highest = maxOver(qMax, thread, LANES);
  return lowestOverLanes(likeliest, qMax == highest, thread);
}

// Returns the lowest of the lanes' classes k that count, as the largest negated one, which is exact below 2²⁴ classes.
// Returns 0 if none counts, which happens if scores overflowed.
fn lowestOverLanes(k: u32, counts: bool, thread: u32) -> u32 {
  return u32(-maxOver(select(-f32(CLASSES), -f32(k), counts), thread, LANES)) % CLASSES;
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn outcomes(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let position = (group.y * groups.x + group.x) * ROWS_PER_GROUP + thread / LANES;
  let lane = thread % LANES;
  let here = min(position, segment.rows - 1u);       // threads past the last row compute it again
  let z = here * CLASSES;
  let expected = targetClass(segment.first + here, thread);
  let expectedScore = logits[z + expected];

  var m = LOWEST;
  var best = 0u;
  var before = 0.0;
  for (var k = lane; k < CLASSES; k += LANES) {
    let score = logits[z + k];
    best = select(best, k, score > m);
    m = max(m, score);
    before += select(0.0, 1.0, (score > expectedScore) | ((score == expectedScore) & (k < expected)));
    before += select(0.0, f32(CLASSES), isNotFinite(score));
  }
  let highest = maxOver(m, thread, LANES);
  let predicted = lowestOverLanes(best, m == highest, thread);
  let rank = sumOver(before, thread, LANES);
  let isLost = rank >= f32(CLASSES);                 // a finite score has fewer classes before it

  var sum = 0.0;
  for (var k = lane; k < CLASSES; k += LANES) { sum += exp(logits[z + k] - highest); }
  sum = sumOver(sum, thread, LANES);

  if (position < segment.rows && lane == 0u) {
    ofRows[3u * here] = select(predicted, 0u, isLost);
    ofRows[3u * here + 1u] = select(bitcast<u32>(1.0 / sum), 0x7fc00000u, isLost);
    ofRows[3u * here + 2u] = select(u32(rank), CLASSES, isLost || TARGETS == 0u);
  }
}
