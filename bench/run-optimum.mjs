/** Runs `npm run bench:optimum`: Vite loads the command, which is TypeScript and imports shaders and kernels. */
import { fileURLToPath } from "node:url";
import { runnerImport } from "vite";

const load = (file, plugins = []) =>
  runnerImport(fileURLToPath(new URL(file, import.meta.url)), {
    configFile: false,
    logLevel: "error",
    plugins,
  });

const { module: plugins } = await load("../src/backends/vite-plugin-kernels.ts");
const { module: command } = await load("./optimum.ts", plugins.kernels());
process.exitCode = await command.main(process.argv);
