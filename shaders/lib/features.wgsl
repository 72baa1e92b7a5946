// features: values of X, which may be stored as f32, u8 or f16
//
// Needs the bindings segment and x, and the constants STORAGE (0 = f32, 1 = u8, 2 = f16) and SCALED (true: bytes and halves
// are multiplied by segment.unit; false: bytes by 1/255, halves by 1).

// Returns four neighbouring values of X, by the index of their vector.
fn xAt(vector: u32) -> vec4f {
  if (STORAGE == 1u) {
    let bytes = x[vector / 4u][vector % 4u];
    if (!SCALED) { return unpack4x8unorm(bytes); }
    return vec4f((vec4u(bytes) >> vec4u(0u, 8u, 16u, 24u)) & vec4u(255u)) * segment.unit;
  }
  if (STORAGE == 2u) {
    let word = vector % 2u * 2u;
    let halves = vec4f(unpack2x16float(x[vector / 2u][word]), unpack2x16float(x[vector / 2u][word + 1u]));
    if (!SCALED) { return halves; }
    return halves * segment.unit;
  }
  return bitcast<vec4f>(x[vector]);
}
