/** The commands `npm start` and `npm run build:demo`: serve the demo on this machine, or build it for any static host. */
import { fileURLToPath } from "node:url";
import { Command, InvalidArgumentError } from "commander";
import { build, createServer, type InlineConfig } from "vite";
import { kernels } from "../src/backends/vite-plugin-kernels.ts";

const PORT = 5181;
const ROOT = fileURLToPath(new URL("..", import.meta.url));
const PATH = "demo/";
const OUTPUT = "dist/demo";

/** Serves until a signal ends the process; prints an error if it cannot. */
export async function serve(argv: readonly string[]): Promise<void> {
  const { port } = new Command("npm start --")
    .description("Serves the demo.")
    .option("--port <number>", "port to serve on", portNumber, PORT)
    .allowExcessArguments(false)
    .parse(argv)
    .opts<{ port: number }>();
  const server = await createServer(demoServer(port));
  try {
    await server.listen();
  } catch (error) {
    await server.close();
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
    return;
  }
  process.stdout.write(`Demo: ${server.resolvedUrls?.local[0]}${PATH}\nStop with Ctrl+C.\n`);
}

/** Returns the configuration of the server. */
export function demoServer(port: number): InlineConfig {
  return {
    root: ROOT,
    configFile: false,
    logLevel: "error",
    cacheDir: "node_modules/.vite/demo",
    server: { host: "127.0.0.1", port, strictPort: true, hmr: false, watch: null },
    optimizeDeps: { entries: [`${PATH}index.html`] },
    plugins: [kernels()],
  };
}

/** Builds the demo into `dist/demo`. Addresses are relative, so that it works below any path. */
export async function buildDemo(
  outDir: string = fileURLToPath(new URL(`../${OUTPUT}`, import.meta.url)),
): Promise<void> {
  // Vite reads this for JSX: development JSX contains absolute paths of the sources.
  process.env.NODE_ENV = "production";
  await build({
    root: fileURLToPath(new URL(".", import.meta.url)),
    base: "./",
    configFile: false,
    logLevel: "warn",
    publicDir: false,
    plugins: [kernels()],
    build: {
      outDir,
      emptyOutDir: true,
      target: "es2023",
      modulePreload: { polyfill: false },
      // Inlined files (data: URLs) would need a wider content security policy.
      assetsInlineLimit: 0,
    },
  });
}

function portNumber(value: string): number {
  const port = Number(value);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new InvalidArgumentError("Ports are whole numbers from 0 to 65535; 0 takes any that is free.");
  }
  return port;
}
