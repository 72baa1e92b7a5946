/** scores-shared alone: Z [N,K] = X Wᵀ + b through workgroup memory. */
import { dispatchOf } from "../../src/backends/webgpu/index.ts";
import { SHARED_SIDE } from "../../src/backends/webgpu/plan.ts";
import type { KernelCase, KernelInputs } from "./case.ts";
import { matmul } from "./matmul.ts";

/** The kernel at one shape: matmul, but for the tiles. */
export function scoresShared(inputs: KernelInputs): KernelCase {
  const { rows, plan, model, kind } = inputs;
  const { shader, constants, groups } = dispatchOf("scoresShared", plan, model, kind);
  const tile = `${SHARED_SIDE * plan.shared.rows} × ${SHARED_SIDE * plan.shared.classes}`;
  return {
    ...matmul(inputs),
    shader,
    constants,
    variant: `${tile} tile of a workgroup`,
    groups: groups(rows, 1),
  };
}
