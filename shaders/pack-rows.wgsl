// pack-rows: rows of a caller's buffer in the layout that the other kernels read, padded with zeros to whole vectors of
// four values
//
//   packed[to + i] = x[i], or x[order[listed + i]];  if SCALED, (x − shift) · factor of each column, as f32
//
// One thread writes a word: an f32, or two neighbouring halves. Bits are copied as they are, unless rows are scaled.

const FEATURES: u32 = 5u;         // D
const STORAGE: u32 = 0u;          // how source is stored: 0 = f32, 2 = f16
const LISTED: bool = false;       // true: rows whose indices stand in order; false: one after the other
const SCALED: bool = false;       // true: values are shifted, scaled and limited, and written as f32
const WORKGROUP_SIZE: u32 = 64u;

const HALVES: bool = STORAGE == 2u && !SCALED;                      // a word holds two values
const WORDS: u32 = (FEATURES + 3u) / 4u * select(4u, 2u, HALVES);   // in a row of the result

@group(0) @binding(0) var<uniform> piece: Piece;
@group(0) @binding(1) var<storage, read> order: array<u32>;
@group(0) @binding(2) var<storage, read> source: array<u32>;
@group(0) @binding(3) var<storage, read> columns: array<vec2f>;     // (shift, factor) of each column
@group(0) @binding(4) var<storage, read_write> packed: array<u32>;

// #include "lib/piece.wgsl"

// Returns the bits of value j of a row; 0 beyond the last column.
fn paddedAt(row: u32, j: u32) -> u32 {
  return select(bitsAt(row, min(j, FEATURES - 1u)), 0u, j >= FEATURES);
}

// Returns value j of a row, scaled; 0 beyond the last column.
fn scaledAt(row: u32, j: u32) -> f32 {
  let column = columns[min(j, FEATURES - 1u)];
  let value = (unpacked(paddedAt(row, j)) - column.x) * column.y;
  return select(clamp(value, -piece.limit, piece.limit), 0.0, j >= FEATURES);
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn packRows(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) thread: u32,
) {
  let index = (group.y * groups.x + group.x) * WORKGROUP_SIZE + thread;
  let i = index / WORDS;
  let word = index % WORDS;
  if (i >= piece.rows) { return; }
  var row = i;
  if (LISTED) { row = order[piece.listed + i]; }
  let at = (piece.to + i) * WORDS + word;
  if (SCALED) {
    packed[at] = bitcast<u32>(scaledAt(row, word));
  } else if (HALVES) {
    packed[at] = paddedAt(row, 2u * word) | (paddedAt(row, 2u * word + 1u) << 16u);
  } else {
    packed[at] = paddedAt(row, word);
  }
}
