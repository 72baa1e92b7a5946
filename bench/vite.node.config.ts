/**
 * One plain file of the command in Node: `npx vite build --config bench/vite.node.config.ts --ssr
 * bench/node.ts --outDir FOLDER`. It needs no packages where `navigator.gpu` is set before it is loaded.
 */
import { defineConfig } from "vite";
import { kernels } from "../src/backends/vite-plugin-kernels.ts";

export default defineConfig({
  plugins: [kernels()],
  build: { target: "es2023", minify: false, rolldownOptions: { output: { codeSplitting: false } } },
  ssr: { noExternal: true, external: ["webgpu"] },
});
