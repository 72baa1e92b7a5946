// row-norms: squared lengths of rows of a caller's buffer, after each column is shifted and scaled
//
//   norms[to + i] = Σ_j ((x_ij − shift_j) · factor_j)²;  NaN if a value of the row is NaN or infinite
//
// LANES threads share a row, each taking every LANES-th column. A sum that overflows is infinite.

const FEATURES: u32 = 5u;         // D
const STORAGE: u32 = 0u;          // how source is stored: 0 = f32, 2 = f16
const LANES: u32 = 16u;           // threads that share a row; a power of two, at most WORKGROUP_SIZE
const WORKGROUP_SIZE: u32 = 64u;

const ROWS_PER_GROUP: u32 = WORKGROUP_SIZE / LANES;

@group(0) @binding(0) var<uniform> piece: Piece;
@group(0) @binding(1) var<storage, read> source: array<u32>;
@group(0) @binding(2) var<storage, read> columns: array<vec2f>;     // (shift, factor) of each column
@group(0) @binding(3) var<storage, read_write> norms: array<u32>;   // bits of f32

// #include "lib/piece.wgsl"
// #include "lib/reduce.wgsl"

@compute @workgroup_size(WORKGROUP_SIZE)
fn rowNorms(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let i = (group.y * groups.x + group.x) * ROWS_PER_GROUP + thread / LANES;
  let lane = thread % LANES;
  let row = min(i, piece.rows - 1u);  // threads past the last row compute it again
  var sum = 0.0;
  var isLost = 0.0;
  for (var j = lane; j < FEATURES; j += LANES) {
    let bits = bitsAt(row, j);
    let value = (unpacked(bits) - columns[j].x) * columns[j].y;
    sum += value * value;
    if (areNotFinite(bits)) { isLost = 1.0; }
  }
  sum = sumOver(sum, thread, LANES);
  isLost = maxOver(isLost, thread, LANES);
  if (i < piece.rows && lane == 0u) {
    norms[piece.to + i] = select(bitcast<u32>(sum), 0x7fc00000u, isLost > 0.0);
  }
}
