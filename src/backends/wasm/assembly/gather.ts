/**
 * Finds rows for the kernels: addresses of f32 rows in place, or of copies converted from bytes or halves.
 */

const BYTES: u32 = 1;
const HALVES: u32 = 2;

/**
 * @param index     `count` row numbers
 * @param x         rows, `rowBytes` apart (a multiple of 16), each padded with zeros
 * @param storage   0 f32, 1 bytes, 2 float16
 * @param unit      factor from bytes or halves to values
 * @param vectors   whole vectors of four features in a row
 * @param scratch   room for `count` converted rows, and 64 bytes that the conversion of the last row may overrun
 * @param addresses receives `count` addresses
 */
export function gather(
  index: usize,
  count: u32,
  x: usize,
  rowBytes: usize,
  storage: u32,
  unit: f32,
  vectors: u32,
  scratch: usize,
  addresses: usize,
): void {
  const length = (vectors as usize) << 4;
  for (let i: u32 = 0; i < count; i++) {
    const row = x + (load<u32>(index) as usize) * rowBytes;
    if (storage == BYTES) fromBytes(row, scratch, length, unit);
    if (storage == HALVES) fromHalves(row, scratch, length, unit);
    store<u32>(addresses, u32(storage == 0 ? row : scratch));
    index += 4;
    addresses += 4;
    scratch += length;
  }
}

/** Converts sixteen bytes at a time; values beyond the end of a row are overwritten by the next row. */
function fromBytes(source: usize, target: usize, length: usize, unit: f32): void {
  const units = f32x4.splat(unit);
  for (const end = target + length; target < end; target += 64) {
    const bytes = v128.load(source);
    const low = i16x8.extend_low_i8x16_u(bytes);
    const high = i16x8.extend_high_i8x16_u(bytes);
    v128.store(target, f32x4.mul(f32x4.convert_i32x4_u(i32x4.extend_low_i16x8_u(low)), units));
    v128.store(target, f32x4.mul(f32x4.convert_i32x4_u(i32x4.extend_high_i16x8_u(low)), units), 16);
    v128.store(target, f32x4.mul(f32x4.convert_i32x4_u(i32x4.extend_low_i16x8_u(high)), units), 32);
    v128.store(target, f32x4.mul(f32x4.convert_i32x4_u(i32x4.extend_high_i16x8_u(high)), units), 48);
    source += 16;
  }
}

/**
 * Moves exponent and mantissa to their places in a float32, whose exponent bias is 112 larger; right for subnormals
 * too.
 */
function fromHalves(source: usize, target: usize, length: usize, unit: f32): void {
  const units = f32x4.splat(unit);
  const rebias = i32x4.splat(0x7780_0000);
  for (const end = target + length; target < end; target += 16) {
    const half = v128.load16x4_u(source);
    const magnitude = i32x4.shl(v128.and(half, i32x4.splat(0x7fff)), 13);
    const sign = i32x4.shl(v128.and(half, i32x4.splat(0x8000)), 16);
    v128.store(target, v128.or(f32x4.mul(f32x4.mul(magnitude, rebias), units), sign));
    source += 8;
  }
}
