/**
 * Runs a command of this repository: `node build/run.mjs demo/headless/train.ts --help`. Vite loads the file, because
 * it is TypeScript and may import shaders and kernels; its `main` gets the arguments and gives the exit code.
 */
import { fileURLToPath } from "node:url";
import { createServer, runnerImport } from "vite";

const root = fileURLToPath(new URL("..", import.meta.url));
// As if Node had been given the file itself.
const [, file] = process.argv.splice(1, 2, process.argv[2]);
const { module: plugins } = await runnerImport(`${root}src/backends/vite-plugin-kernels.ts`, {
  configFile: false,
  logLevel: "error",
});
// Serves nothing. It stays until the command has ended, which may import more on its way.
const loader = await createServer({
  root,
  configFile: false,
  logLevel: "error",
  appType: "custom",
  cacheDir: "node_modules/.vite/run",
  server: { middlewareMode: true, hmr: false, ws: false, watch: null },
  optimizeDeps: { noDiscovery: true },
  plugins: plugins.kernels(),
});
try {
  const { main } = await loader.environments.ssr.runner.import(`${root}${file}`);
  const exitCode = await main(process.argv);
  if (exitCode !== undefined) process.exitCode = exitCode;
} finally {
  await loader.close();
}
