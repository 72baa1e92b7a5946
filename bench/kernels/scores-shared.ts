/** scores-shared alone: Z [N,K] = X Wᵀ + b through workgroup memory, and what softmax needs of each tile. */
import { statisticsPerRow } from "../../src/backends/webgpu/dispatches.ts";
import { dispatchOf } from "../../src/backends/webgpu/index.ts";
import { packParameters } from "../../src/backends/webgpu/parameters.ts";
import { SHARED_SIDE } from "../../src/backends/webgpu/plan.ts";
import type { KernelCase, KernelInputs } from "./case.ts";
import { matmul } from "./matmul.ts";

/** The kernel at one shape: matmul, but for the tiles and the statistics. */
export function scoresShared(inputs: KernelInputs): KernelCase {
  const { rows, features, classes, order, packed, labels, model, kind, parameters } = inputs;
  const plan = { ...inputs.plan, route: "shared" } as const;
  const { shader, constants, groups } = dispatchOf("scoresShared", plan, model, kind);
  const scores = matmul(inputs);
  const statistics = 16 * rows * statisticsPerRow(plan, model);
  return {
    ...scores,
    shader,
    constants,
    variant: `${SHARED_SIDE * plan.shared.rows} × ${SHARED_SIDE * plan.shared.classes} tile of a workgroup`,
    buffers: {
      order,
      x: packed,
      weights: packParameters(parameters, model, Math.ceil(features / 4) + 1),
      targets: labels,
      logits: 4 * rows * classes,
      statistics,
    },
    groups: groups(rows, 1),
    // A difference, exp and sum of each score.
    flops: scores.flops + 3 * rows * classes,
    bytes: scores.bytes + statistics + 4 * rows,
  };
}
