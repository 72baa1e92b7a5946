// float-bits: float arithmetic on the bits, which compilers cannot reorder or drop
//
// WGSL lets a compiler assume that there is no infinity and no NaN, so comparisons with them may be dropped.

const LOWEST: f32 = -3.4028234663852886e38;  // the lowest finite float32, instead of −infinity

// Returns whether a score overflowed to infinity or NaN.
fn isNotFinite(value: f32) -> bool {
  return (bitcast<u32>(value) & 0x7f800000u) == 0x7f800000u;
}

// Returns NaN if isLost, else value.
fn orNaN(value: f32, isLost: bool) -> f32 {
  return bitcast<f32>(bitcast<u32>(value) | select(0u, 0x7fc00000u, isLost));
}

// Returns half a value; 0 if half of it would be subnormal. A compiler may rewrite 0.5 (m − z) and 0.5 m − 0.5 z into each
// other, and m − z may overflow.
fn halved(value: f32) -> f32 {
  let bits = bitcast<u32>(value);
  return select(0.0, bitcast<f32>(bits - 0x00800000u), (bits & 0x7f800000u) > 0x00800000u);
}
