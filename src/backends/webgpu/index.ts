/** Entry `softmax-webgpu/webgpu`: the WebGPU backend, its kernels and how shaders are fitted to a problem. */
export { WebGpuBackend, type WebGpuOptions } from "./backend.ts";
export { GpuDevice } from "./gpu-device.ts";
export { Kernel, KernelCache } from "./kernel.ts";
export type { BindingLayout, Shader, UniformField } from "./shader.ts";
export { type Constants, specialise } from "./specialise.ts";
