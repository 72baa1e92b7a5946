/** step alone: rows to partial gradients [K,D] with one read of X. */
import { dLogits, matmul, softmax } from "../../src/backends/reference/index.ts";
import { dispatchOf, splitsFor } from "../../src/backends/webgpu/index.ts";
import { packParameters } from "../../src/backends/webgpu/parameters.ts";
import { type KernelCase, type KernelInputs, readFloats } from "./case.ts";
import { partialFloats, partialsError } from "./partials.ts";

/** The kernel at one shape. */
export function step(inputs: KernelInputs): KernelCase {
  const { x, rows, features, classes, labels, packed, xBytes, order, model, kind, parameters } = inputs;
  const plan = { ...inputs.plan, route: "one-read" } as const;
  const { shader, constants, groups } = dispatchOf("step", plan, model, kind);
  const splits = splitsFor(rows, plan, model);
  const floats = splits * partialFloats(model);
  return {
    shader,
    constants,
    variant: `${plan.oneRead.threads} threads a row, ${splits} splits`,
    fields: { rows, shuffled: 1, splits, scale: 1 / rows },
    buffers: {
      order,
      x: packed,
      weights: packParameters(parameters, model, Math.ceil(features / 4) + 1),
      targets: labels,
      sampleWeights: 4,
      partials: 4 * floats,
      losses: 8 * splits,
    },
    groups: groups(rows, splits),
    // Two products, and between them softmax as in forward.
    flops: (4 * features + 7) * rows * classes,
    bytes: xBytes + 4 * (2 * rows + (splits + 1) * classes * (features + 1)),
    check: async (run) => {
      const targets = { kind: "labels", labels } as const;
      const z = matmul({ data: x, rows, cols: features }, order, parameters);
      const t = dLogits(softmax(z, classes), targets, undefined, order, classes);
      return partialsError(inputs, await readFloats(run, "partials", floats), t);
    },
  };
}
