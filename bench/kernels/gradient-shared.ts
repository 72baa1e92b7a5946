/** gradient-shared alone: P partial gradients [K,D] whose sum is dLogitsᵀ X, through workgroup memory. */
import { dispatchOf, splitsFor } from "../../src/backends/webgpu/index.ts";
import { SHARED_SIDE } from "../../src/backends/webgpu/plan.ts";
import type { KernelCase, KernelInputs } from "./case.ts";
import { gradient } from "./gradient.ts";

/** The kernel at one shape: gradient, but for the tiles and the number of partial gradients. */
export function gradientShared(inputs: KernelInputs): KernelCase {
  const { rows, model, kind } = inputs;
  const plan = { ...inputs.plan, route: "shared" } as const;
  const { classes4, features4 } = plan.shared;
  const { shader, constants, groups } = dispatchOf("gradientShared", plan, model, kind);
  const splits = splitsFor(rows, plan, model);
  const tile = `${4 * SHARED_SIDE * classes4} × ${4 * SHARED_SIDE * features4}`;
  return {
    ...gradient({ ...inputs, plan }),
    shader,
    constants,
    variant: `${tile} tile of a workgroup, ${splits} splits`,
    groups: groups(rows, splits),
  };
}
