/**
 * Entry `softmax-webgpu/reference`: the float64 truth, operation by operation, and the gradient check.
 *
 * @module softmax-webgpu/reference
 */
export * from "../backend.ts";
export { ReferenceBackend } from "./backend.ts";
export * from "./gradient-check.ts";
export * from "./operations.ts";
export * from "./sparse-operations.ts";
