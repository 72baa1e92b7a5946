// segment: the uniform record that all kernels read
//
// A segment is a batch, or a part of one, whose rows one round of dispatches takes.

struct Segment {
  first: u32,          // position of the segment's first row in order; if not shuffled, that row's index
  rows: u32,           // rows of the segment
  shuffled: u32,       // 1: row indices are read from order
  lossSlot: u32,       // index in losses of the segment's first pair
  scale: f32,          // factor of every s: 1 / Σ s over all rows; in a step of SGD 1 / (B · mean s)
  splits: u32,         // P, the number of partial gradients
  accumulate: u32,     // 1: add to the partial gradients of the batch's earlier segments
  learningRate: f32,   // η; of AdamW with its bias corrections, see adamw.wgsl
  momentum: f32,       // μ of SGD
  nesterov: u32,       // 1: Nesterov's momentum
  l2: f32,             // λ of SGD
  labelSmoothing: f32, // ε of the labels
  l1: f32,             // λ₁ of SGD
  gain1: f32,          // 1 − β₁ of AdamW
  gain2: f32,          // 1 − β₂ of AdamW
  epsilon: f32,        // ε of AdamW, corrected for the step
  decay: f32,          // η·2λ of AdamW, the share that a step takes off each weight
  averaged: u32,       // n, the number of steps in the average after this one; 0: no average
  unit: f32,           // factor from stored bytes or halves to values
  columns: u32,        // of sparse rows: position in columns of the segment's first one
  shortColumns: u32,   // number of columns with few values, which come first
  longColumns: u32,    // number of columns with many values, which follow
}
