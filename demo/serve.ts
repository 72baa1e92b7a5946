/** Serves a page of the repository on this machine, for `npm start` and `npm run bench:page`. */
import { fileURLToPath } from "node:url";
import { Command, InvalidArgumentError } from "commander";
import { createServer, type InlineConfig } from "vite";
import { kernels } from "../src/backends/vite-plugin-kernels.ts";
import type { Site } from "./ui/site.ts";

export interface ServedPage {
  /** The command, as its help names it. */
  readonly command: string;
  readonly title: string;
  readonly description: string;
  /** Folder of its index.html within the repository, with a slash at the end. */
  readonly path: string;
  readonly port: number;
  /** Vite's cache of bundled packages. */
  readonly cacheDir: string;
  /** Pages that the server has, for links between them. Default: none. */
  readonly site?: Site;
}

/** Serves until a signal ends the process; prints an error if it cannot. */
export async function servePage(page: ServedPage, argv: readonly string[]): Promise<void> {
  const { port } = new Command(page.command)
    .description(page.description)
    .option("--port <number>", "port to serve on", portNumber, page.port)
    .allowExcessArguments(false)
    .parse(argv)
    .opts<{ port: number }>();
  const server = await createServer(configOf(page, port));
  try {
    await server.listen();
  } catch (error) {
    await server.close();
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
    return;
  }
  process.stdout.write(`${page.title}: ${server.resolvedUrls?.local[0]}${page.path}\nStop with Ctrl+C.\n`);
}

function configOf({ path, cacheDir, site }: ServedPage, port: number): InlineConfig {
  return {
    root: fileURLToPath(new URL("..", import.meta.url)),
    configFile: false,
    logLevel: "error",
    cacheDir,
    server: { host: "127.0.0.1", port, strictPort: true, hmr: false, watch: null },
    // Packages are bundled before the page requests them: a reload would end a run.
    optimizeDeps: { entries: [`${path}index.html`] },
    plugins: [kernels()],
    define: { "import.meta.env.SITE": JSON.stringify(site) },
  };
}

function portNumber(value: string): number {
  const port = Number(value);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    throw new InvalidArgumentError("Ports are whole numbers from 0 to 65535; 0 takes any that is free.");
  }
  return port;
}
