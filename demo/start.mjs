/** `npm start`, and with `build` first `npm run build:demo`: lets Vite load the commands, which are TypeScript. */
import { fileURLToPath } from "node:url";
import { runnerImport } from "vite";

const { module: demo } = await runnerImport(fileURLToPath(new URL("./server.ts", import.meta.url)), {
  configFile: false,
  logLevel: "error",
});
if (process.argv[2] === "build") await demo.buildDemo();
else await demo.serve(process.argv);
