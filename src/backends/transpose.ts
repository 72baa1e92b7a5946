/** Transposition of matrices on the host, for parameters that lie feature by feature. */

/** Rows and columns of a square of a transpose: what stays in the first cache. */
const SQUARE = 64;

/** Writes the transpose of a matrix `[rows, cols]` whose rows lie `stride` elements apart, as rows of `toStride`. */
export function transpose(
  from: Float32Array | Float64Array,
  rows: number,
  cols: number,
  to: Float32Array | Float64Array,
  stride: number,
  toStride: number,
): void {
  for (let first = 0; first < cols; first += SQUARE)
    for (let i = 0; i < rows; i++)
      for (let j = first; j < Math.min(cols, first + SQUARE); j++)
        to[j * toStride + i] = from[i * stride + j];
}
