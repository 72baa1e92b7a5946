/** The Vite plugins of every build and server of this project: shaders, WebAssembly kernels and workers as imports. */
import type { Plugin } from "vite";
import { assemblyscript } from "../../build/assemblyscript.ts";
import { workerCode } from "../../build/worker-code.ts";
import { wgsl } from "../../shaders/vite-plugin-wgsl.ts";

/** Makes new instances of all plugins. */
export function kernels(): Plugin[] {
  return [wgsl(), assemblyscript(), workerCode(), quiet];
}

/** Keeps the bundler from telling that most of a build goes to these plugins, which compile the kernels. */
const quiet: Plugin = {
  name: "quiet-timings",
  config: () => ({ build: { rolldownOptions: { checks: { bundlerTimings: false } } } }),
};
