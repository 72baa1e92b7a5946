/** Runs `npm run bench`: Vite loads the command, which is TypeScript and imports shaders and kernels. */
import { fileURLToPath } from "node:url";
import { runnerImport } from "vite";

const load = (file, plugins = []) =>
  runnerImport(fileURLToPath(new URL(file, import.meta.url)), {
    configFile: false,
    logLevel: "error",
    plugins,
  });

if (process.argv.includes("--node")) {
  const { module: plugins } = await load("../src/backends/vite-plugin-kernels.ts");
  await load("./node.ts", plugins.kernels());
} else {
  const { module: command } = await load("./in-chrome.ts");
  process.exitCode = await command.main(process.argv);
}
