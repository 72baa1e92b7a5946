/** matmul alone: Z [N,K] = X Wᵀ + b. */
import { matmul as reference } from "../../src/backends/reference/index.ts";
import { dispatchOf } from "../../src/backends/webgpu/index.ts";
import { packParameters } from "../../src/backends/webgpu/parameters.ts";
import { largestError } from "../measure/error.ts";
import { type KernelCase, type KernelInputs, readFloats, sampleOf } from "./case.ts";

/** The kernel at one shape. */
export function matmul(inputs: KernelInputs): KernelCase {
  const { x, rows, features, classes, packed, xBytes, order, plan, model, kind, parameters } = inputs;
  const { shader, constants, groups } = dispatchOf("matmul", plan, model, kind);
  return {
    shader,
    constants,
    variant: `${constants.TILE_ROWS} × ${constants.TILE_CLASSES} tile`,
    fields: { rows, shuffled: 1 },
    buffers: {
      order,
      x: packed,
      weights: packParameters(parameters, model, Math.ceil(features / 4) + 1),
      logits: 4 * rows * classes,
    },
    groups: groups(rows, 1),
    flops: 2 * rows * features * classes,
    bytes: xBytes + 4 * (rows + classes * (features + 1) + rows * classes),
    check: async (run) => {
      const logits = await readFloats(run, "logits", rows * classes);
      const sample = sampleOf(rows);
      const actual = [...sample].flatMap((row) => [...logits.subarray(row * classes, (row + 1) * classes)]);
      return largestError(actual, reference({ data: x, rows, cols: features }, sample, parameters));
    },
  };
}
