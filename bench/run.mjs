/** `npm run bench`: lets Vite load the command, which is TypeScript and imports shaders and kernels. */
import { fileURLToPath } from "node:url";
import { runnerImport } from "vite";

const { module: command } = await runnerImport(fileURLToPath(new URL("./bench.ts", import.meta.url)), {
  configFile: false,
  logLevel: "error",
});
process.exitCode = await command.main(process.argv);
