/** Weights class by class, as solvers move them, and feature by feature, as kernels of sparse rows read them. */
import type { ModelShape } from "./backend.ts";

/** Features of a piece of a transpose: what stays in the first cache. */
const PIECE = 64;

/** Writes W `[K,D]` feature by feature, `stride` elements apart. */
export function toFeatures(
  weights: Float64Array,
  packed: Float32Array,
  stride: number,
  { features, classes }: Pick<ModelShape, "features" | "classes">,
): void {
  for (let first = 0; first < features; first += PIECE) {
    const end = Math.min(features, first + PIECE);
    for (let k = 0; k < classes; k++)
      for (let j = first; j < end; j++) packed[j * stride + k] = weights[k * features + j];
  }
}

/** Reads what {@link toFeatures} has written. */
export function toClasses(
  packed: Float32Array,
  stride: number,
  weights: Float64Array,
  { features, classes }: Pick<ModelShape, "features" | "classes">,
): void {
  for (let first = 0; first < features; first += PIECE) {
    const end = Math.min(features, first + PIECE);
    for (let k = 0; k < classes; k++)
      for (let j = first; j < end; j++) weights[k * features + j] = packed[j * stride + k];
  }
}
