/**
 * Entry `softmax-webgpu/webgpu`: the WebGPU backend, its shaders, and how they are fitted to a problem and run.
 *
 * @module softmax-webgpu/webgpu
 */
import adamw from "../../../shaders/adamw.wgsl";
import average from "../../../shaders/average.wgsl";
import forward from "../../../shaders/forward.wgsl";
import forwardQuad from "../../../shaders/forward-quad.wgsl";
import gradient from "../../../shaders/gradient.wgsl";
import gradientQuad from "../../../shaders/gradient-quad.wgsl";
import gradientShared from "../../../shaders/gradient-shared.wgsl";
import matmul from "../../../shaders/matmul.wgsl";
import outcomes from "../../../shaders/outcomes.wgsl";
import scoresShared from "../../../shaders/scores-shared.wgsl";
import sgd from "../../../shaders/sgd.wgsl";
import softmax from "../../../shaders/softmax.wgsl";

export * from "../contract.ts";
export { WebGpuBackend, type WebGpuOptions } from "./backend.ts";
export { QUICK_BUDGET, type Tuning, type TuningCache } from "./choose-plan.ts";
export { type DataKind, type Dispatch, dispatchOf, type Operation, splitsFor } from "./dispatches.ts";
export { GpuDevice } from "./gpu-device.ts";
export { Kernel, KernelCache } from "./kernel.ts";
export {
  type AdapterTraits,
  defaultPlan,
  type ForwardTile,
  type GradientTile,
  type SharedTile,
  type StepPlan,
  type UpdateTile,
} from "./plan.ts";
export { planCandidates } from "./plan-candidates.ts";
export type { BindingLayout, Shader, UniformField } from "./shader.ts";
export { type Constants, specialise } from "./specialise.ts";

/** The shaders, in the order of the data flow; what each computes is in its first lines. */
export const shaders = {
  matmul,
  softmax,
  forward,
  forwardQuad,
  scoresShared,
  gradient,
  gradientQuad,
  gradientShared,
  sgd,
  adamw,
  average,
  outcomes,
} as const;
