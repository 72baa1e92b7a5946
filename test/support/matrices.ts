/** Matrices over every type of array that holds numbers. */
import type { Matrix, MatrixData } from "../../src/data/matrix.ts";

export const BYTE_TYPES = [Uint8Array, Uint8ClampedArray] as const;
export const NUMBER_TYPES = [
  Float32Array,
  Float64Array,
  Int8Array,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
] as const;

/** Returns a matrix of so many columns. */
export function matrixOf(data: MatrixData, cols: number): Matrix {
  return { data, rows: data.length / cols, cols };
}
