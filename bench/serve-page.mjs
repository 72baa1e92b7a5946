/** `npm run bench:page`: lets Vite load the command, which is TypeScript. */
import { fileURLToPath } from "node:url";
import { runnerImport } from "vite";

const { module: command } = await runnerImport(fileURLToPath(new URL("./page/server.ts", import.meta.url)), {
  configFile: false,
  logLevel: "error",
});
await command.main(process.argv);
