/**
 * Builds the command in Node into one plain file: `npx vite build --config bench/vite.node.config.ts --ssr
 * bench/node.ts --outDir FOLDER`. The file needs no packages if `navigator.gpu` is set before it is loaded.
 */
import { defineConfig } from "vite";
import { kernels } from "../src/backends/vite-plugin-kernels.ts";

export default defineConfig({
  plugins: [kernels()],
  build: { target: "es2023", minify: false, rolldownOptions: { output: { codeSplitting: false } } },
  ssr: { noExternal: true, external: ["webgpu"] },
});
