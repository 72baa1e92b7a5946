/** gradient alone: P partial gradients [K,D] whose sum is dLogitsᵀ X. */
import { gradient as reference } from "../../src/backends/reference/index.ts";
import { dispatchOf, splitsFor } from "../../src/backends/webgpu/index.ts";
import { unpackParameters } from "../../src/backends/webgpu/parameters.ts";
import { largestError } from "../measure/error.ts";
import { type KernelCase, type KernelInputs, readFloats, sampleOf } from "./case.ts";

/** The kernel at one shape, as the plan has it. */
export function gradient(inputs: KernelInputs): KernelCase {
  const { rows, features, classes, packed, xBytes, order, plan, model, kind } = inputs;
  const { shader, constants, groups } = dispatchOf("gradient", plan, model, kind);
  const features4 = Math.ceil(features / 4);
  const splits = splitsFor(rows, plan, model);
  const dLogits = inputs.normal(rows * classes, 1 / rows);
  return {
    shader,
    constants,
    variant: `${plan.gradient.classes} × ${4 * plan.gradient.features4} tile, ${splits} splits`,
    fields: { rows, shuffled: 1, splits },
    buffers: { order, x: packed, dLogits, partials: 16 * splits * classes * (features4 + 1) },
    groups: groups(rows, splits),
    flops: 2 * rows * features * classes,
    bytes: xBytes + 4 * (rows + rows * classes + splits * classes * (features + 1)),
    check: async (run) => {
      const size = 4 * classes * (features4 + 1);
      const partials = await readFloats(run, "partials", splits * size);
      const sum = new Float32Array(size);
      for (let i = 0; i < partials.length; i++) sum[i % size] += partials[i];
      const { weights } = unpackParameters(sum, model, features4 + 1);
      const columns = sampleOf(features);
      const actual = pickColumns(weights, features, columns);
      return largestError(actual, gradientOfColumns(inputs, dLogits, columns));
    },
  };
}

/** The reference's gradient of some features alone, `[K, columns]`. */
function gradientOfColumns(
  { x, rows, features, classes, order }: KernelInputs,
  dLogits: Float32Array,
  columns: Uint32Array,
): Float64Array {
  const data = pickColumns(x, features, columns);
  const zero = { weights: new Float64Array(classes * columns.length), bias: new Float64Array(classes) };
  return reference(Float64Array.from(dLogits), { data, rows, cols: columns.length }, order, zero, 0).weights;
}

/** Some columns of a matrix of `width` columns. */
function pickColumns(matrix: ArrayLike<number>, width: number, columns: Uint32Array): Float64Array {
  const picked = new Float64Array((matrix.length / width) * columns.length);
  for (let i = 0; i < picked.length; i++)
    picked[i] = matrix[Math.floor(i / columns.length) * width + columns[i % columns.length]];
  return picked;
}
