/**
 * Entry `softmax-webgpu/webgpu`: the WebGPU backend, its shaders, and how they are fitted to a problem and run.
 *
 * @module softmax-webgpu/webgpu
 */
export * from "../backend.ts";
export { WebGpuBackend, type WebGpuOptions } from "./backend.ts";
export { QUICK_BUDGET, type Tuning, type TuningCache } from "./choose-plan.ts";
export {
  type DataKind,
  type Dispatch,
  dispatchOf,
  type Operation,
  shaders,
  splitsFor,
} from "./dispatches.ts";
export { type AdapterTraits, GpuDevice } from "./gpu-device.ts";
export { type Bound, Kernel, KernelCache } from "./kernel.ts";
export {
  defaultPlan,
  type ForwardTile,
  type GradientTile,
  type SharedTile,
  type StepPlan,
  type UpdateTile,
} from "./plan.ts";
export {
  type BindingLayout,
  type Constants,
  type Shader,
  specialise,
  type UniformField,
} from "./shader.ts";
export { planCandidates } from "./tuner.ts";
