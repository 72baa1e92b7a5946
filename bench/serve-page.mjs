/** Runs `npm run bench:page`: Vite loads the command, which is TypeScript. */
import { fileURLToPath } from "node:url";
import { runnerImport } from "vite";

const { module: command } = await runnerImport(fileURLToPath(new URL("./page/server.ts", import.meta.url)), {
  configFile: false,
  logLevel: "error",
});
await command.main(process.argv);
