// piece: rows as a caller left them in a buffer, and the uniform record of the kernels that read them
//
// Needs the bindings piece and source, an array of words, and the constant STORAGE (0 = f32, 2 = f16).

struct Piece {
  start: u32,   // element of source at which the first row begins
  stride: u32,  // elements from row to row
  rows: u32,    // rows to visit
  listed: u32,  // position in order of the first row's index, if rows are listed
  to: u32,      // row of the result that the first row goes to
  limit: f32,   // largest absolute value that is written, if rows are scaled
}

// Returns the bits of value j of a row, in the low half of the word if it is a float16.
fn bitsAt(row: u32, j: u32) -> u32 {
  let element = piece.start + row * piece.stride + j;
  if (STORAGE == 0u) { return source[element]; }
  return (source[element / 2u] >> (element % 2u * 16u)) & 0xffffu;
}

// Returns the value of these bits.
fn unpacked(bits: u32) -> f32 {
  if (STORAGE == 0u) { return bitcast<f32>(bits); }
  return unpack2x16float(bits).x;
}

// Returns whether these bits are those of NaN or an infinity: WGSL lets a compiler assume that there are none.
fn areNotFinite(bits: u32) -> bool {
  let exponent = select(0x7f800000u, 0x7c00u, STORAGE == 2u);
  return (bits & exponent) == exponent;
}
