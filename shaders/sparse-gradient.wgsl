// sparse-gradient: gradient of a segment of sparse rows,  G [D,K] = Xᵀ [D,rows] · dLogits [rows,K], added to partials
//
// The rows come transposed, as a list of the columns that have a value: column columns[c].x has the entries from
// columns[c].y up to columns[c + 1].y, entry e being the value entryValues[e] in the row at positions[e] of the segment. The
// bias is one more column, with a 1 in every row. G lies as W in sparse-scores.wgsl. LANES threads share a vector of
// four elements of G, each taking every LANES-th entry of its column, so that nothing is added by two threads at once and
// sums have a fixed order. One dispatch takes the columns with few entries, a thread for each vector; another those with
// many.

const CLASSES: u32 = 3u;          // K
const VALUED: bool = true;        // false: every stored value is 1, and entryValues is not read
const SQUARED: bool = false;      // true: squares of the values take their place
const LONG: bool = false;         // the columns to take: true: those with many entries; false: those with few
const LANES: u32 = 1u;            // threads that share a vector of G; a power of two
const WORKGROUP_SIZE: u32 = 64u;  // a multiple of LANES

const CLASSES4: u32 = (CLASSES + 3u) / 4u;  // vectors in a row of G

@group(0) @binding(0) var<uniform> segment: Segment;
@group(0) @binding(1) var<storage, read> columns: array<vec2u>;    // (column, its first entry)
@group(0) @binding(2) var<storage, read> positions: array<u32>;
@group(0) @binding(3) var<storage, read> entryValues: array<f32>;
@group(0) @binding(4) var<storage, read> dLogits: array<f32>;
@group(0) @binding(5) var<storage, read_write> partials: array<vec4f>;

// #include "lib/segment.wgsl"
// #include "lib/lane-sums.wgsl"

// Returns dLogits of four classes of a row; past the last class, that of the last one.
fn dLogitsAt(position: u32, k4: u32) -> vec4f {
  var t = vec4f();
  for (var c = 0u; c < 4u; c++) { // unroll
    t[c] = dLogits[position * CLASSES + min(4u * k4 + c, CLASSES - 1u)];
  }
  return t;
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn sparseGradient(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let vector = (group.y * groups.x + group.x) * VECTORS + thread % VECTORS;
  let k4 = vector % CLASSES4;
  let count = select(segment.shortColumns, segment.longColumns, LONG);
  let first = segment.columns + select(0u, segment.shortColumns, LONG);
  let c = first + min(vector / CLASSES4, count - 1u);  // threads past the last column compute it again
  let end = columns[c + 1u].y;

  var ofLane = vec4f();
  for (var e = columns[c].y + thread / VECTORS; e < end; e += LANES) {
    let t = dLogitsAt(positions[e], k4);
    if (VALUED) {
      // A dLogit of 0 counts for nothing: a row with s = 0 may have values that are not finite.
      let isZero = (bitcast<vec4u>(t) & vec4u(0x7fffffffu)) == vec4u();
      let value = entryValues[e];
      ofLane += select(select(value, value * value, SQUARED) * t, vec4f(), isZero);
    } else {
      ofLane += t;
    }
  }
  let g = sumOfLanes(ofLane, thread);

  if (thread >= VECTORS || vector / CLASSES4 >= count) { return; }
  let isClass = vec4u(4u * k4) + vec4u(0u, 1u, 2u, 3u) < vec4u(CLASSES);
  partials[columns[c].x * CLASSES4 + k4] += select(vec4f(), g, isClass);
}
