/**
 * The Vite plugins that any build or server of this project needs: shaders, WebAssembly kernels and workers as imports.
 */
import type { Plugin } from "vite";
import { assemblyscript } from "../../build/assemblyscript.ts";
import { workerCode } from "../../build/worker-code.ts";
import { wgsl } from "../../shaders/vite-plugin-wgsl.ts";

/** All plugins. */
export function kernels(): Plugin[] {
  return [wgsl(), assemblyscript(), workerCode()];
}
