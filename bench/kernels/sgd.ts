/** sgd alone: G = Σ_P partial, v ← μv + G, W ← W − ηv. */
import { sgdUpdate } from "../../src/backends/reference/index.ts";
import { dispatchOf, splitsFor } from "../../src/backends/webgpu/index.ts";
import { LEARNING_RATE, MOMENTUM } from "../contenders/contender.ts";
import { largestError } from "../measure/error.ts";
import { type KernelCase, type KernelInputs, readFloats } from "./case.ts";

/** The kernel at one shape. */
export function sgd(inputs: KernelInputs): KernelCase {
  const { rows, features, classes, plan, model, kind } = inputs;
  const { shader, constants, groups } = dispatchOf("sgd", plan, model, kind);
  const vectors = classes * (Math.ceil(features / 4) + 1);
  const splits = splitsFor(rows, plan, model);
  const [weights, velocity] = [inputs.normal(4 * vectors, 1), inputs.normal(4 * vectors, 1)];
  const partials = inputs.normal(4 * splits * vectors, 1 / splits);
  const parameters = classes * (features + 1);
  return {
    shader,
    variant: `${splits} splits`,
    constants,
    fields: { splits, learningRate: LEARNING_RATE, momentum: MOMENTUM },
    buffers: { weights, velocity, partials },
    groups: groups(rows, splits),
    // The sum, then a product and a sum for v and for W.
    flops: (splits + 4) * parameters,
    bytes: 4 * (splits + 4) * parameters,
    check: async (run) => {
      const w = Float64Array.from(weights);
      const v = Float64Array.from(velocity);
      const g = new Float64Array(w.length);
      for (let i = 0; i < partials.length; i++) g[i % g.length] += partials[i];
      sgdUpdate(w, v, g, { learningRate: LEARNING_RATE, momentum: MOMENTUM, nesterov: false });
      return Math.max(
        largestError(await readFloats(run, "weights", w.length), w),
        largestError(await readFloats(run, "velocity", v.length), v),
      );
    },
  };
}
