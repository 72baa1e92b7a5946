/** Entry `softmax-webgpu/webgpu`: the WebGPU backend, its shaders, and how they are fitted to a problem and run. */
import gradient from "../../../shaders/gradient.wgsl";
import matmul from "../../../shaders/matmul.wgsl";
import sgd from "../../../shaders/sgd.wgsl";
import softmax from "../../../shaders/softmax.wgsl";
import type { Shader } from "./shader.ts";

export * from "../contract.ts";
export { WebGpuBackend, type WebGpuOptions } from "./backend.ts";
export { GpuDevice } from "./gpu-device.ts";
export { Kernel, KernelCache } from "./kernel.ts";
export type { BindingLayout, Shader, UniformField } from "./shader.ts";
export { type Constants, specialise } from "./specialise.ts";

/** The shaders, in the order of the data flow. */
export const shaders: Readonly<Record<"matmul" | "softmax" | "gradient" | "sgd", Shader>> = {
  matmul,
  softmax,
  gradient,
  sgd,
};
