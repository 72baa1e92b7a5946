// target: the distribution Q that a row should be predicted as
//
// Needs the bindings segment and targets, and the constants CLASSES, TARGETS (0 = none, 1 = a label per row, 2 = a
// distribution per row, f32) and SMOOTHED (labels are smoothed by ε; distributions are given smoothed).

// Returns the label of a row; 0 if rows have no labels.
fn labelAt(row: u32) -> u32 {
  if (TARGETS == 1u) { return targets[row]; }
  return 0u;
}

// Returns q_k, the target probability of class k: of a label (1 − ε) onehot + ε/K; 0 without targets. The label is an
// argument so that one load serves all classes.
fn targetAt(row: u32, label: u32, k: u32) -> f32 {
  if (TARGETS == 1u) {
    let q = select(0.0, 1.0, label == k);
    if (!SMOOTHED) { return q; }
    return (1.0 - segment.labelSmoothing) * q + segment.labelSmoothing / f32(CLASSES);
  }
  if (TARGETS == 2u) { return bitcast<f32>(targets[row * CLASSES + k]); }
  return 0.0;
}
