/** Partial gradients as the kernels leave them, against the reference. */
import type { ModelShape } from "../../src/backends/backend.ts";
import { gradient } from "../../src/backends/reference/index.ts";
import { unpackParameters } from "../../src/backends/webgpu/parameters.ts";
import { largestError } from "../measure/error.ts";
import { type KernelInputs, sampleOf } from "./case.ts";

/** Floats of one partial gradient: rows of whole vectors of four, the bias in one more. */
export function partialFloats({ features, classes }: ModelShape): number {
  return 4 * classes * (Math.ceil(features / 4) + 1);
}

/** The error of the partials' sum against dLogitsᵀ X, in a sample of the features; see largestError. */
export function partialsError(
  { x, rows, features, classes, order, model }: KernelInputs,
  partials: Float32Array,
  dLogits: ArrayLike<number>,
): number {
  const sum = new Float32Array(partialFloats(model));
  for (let i = 0; i < partials.length; i++) sum[i % sum.length] += partials[i];
  const { weights } = unpackParameters(sum, model, Math.ceil(features / 4) + 1);
  const columns = sampleOf(features);
  const data = pickColumns(x, features, columns);
  const zero = { weights: new Float64Array(classes * columns.length), bias: new Float64Array(classes) };
  const expected = gradient(Float64Array.from(dLogits), { data, rows, cols: columns.length }, order, zero, 0);
  return largestError(pickColumns(weights, features, columns), expected.weights);
}

/** Some columns of a matrix of `width` columns. */
function pickColumns(matrix: ArrayLike<number>, width: number, columns: Uint32Array): Float64Array {
  const picked = new Float64Array((matrix.length / width) * columns.length);
  for (let i = 0; i < picked.length; i++)
    picked[i] = matrix[Math.floor(i / columns.length) * width + columns[i % columns.length]];
  return picked;
}
