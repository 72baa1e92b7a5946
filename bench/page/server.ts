/** The command `npm run bench:page`: serves the benchmark page on this machine until it is stopped. */
import { fileURLToPath } from "node:url";
import { Command, InvalidArgumentError } from "commander";
import { createServer, type InlineConfig } from "vite";
import { kernels } from "../../src/backends/vite-plugin-kernels.ts";
import { messageOf } from "../measure/text.ts";

const PORT = 5180;
const PATH = "bench/page/";

/** Serves until a signal ends the process; prints an error if it cannot. */
export async function main(argv: readonly string[]): Promise<void> {
  const { port } = new Command("npm run bench:page --")
    .description("Serves the benchmark page.")
    .option("--port <number>", "port to serve on", portNumber, PORT)
    .allowExcessArguments(false)
    .parse(argv)
    .opts<{ port: number }>();
  const server = await createServer(pageServer(port));
  try {
    await server.listen();
  } catch (error) {
    await server.close();
    process.stderr.write(`${messageOf(error)}\n`);
    process.exitCode = 1;
    return;
  }
  process.stdout.write(`Benchmark page: ${server.resolvedUrls?.local[0]}${PATH}\nStop with Ctrl+C.\n`);
}

/** Returns the configuration of the server. */
export function pageServer(port: number): InlineConfig {
  return {
    root: fileURLToPath(new URL("../..", import.meta.url)),
    configFile: false,
    logLevel: "error",
    cacheDir: "node_modules/.vite/bench-page",
    server: { host: "127.0.0.1", port, strictPort: true, hmr: false, watch: null },
    // Packages are bundled before the page requests them: a reload in the middle
    // would end a run.
    optimizeDeps: { entries: [`${PATH}index.html`] },
    plugins: [kernels()],
  };
}

function portNumber(value: string): number {
  const port = Number(value);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new InvalidArgumentError("Ports are whole numbers from 0 to 65535; 0 takes any that is free.");
  }
  return port;
}
