/** The operations that read rows, for rows of either form: dense (operations.ts) or sparse (sparse-operations.ts). */
import type { RowsInMemory } from "../../data/rows.ts";
import { isSparse } from "../../data/sparse-matrix.ts";
import type { Standardization } from "../../data/standardization.ts";
import type { Parameters } from "../../parameters.ts";
import { gradient, matmul, type Rows, standardize } from "./operations.ts";
import { gradientSparse, matmulSparse, standardizeSparse } from "./sparse-operations.ts";

/** Returns a copy with (x − mean) / scale of every value. */
export function standardized(x: RowsInMemory, standardization: Standardization): RowsInMemory {
  return isSparse(x) ? standardizeSparse(x, standardization) : standardize(x, standardization);
}

/** Computes Z = X Wᵀ + b, `[rows,K]`. */
export function scoresOf(x: RowsInMemory, rows: Rows, parameters: Parameters): Float64Array {
  return isSparse(x) ? matmulSparse(x, rows, parameters) : matmul(x, rows, parameters);
}

/** Computes G = Tᵀ X + 2λW and g_b = Σ_i T_i. */
export function gradientOf(
  t: Float64Array,
  x: RowsInMemory,
  rows: Rows,
  parameters: Parameters,
  l2: number,
): Parameters {
  return isSparse(x) ? gradientSparse(t, x, rows, parameters, l2) : gradient(t, x, rows, parameters, l2);
}
