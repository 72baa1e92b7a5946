/** `npm run train`: lets Vite load the command, which is TypeScript and imports shaders. */
import { fileURLToPath } from "node:url";
import { runnerImport } from "vite";

const load = (file, plugins = []) =>
  runnerImport(fileURLToPath(new URL(file, import.meta.url)), {
    configFile: false,
    logLevel: "error",
    plugins,
  });

const { module: shaders } = await load("../../shaders/vite-plugin-wgsl.ts");
const { module: command } = await load("./train.ts", [shaders.wgsl()]);
process.exitCode = await command.main(process.argv);
