/**
 * Sparse rows in compressed form (CSR), by SciPy's names: their public form, and the form in which the library takes
 * them. given-sparse.ts checks them.
 */
/**
 * Rows `[rows, cols]` most of whose values are 0, in the compressed form of `scipy.sparse.csr_matrix`: only the values
 * that are stored count. Row i has the values `data[a]` in the columns `indices[a]` for a from `indptr[i]` up to
 * `indptr[i + 1]`. The columns of a row ascend, and none comes twice; a row may be empty, and a stored value may be 0.
 *
 * The arrays must not be changed until the call has ended. They are copied once to the device, as float32, and never to
 * dense rows.
 *
 * Errors: `ShapeError` for arrays of the wrong length; `DataError` for arrays of another type, an `indptr` that does not
 * begin at 0 or falls, columns out of range, out of order or repeated, and values that float32 cannot hold; `LimitError`
 * for more than 2²⁰ columns.
 */
export interface SparseRows {
  /** Where each row begins, and the end of the last, `[rows + 1]`. */
  readonly indptr: Uint32Array | Int32Array;
  /** Column of each value. */
  readonly indices: Uint32Array | Int32Array;
  /** Values. Default: all are 1. */
  readonly data?: Float32Array | Float64Array | undefined;
  /** N */
  readonly rows: number;
  /** D */
  readonly cols: number;
}

/** Sparse rows that are checked. */
export interface SparseMatrix {
  /** `[rows + 1]` */
  readonly indptr: Uint32Array;
  /** Ascending in each row. */
  readonly indices: Uint32Array;
  /** Undefined if all values are 1. */
  readonly data: Float32Array | Float64Array | undefined;
  readonly rows: number;
  readonly cols: number;
}

/** Tells whether a value is meant as sparse rows; they are not checked. */
export function isSparseRows(value: unknown): value is SparseRows {
  return typeof value === "object" && value !== null && "indptr" in value;
}

/** Tells whether rows are sparse; else they are dense, or lie on a GPU. */
export function isSparse(x: object): x is SparseMatrix {
  return "indptr" in x;
}

/** Returns the number of values that are stored. */
export function storedValues({ indptr, rows }: SparseMatrix): number {
  return indptr[rows];
}

/** Returns the rows that have about `values` stored values, at least one. */
export function rowsOfPiece({ indptr, rows }: Pick<SparseMatrix, "indptr" | "rows">, values: number): number {
  return Math.max(1, Math.floor((values * rows) / (indptr[rows] + rows)));
}
