// augmented-features: X with one more column for the bias. Needs what features.wgsl needs, and the constant FEATURES4.

// #include "features.wgsl"

// Returns features 4d … 4d + 3 of a row; d = FEATURES4 is the column of the bias, (1, 0, 0, 0), which is not stored.
fn augmentedAt(row: u32, d: u32) -> vec4f {
  let vector = row * FEATURES4 + min(d, FEATURES4 - 1u);
  return select(xAt(vector), vec4f(1.0, 0.0, 0.0, 0.0), d >= FEATURES4);
}
