/** The Vite plugins that any build or server of this project needs: shaders and WebAssembly kernels as imports. */
import type { Plugin } from "vite";
import { wgsl } from "../../shaders/vite-plugin-wgsl.ts";
import { assemblyscript } from "./wasm/vite-plugin-assemblyscript.ts";

/** Both plugins. */
export function kernels(): Plugin[] {
  return [wgsl(), assemblyscript()];
}
