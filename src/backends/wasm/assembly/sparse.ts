/**
 * Scores and gradient of sparse rows, in CSR form. W and dWeights lie feature by feature, `rowBytes` apart: the weights
 * of a feature for all classes, which a stored value needs together. A feature has 4 bytes if two classes mirror each
 * other, 8 bytes for one or two classes, else whole vectors, of which up to four at a time stay in registers while the
 * values of a row go by.
 */
import { multiplyAdd } from "./simd";

/** Returns the value at `at` bytes; 1 if no values are stored. */
function valueAt(values: usize, at: usize): v128 {
  return values ? v128.load32_splat(values + at) : f32x4.splat(1);
}

/** Returns the value at `at` bytes, or its square. */
function factorAt(values: usize, at: usize, isSquared: bool): v128 {
  const x = valueAt(values, at);
  return isSquared ? f32x4.mul(x, x) : x;
}

/**
 * Z [rows,K] = X [rows,D] · Wᵀ + b
 *
 * @param index    `count` row numbers
 * @param indptr   where the values of each row begin, u32
 * @param indices  the column of each value, u32
 * @param values   f32, or 0 if all are 1
 * @param bias     a row of scores
 * @param rowBytes bytes from one feature's weights to the next
 * @param logits   `count` rows, `stride` bytes apart
 */
export function sparseMatmul(
  index: usize,
  count: u32,
  indptr: usize,
  indices: usize,
  values: usize,
  weights: usize,
  bias: usize,
  rowBytes: usize,
  logits: usize,
  stride: usize,
): void {
  for (let i: u32 = 0; i < count; i++) {
    const row = indptr + ((load<u32>(index + ((i as usize) << 2)) as usize) << 2);
    const begin = (load<u32>(row) as usize) << 2;
    const end = (load<u32>(row, 4) as usize) << 2;
    if (rowBytes == 4) mirroredScores(begin, end, indices, values, weights, bias, logits);
    else if (rowBytes == 8) scoresOfTwo(begin, end, indices, values, weights, bias, logits);
    else {
      let k: usize = 0;
      for (; k + 64 <= stride; k += 64)
        scoresOfSixteen(begin, end, indices, values, weights + k, bias + k, rowBytes, logits + k);
      if (k + 32 <= stride) {
        scoresOfEight(begin, end, indices, values, weights + k, bias + k, rowBytes, logits + k);
        k += 32;
      }
      if (k < stride) scoresOfFour(begin, end, indices, values, weights + k, bias + k, rowBytes, logits + k);
    }
    logits += stride;
  }
}

/** One score and its mirror image, with four sums, since each waits for its last addition. */
function mirroredScores(
  begin: usize,
  end: usize,
  indices: usize,
  values: usize,
  weights: usize,
  bias: usize,
  logits: usize,
): void {
  let z0 = load<f32>(bias, 4);
  let z1: f32 = 0;
  let z2: f32 = 0;
  let z3: f32 = 0;
  let at = begin;
  for (; at + 12 < end; at += 16) {
    z0 += numberAt(values, at) * weightAt(weights, indices + at);
    z1 += numberAt(values, at + 4) * weightAt(weights, indices + at + 4);
    z2 += numberAt(values, at + 8) * weightAt(weights, indices + at + 8);
    z3 += numberAt(values, at + 12) * weightAt(weights, indices + at + 12);
  }
  for (; at < end; at += 4) z0 += numberAt(values, at) * weightAt(weights, indices + at);
  const z = z0 + z1 + (z2 + z3);
  store<f32>(logits, -z);
  store<f32>(logits, z, 4);
}

function numberAt(values: usize, at: usize): f32 {
  return values ? load<f32>(values + at) : 1;
}

function weightAt(weights: usize, index: usize): f32 {
  return load<f32>(weights + ((load<u32>(index) as usize) << 2));
}

/** The scores of two classes in the low half of a vector, with two sums, since each waits for its last addition. */
function scoresOfTwo(
  begin: usize,
  end: usize,
  indices: usize,
  values: usize,
  weights: usize,
  bias: usize,
  logits: usize,
): void {
  let even = v128.load(bias);
  let odd = f32x4.splat(0);
  let at = begin;
  for (; at + 4 < end; at += 8) {
    const w = weights + ((load<u32>(indices + at) as usize) << 3);
    even = multiplyAdd(valueAt(values, at), v128.load64_zero(w), even);
    const next = weights + ((load<u32>(indices + at, 4) as usize) << 3);
    odd = multiplyAdd(valueAt(values, at + 4), v128.load64_zero(next), odd);
  }
  if (at < end) {
    const w = weights + ((load<u32>(indices + at) as usize) << 3);
    even = multiplyAdd(valueAt(values, at), v128.load64_zero(w), even);
  }
  v128.store(logits, f32x4.add(even, odd));
}

function scoresOfFour(
  begin: usize,
  end: usize,
  indices: usize,
  values: usize,
  weights: usize,
  bias: usize,
  rowBytes: usize,
  logits: usize,
): void {
  let even = v128.load(bias);
  let odd = f32x4.splat(0);
  let at = begin;
  for (; at + 4 < end; at += 8) {
    const w = weights + (load<u32>(indices + at) as usize) * rowBytes;
    even = multiplyAdd(valueAt(values, at), v128.load(w), even);
    const next = weights + (load<u32>(indices + at, 4) as usize) * rowBytes;
    odd = multiplyAdd(valueAt(values, at + 4), v128.load(next), odd);
  }
  if (at < end) {
    const w = weights + (load<u32>(indices + at) as usize) * rowBytes;
    even = multiplyAdd(valueAt(values, at), v128.load(w), even);
  }
  v128.store(logits, f32x4.add(even, odd));
}

function scoresOfEight(
  begin: usize,
  end: usize,
  indices: usize,
  values: usize,
  weights: usize,
  bias: usize,
  rowBytes: usize,
  logits: usize,
): void {
  let z0 = v128.load(bias);
  let z1 = v128.load(bias, 16);
  for (let at = begin; at < end; at += 4) {
    const w = weights + (load<u32>(indices + at) as usize) * rowBytes;
    const x = valueAt(values, at);
    z0 = multiplyAdd(x, v128.load(w), z0);
    z1 = multiplyAdd(x, v128.load(w, 16), z1);
  }
  v128.store(logits, z0);
  v128.store(logits, z1, 16);
}

function scoresOfSixteen(
  begin: usize,
  end: usize,
  indices: usize,
  values: usize,
  weights: usize,
  bias: usize,
  rowBytes: usize,
  logits: usize,
): void {
  let z0 = v128.load(bias);
  let z1 = v128.load(bias, 16);
  let z2 = v128.load(bias, 32);
  let z3 = v128.load(bias, 48);
  for (let at = begin; at < end; at += 4) {
    const w = weights + (load<u32>(indices + at) as usize) * rowBytes;
    const x = valueAt(values, at);
    z0 = multiplyAdd(x, v128.load(w), z0);
    z1 = multiplyAdd(x, v128.load(w, 16), z1);
    z2 = multiplyAdd(x, v128.load(w, 32), z2);
    z3 = multiplyAdd(x, v128.load(w, 48), z3);
  }
  v128.store(logits, z0);
  v128.store(logits, z1, 16);
  v128.store(logits, z2, 32);
  v128.store(logits, z3, 48);
}

/**
 * dWeights [D,K] += Xᵀ [D,rows] · dLogits [rows,K]; only features that the rows have are touched.
 *
 * @param dLogits `count` rows, `stride` bytes apart
 * @param areSquared whether x² takes the place of x
 */
export function sparseGradient(
  index: usize,
  count: u32,
  indptr: usize,
  indices: usize,
  values: usize,
  dLogits: usize,
  stride: usize,
  rowBytes: usize,
  dWeights: usize,
  areSquared: bool,
): void {
  for (let i: u32 = 0; i < count; i++) {
    const row = indptr + ((load<u32>(index + ((i as usize) << 2)) as usize) << 2);
    const begin = (load<u32>(row) as usize) << 2;
    const end = (load<u32>(row, 4) as usize) << 2;
    if (rowBytes == 4) {
      addMirrored(begin, end, indices, values, dLogits, dWeights, areSquared);
    } else if (rowBytes == 8) {
      const t = v128.load64_zero(dLogits);
      for (let at = begin; at < end; at += 4) {
        const g = dWeights + ((load<u32>(indices + at) as usize) << 3);
        v128.store64_lane(g, multiplyAdd(factorAt(values, at, areSquared), t, v128.load64_zero(g)), 0);
      }
    } else {
      let k: usize = 0;
      for (; k + 64 <= stride; k += 64)
        addSixteen(begin, end, indices, values, dLogits + k, rowBytes, dWeights + k, areSquared);
      for (; k < stride; k += 16)
        addFour(begin, end, indices, values, dLogits + k, rowBytes, dWeights + k, areSquared);
    }
    dLogits += stride;
  }
}

/** Adds for the second class, and clears dLogits of the first, whose gradient mirrors it, also in the bias. */
function addMirrored(
  begin: usize,
  end: usize,
  indices: usize,
  values: usize,
  dLogits: usize,
  dWeights: usize,
  areSquared: bool,
): void {
  const t = load<f32>(dLogits, 4);
  store<f32>(dLogits, 0);
  for (let at = begin; at < end; at += 4) {
    const g = dWeights + ((load<u32>(indices + at) as usize) << 2);
    const x = numberAt(values, at);
    store<f32>(g, load<f32>(g) + (areSquared ? x * x : x) * t);
  }
}

function addFour(
  begin: usize,
  end: usize,
  indices: usize,
  values: usize,
  dLogits: usize,
  rowBytes: usize,
  dWeights: usize,
  areSquared: bool,
): void {
  const t = v128.load(dLogits);
  for (let at = begin; at < end; at += 4) {
    const g = dWeights + (load<u32>(indices + at) as usize) * rowBytes;
    v128.store(g, multiplyAdd(factorAt(values, at, areSquared), t, v128.load(g)));
  }
}

function addSixteen(
  begin: usize,
  end: usize,
  indices: usize,
  values: usize,
  dLogits: usize,
  rowBytes: usize,
  dWeights: usize,
  areSquared: bool,
): void {
  const t0 = v128.load(dLogits);
  const t1 = v128.load(dLogits, 16);
  const t2 = v128.load(dLogits, 32);
  const t3 = v128.load(dLogits, 48);
  for (let at = begin; at < end; at += 4) {
    const g = dWeights + (load<u32>(indices + at) as usize) * rowBytes;
    const x = factorAt(values, at, areSquared);
    v128.store(g, multiplyAdd(x, t0, v128.load(g)));
    v128.store(g, multiplyAdd(x, t1, v128.load(g, 16)), 16);
    v128.store(g, multiplyAdd(x, t2, v128.load(g, 32)), 32);
    v128.store(g, multiplyAdd(x, t3, v128.load(g, 48)), 48);
  }
}
