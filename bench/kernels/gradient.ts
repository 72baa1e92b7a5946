/** gradient alone: P partial gradients [K,D] whose sum is dLogitsᵀ X. */
import { dispatchOf, splitsFor } from "../../src/backends/webgpu/index.ts";
import { type KernelCase, type KernelInputs, readFloats } from "./case.ts";
import { partialFloats, partialsError } from "./partials.ts";

/** The kernel at one shape, as the plan has it. */
export function gradient(inputs: KernelInputs): KernelCase {
  const { rows, features, classes, packed, xBytes, order, plan, model, kind } = inputs;
  const { shader, constants, groups } = dispatchOf("gradient", plan, model, kind);
  const splits = splitsFor(rows, plan, model);
  const floats = splits * partialFloats(model);
  const dLogits = inputs.normal(rows * classes, 1 / rows);
  return {
    shader,
    constants,
    variant: `${plan.gradient.classes} × ${4 * plan.gradient.features4} tile, ${splits} splits`,
    fields: { rows, shuffled: 1, splits },
    buffers: { order, x: packed, sampleWeights: 4, dLogits, partials: 4 * floats },
    groups: groups(rows, splits),
    flops: 2 * rows * features * classes,
    bytes: xBytes + 4 * (rows + rows * classes + splits * classes * (features + 1)),
    check: async (run) => partialsError(inputs, await readFloats(run, "partials", floats), dLogits),
  };
}
