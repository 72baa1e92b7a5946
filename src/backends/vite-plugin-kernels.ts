/**
 * The Vite plugins that any build or server of this project needs: shaders, WebAssembly kernels and workers as imports.
 */
import type { Plugin } from "vite";
import { wgsl } from "../../shaders/vite-plugin-wgsl.ts";
import { assemblyscript } from "./wasm/vite-plugin-assemblyscript.ts";
import { workerCode } from "./wasm/vite-plugin-worker-code.ts";

/** All plugins. */
export function kernels(): Plugin[] {
  return [wgsl(), assemblyscript(), workerCode()];
}
