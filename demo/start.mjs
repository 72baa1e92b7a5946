/** Loads the commands, which are TypeScript, through Vite: `npm start`, and `npm run build:demo` with `build` as argument. */
import { fileURLToPath } from "node:url";
import { runnerImport } from "vite";

const { module: demo } = await runnerImport(fileURLToPath(new URL("./server.ts", import.meta.url)), {
  configFile: false,
  logLevel: "error",
});
if (process.argv[2] === "build") await demo.buildDemo();
else await demo.serve(process.argv);
