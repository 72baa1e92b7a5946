/**
 * Entry `softmax-webgpu/wasm`: the WebAssembly backend.
 *
 * @module softmax-webgpu/wasm
 */
export * from "../backend.ts";
export { WasmBackend, type WasmOptions } from "./backend.ts";
export { compileKernels, type KernelBuild, supportedBuilds } from "./kernel-builds.ts";
export { instantiate, type Kernels } from "./kernels.ts";
