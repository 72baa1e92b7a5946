// forward-rows: common parts of forward.wgsl and forward-quad.wgsl, which differ in how they compute scores
//
// Needs what softmax-row.wgsl needs, the binding weights, and the constants WEIGHTS4, BIAS and GROUP_ROWS.

// #include "softmax-row.wgsl"

const ROWS_AT_ONCE: u32 = WORKGROUP_SIZE / LANES;

// Writes a score, with the bias added. Threads outside the segment or the classes write the last row's or class's score
// once more: redundant, but cheaper than branches in a loop.
fn writeScore(position: u32, k: u32, z: f32) {
  let row = min(position, segment.rows - 1u);
  let column = min(k, CLASSES - 1u);
  logits[row * CLASSES + column] = z + select(0.0, weights[column * WEIGHTS4 + WEIGHTS4 - 1u].x, BIAS);
}

// Turns the scores of the workgroup's GROUP_ROWS rows into dLogits and writes their loss.
fn softmaxRows(groupIndex: u32, thread: u32) {
  let firstPosition = groupIndex * GROUP_ROWS;
  var ofThread = vec2f();
  for (var i = 0u; i < GROUP_ROWS; i += ROWS_AT_ONCE) {
    let row = i + thread / LANES;
    let position = firstPosition + row;
    ofThread += softmaxRow(position, row < GROUP_ROWS && position < segment.rows, thread);
  }
  writeLosses(groupIndex, firstPosition, ofThread, thread);
}
