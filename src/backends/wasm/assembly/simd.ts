/**
 * Small vector functions of the kernels (AssemblyScript; the optimiser inlines them). Vectors are four f32.
 */

/** Returns a·b + c; one instruction, and usually one rounding, in the build with relaxed SIMD. */
export function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

/** Returns the sum of the four lanes. */
export function sumOf(v: v128): f32 {
  return (
    f32x4.extract_lane(v, 0) +
    f32x4.extract_lane(v, 1) +
    (f32x4.extract_lane(v, 2) + f32x4.extract_lane(v, 3))
  );
}

/** Returns the largest of the four lanes. */
export function maxOf(v: v128): f32 {
  const low = max(f32x4.extract_lane(v, 0), f32x4.extract_lane(v, 1));
  return max(low, max(f32x4.extract_lane(v, 2), f32x4.extract_lane(v, 3)));
}

/**
 * Returns e^x for x ≤ 0, within 2 units in the last place; 0 where the result would be subnormal.
 * x = n ln 2 + r with |r| ≤ ½ ln 2; e^r by its Taylor series to r⁷, whose remainder is below 2⁻²⁶.
 */
export function exp(x: v128): v128 {
  const isNormal = f32x4.gt(x, f32x4.splat(-87.0));
  const clamped = f32x4.max(x, f32x4.splat(-87.0));
  const n = f32x4.nearest(f32x4.mul(clamped, f32x4.splat(1.44269504)));
  // ln 2 in two parts, the first short enough for n times it to be exact.
  const high = multiplyAdd(n, f32x4.splat(-0.693359375), clamped);
  const r = multiplyAdd(n, f32x4.splat(2.1219444e-4), high);
  let p = f32x4.splat(1.0 / 5040.0);
  p = multiplyAdd(p, r, f32x4.splat(1.0 / 720.0));
  p = multiplyAdd(p, r, f32x4.splat(1.0 / 120.0));
  p = multiplyAdd(p, r, f32x4.splat(1.0 / 24.0));
  p = multiplyAdd(p, r, f32x4.splat(1.0 / 6.0));
  p = multiplyAdd(p, r, f32x4.splat(0.5));
  p = multiplyAdd(p, r, f32x4.splat(1.0));
  p = multiplyAdd(p, r, f32x4.splat(1.0));
  const power = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23);
  return v128.and(f32x4.mul(p, power), isNormal);
}

/**
 * Returns ln x for x ≥ 1, to about 1e-15, and x itself if it is not finite.
 * x = 2^e m with m in [√½, √2), ln m = 2 artanh((m − 1)/(m + 1)).
 */
export function log(x: f64): f64 {
  if (!(x < Infinity)) return x;
  let bits = reinterpret<u64>(x);
  // Moving the split from 1 to √½ puts m around 1, where the series is short.
  const shifted = bits - 0x3fe6_a09e_0000_0000;
  const e = i32(i64(shifted) >> 52);
  bits = (shifted & 0x000f_ffff_ffff_ffff) + 0x3fe6_a09e_0000_0000;
  const m = reinterpret<f64>(bits);
  const s = (m - 1.0) / (m + 1.0);
  const q = s * s;
  let series: f64 = 1.0 / 17.0;
  series = series * q + 1.0 / 15.0;
  series = series * q + 1.0 / 13.0;
  series = series * q + 1.0 / 11.0;
  series = series * q + 1.0 / 9.0;
  series = series * q + 1.0 / 7.0;
  series = series * q + 1.0 / 5.0;
  series = series * q + 1.0 / 3.0;
  series = series * q + 1.0;
  return f64(e) * 0.6931471805599453 + 2.0 * s * series;
}
