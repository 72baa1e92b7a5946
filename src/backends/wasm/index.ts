/** Entry `softmax-webgpu/wasm`: the WebAssembly backend. */
export * from "../contract.ts";
export { WasmBackend, type WasmOptions } from "./backend.ts";
export { compileKernels, instantiate, type KernelBuild, type Kernels, supportedBuilds } from "./kernels.ts";
