/** Serves this repository's files to headless Chrome. */
import { fileURLToPath } from "node:url";
import { createServer, type ViteDevServer } from "vite";
import { kernels } from "../src/backends/vite-plugin-kernels.ts";

/**
 * Starts a server on a port of its choice.
 *
 * @param bundled packages that are bundled before a page asks for them, since a reload would end a measurement
 */
export async function serve(bundled: string[]): Promise<ViteDevServer> {
  const server = await createServer({
    root: fileURLToPath(new URL("..", import.meta.url)),
    configFile: false,
    logLevel: "error",
    server: { host: "127.0.0.1", port: 0, hmr: false, watch: null },
    optimizeDeps: { noDiscovery: true, include: bundled },
    plugins: [kernels()],
  });
  await server.listen();
  return server;
}
