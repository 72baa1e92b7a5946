/** The Vite plugins of every build and server of this project: shaders, WebAssembly kernels and workers as imports. */
import type { Plugin } from "vite";
import { wgsl } from "../../shaders/vite-plugin-wgsl.ts";
import { assemblyscript } from "./wasm/vite-plugin-assemblyscript.ts";
import { workerCode } from "./wasm/vite-plugin-worker-code.ts";

/** Makes new instances of all plugins. */
export function kernels(): Plugin[] {
  return [wgsl(), assemblyscript(), workerCode()];
}
