/**
 * The operations of operations.ts that read rows, for sparse rows: the same formulas, with sums over the values that are
 * stored. Shapes: X [N,D], W [K,D], b [K], Z [N,K].
 */
import type { SparseMatrix } from "../../data/sparse-matrix.ts";
import type { Standardization } from "../../data/standardization.ts";
import type { Parameters } from "../../parameters.ts";
import { isFloat32, type Rows } from "./operations.ts";

/** Returns a copy with every value divided by the scale of its column. The means must be 0. */
export function standardizeSparse(x: SparseMatrix, { scale }: Standardization): SparseMatrix {
  const { indices, data } = x;
  return { ...x, data: Float64Array.from(indices, (j, at) => (data ? data[at] : 1) / scale[j]) };
}

/** Computes Z = X Wᵀ + b, `[rows,K]`; NaN as `matmul` of dense rows says. */
export function matmulSparse(
  { indptr, indices, data, cols }: SparseMatrix,
  rows: Rows,
  { weights, bias }: Parameters,
): Float64Array {
  const classes = bias.length;
  const logits = new Float64Array(rows.length * classes);
  for (let i = 0; i < rows.length; i++) {
    for (let k = 0; k < classes; k++) {
      let [z, largest] = [bias[k], 0];
      for (let at = indptr[rows[i]]; at < indptr[rows[i] + 1]; at++) {
        const product = (data ? data[at] : 1) * weights[k * cols + indices[at]];
        z += product;
        largest = Math.max(largest, Math.abs(product));
      }
      logits[i * classes + k] = isFloat32(z) && isFloat32(largest) ? z : NaN;
    }
  }
  return logits;
}

/** Computes G = Tᵀ X + 2λW and g_b = Σ_i T_i, as `{ weights: dWeights [K,D], bias: dBias [K] }`. */
export function gradientSparse(
  t: Float64Array,
  { indptr, indices, data, cols }: SparseMatrix,
  rows: Rows,
  parameters: Parameters,
  l2: number,
): Parameters {
  const classes = parameters.bias.length;
  const weights = parameters.weights.map((w) => 2 * l2 * w);
  const bias = new Float64Array(classes);
  for (let i = 0; i < rows.length; i++) {
    for (let k = 0; k < classes; k++) {
      const own = t[i * classes + k];
      for (let at = indptr[rows[i]]; at < indptr[rows[i] + 1]; at++)
        weights[k * cols + indices[at]] += own * (data ? data[at] : 1);
      bias[k] += own;
    }
  }
  return { weights, bias };
}
