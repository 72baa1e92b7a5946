/** The most multiply-adds in vectors of four that this machine can do, against which the kernels are measured. */
import { multiplyAdd, sumOf } from "../../src/backends/wasm/assembly/simd";

/**
 * Runs `rounds` of ten independent chains a ← factor·a + term, 80 operations each. Returns their sum, so that no
 * compiler can drop one. Factor and term are parameters, since some engines build a constant anew for every use.
 */
export function multiplyAddCeiling(rounds: u32, factor: f32, term: f32): f32 {
  const x = f32x4.splat(factor);
  const y = f32x4.splat(term);
  let a = f32x4.splat(0);
  let b = f32x4.splat(1);
  let c = f32x4.splat(2);
  let d = f32x4.splat(3);
  let e = f32x4.splat(4);
  let f = f32x4.splat(5);
  let g = f32x4.splat(6);
  let h = f32x4.splat(7);
  let i = f32x4.splat(8);
  let j = f32x4.splat(9);
  for (let round: u32 = 0; round < rounds; round++) {
    a = multiplyAdd(a, x, y);
    b = multiplyAdd(b, x, y);
    c = multiplyAdd(c, x, y);
    d = multiplyAdd(d, x, y);
    e = multiplyAdd(e, x, y);
    f = multiplyAdd(f, x, y);
    g = multiplyAdd(g, x, y);
    h = multiplyAdd(h, x, y);
    i = multiplyAdd(i, x, y);
    j = multiplyAdd(j, x, y);
  }
  const low = f32x4.add(f32x4.add(a, b), f32x4.add(c, d));
  const high = f32x4.add(f32x4.add(e, f), f32x4.add(g, h));
  return sumOf(f32x4.add(f32x4.add(low, high), f32x4.add(i, j)));
}
