// outcomes: what becomes of each row of a segment, from its scores
//
//   predicted  = the class with the highest score, ties to the lowest
//   confidence = its probability, 1 / Σ_c exp(z_c − m) with m = max_k z_k
//   rank       = classes that come before the target's: a higher score, or the same and a lower position
//
// The target of a distribution is its likeliest class, ties to the lowest; without targets the rank is K. LANES
// threads share a row, each taking every LANES-th class, and meet in workgroup memory. Rows are taken as they lie,
// from the segment's first on. A row one of whose scores overflowed has predicted 0, confidence NaN and rank K.

const CLASSES: u32 = 3u;          // K
const TARGETS: u32 = 1u;          // 0 = none, 1 = a label per row, 2 = a distribution per row (f32)
const LANES: u32 = 1u;            // a power of two, at most WORKGROUP_SIZE
const WORKGROUP_SIZE: u32 = 64u;

const ROWS_PER_GROUP: u32 = WORKGROUP_SIZE / LANES;
const LOWEST: f32 = -3.4028234663852886e38;  // not −infinity: implementations may assume there is none

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
@group(0) @binding(1) var<storage, read> targets: array<u32>;
@group(0) @binding(2) var<storage, read> logits: array<f32>;
@group(0) @binding(3) var<storage, read_write> ofRows: array<u32>;  // [rows,3]: predicted, confidence's bits, rank

var<workgroup> meeting: array<f32, WORKGROUP_SIZE>;

fn sumOverLanes(value: f32, thread: u32) -> f32 {
  if (LANES == 1u) { return value; }
  meeting[thread] = value;
  workgroupBarrier();
  for (var half = LANES / 2u; half > 0u; half /= 2u) {
    if (thread % LANES < half) { meeting[thread] += meeting[thread + half]; }
    workgroupBarrier();
  }
  let total = meeting[thread - thread % LANES];
  workgroupBarrier();
  return total;
}

fn maxOverLanes(value: f32, thread: u32) -> f32 {
  if (LANES == 1u) { return value; }
  meeting[thread] = value;
  workgroupBarrier();
  for (var half = LANES / 2u; half > 0u; half /= 2u) {
    if (thread % LANES < half) { meeting[thread] = max(meeting[thread], meeting[thread + half]); }
    workgroupBarrier();
  }
  let highest = meeting[thread - thread % LANES];
  workgroupBarrier();
  return highest;
}

// The class that a row is to be predicted as; every thread of the group must come here.
fn targetOf(row: u32, thread: u32) -> u32 {
  if (TARGETS == 1u) { return targets[row]; }
  if (TARGETS == 0u) { return 0u; }
  var qMax = -1.0;
  var likeliest = 0u;
  for (var k = thread % LANES; k < CLASSES; k += LANES) {
    let q = bitcast<f32>(targets[row * CLASSES + k]);
    likeliest = select(likeliest, k, q > qMax);
    qMax = max(qMax, q);
  }
  let highest = maxOverLanes(qMax, thread);
  return lowestOverLanes(likeliest, qMax == highest, thread);
}

// The lowest of the lanes' classes that count: the largest negated one, exact below 2²⁴ classes. 0 if none does,
// which happens if scores overflowed.
fn lowestOverLanes(k: u32, counts: bool, thread: u32) -> u32 {
  return u32(-maxOverLanes(select(-f32(CLASSES), -f32(k), counts), thread)) % CLASSES;
}

// Whether a score overflowed. Its bits say so: arithmetic may assume that there is no infinity and no NaN.
fn isNotFinite(value: f32) -> bool {
  return (bitcast<u32>(value) & 0x7f800000u) == 0x7f800000u;
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn outcomes(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let position = (group.y * groups.x + group.x) * ROWS_PER_GROUP + thread / LANES;
  let lane = thread % LANES;
  let here = min(position, segment.rows - 1u);       // threads without a row repeat the last one, unseen
  let z = here * CLASSES;
  let expected = targetOf(segment.first + here, thread);
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
  let highest = maxOverLanes(m, thread);
  let predicted = lowestOverLanes(best, m == highest, thread);
  let rank = sumOverLanes(before, thread);
  let isLost = rank >= f32(CLASSES);                 // no finite score has so many before it

  var sum = 0.0;
  for (var k = lane; k < CLASSES; k += LANES) { sum += exp(logits[z + k] - highest); }
  sum = sumOverLanes(sum, thread);

  if (position < segment.rows && lane == 0u) {
    ofRows[3u * here] = select(predicted, 0u, isLost);
    ofRows[3u * here + 1u] = select(bitcast<u32>(1.0 / sum), 0x7fc00000u, isLost);
    ofRows[3u * here + 2u] = select(u32(rank), CLASSES, isLost || TARGETS == 0u);
  }
}
