/**
 * Coordinate descent in the quadratic model of a step with an L1 penalty (solvers/proximal-newton.ts), for a metric of
 * second moments:
 *
 *   B = τ (P ⊗ I) diag(M_1 … M_K) (P ⊗ I) + τ diag(r) − V Uᵀ,   P = I − 1 1ᵀ/K
 *
 * Vectors of parameters are rows of `length` bytes, one for each class, f32. d is the step so far, and is kept with
 * what B makes of it: images_k = M_k (P d)_k, their mean over the classes, and along = Vᵀ d. With one matrix for all,
 * images_k = M d_k: what the classes have in common falls out of images − mean.
 */
import { dot } from "./cholesky";
import { multiplyAdd } from "./simd";

/** Number of moves since the host set it to 0. */
let moves: u32 = 0;

export function takeMoves(): u32 {
  const taken = moves;
  moves = 0;
  return taken;
}

/**
 * Moves each coordinate of class k to the minimum of the model along it; returns how strongly the most was pulled,
 * |change| · curvature.
 *
 * @param k, classes  the class, and K
 * @param n           columns
 * @param length      bytes of a row of `n` columns, padded with zeros, a multiple of 16
 * @param onlyFree    whether weights that are 0 are passed over
 * @param scale       τ
 * @param x, gradient, curvatures, d `[K]` rows each; curvatures is the diagonal of B
 * @param ridge, thresholds a row each: r, and λ₁
 * @param images, mean `[K]` rows, and one
 * @param matrices    `count` matrices of n rows, count K or 1
 * @param average     their mean
 * @param rankBytes   bytes of a row of V and U, a multiple of 16; 0 without pairs
 * @param v, u        a row of `rankBytes` for each coordinate, `[K,n padded]`
 * @param along       such a row
 */
export function descend(
  k: u32,
  classes: u32,
  n: u32,
  length: usize,
  onlyFree: bool,
  scale: f32,
  x: usize,
  gradient: usize,
  curvatures: usize,
  d: usize,
  ridge: usize,
  thresholds: usize,
  images: usize,
  mean: usize,
  matrices: usize,
  count: u32,
  average: usize,
  rankBytes: usize,
  v: usize,
  u: usize,
  along: usize,
): f32 {
  const row = k * length;
  const size = n as usize;
  // Rows of a matrix are as many as its padded columns.
  const matrixBytes = (length >> 2) * length;
  const own = matrices + (count > 1 ? k * matrixBytes : 0);
  let largest: f32 = 0;
  for (let j: usize = 0; j < size; j++) {
    const at = j << 2;
    const threshold = load<f32>(thresholds + at);
    const start = load<f32>(x + row + at);
    const moved = load<f32>(d + row + at);
    const z = start + moved;
    if (onlyFree && z == 0 && threshold > 0) continue;
    const place = (k * (length >> 2) + j) * rankBytes;
    const inMetric = load<f32>(images + row + at) - load<f32>(mean + at) + load<f32>(ridge + at) * moved;
    const slope = load<f32>(gradient + row + at) + scale * inMetric - dot(u + place, along, rankBytes);
    const curvature = load<f32>(curvatures + row + at);
    const goal = z - slope / curvature;
    const reach = threshold / curvature;
    const shrunk: f32 = goal > reach ? goal - reach : goal < -reach ? goal + reach : 0;
    const change = shrunk - z;
    if (!(abs(change) > 0 && abs(change) < Infinity)) continue;
    store<f32>(d + row + at, shrunk - start);
    moves++;
    largest = max(largest, abs(change) * curvature);
    const m = j * length;
    const share = change / (classes as f32);
    add(images + row, own + m, length, change);
    add(mean, own + m, length, share);
    if (count > 1) {
      for (let l: u32 = 0; l < classes; l++)
        add(images + l * length, matrices + l * matrixBytes + m, length, -share);
      add(mean, average + m, length, -share);
    }
    add(along, v + place, rankBytes, change);
  }
  return largest;
}

/** y ← y + t x */
function add(y: usize, x: usize, bytes: usize, t: f32): void {
  const factor = f32x4.splat(t);
  for (let at: usize = 0; at < bytes; at += 16)
    v128.store(y + at, multiplyAdd(factor, v128.load(x + at), v128.load(y + at)));
}

/** result = M v for the first `rows` rows of a matrix. */
export function product(matrix: usize, rows: u32, length: usize, v: usize, result: usize): void {
  for (let j: u32 = 0; j < rows; j++) store<f32>(result + (j << 2), dot(matrix + j * length, v, length));
}
