/** A static host for tests: serves a folder below a path, and knows nothing but files and their types. */
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";

/** Where the folder is: not at the root, where an absolute address would work. */
const BELOW = "/some/where/";
const TYPES: Record<string, string> = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".wasm": "application/wasm",
};

export interface StaticServer {
  /** Address of the folder, with a slash at its end. */
  readonly address: string;
  /** Ends the server: from then on there is no connection. */
  readonly stop: () => void;
}

/**
 * Starts a server of a folder.
 *
 * @param onAsked called with the path of each file that is asked for, and with the address of who asks for it
 */
export async function serveFolder(
  folder: string,
  onAsked: (path: string, referer: string | undefined) => void,
): Promise<StaticServer> {
  const server = createServer(async ({ url = "/", headers }, response) => {
    const { pathname } = new URL(url, "http://host");
    const isBelow = pathname.startsWith(BELOW);
    const path = (isBelow ? pathname.slice(BELOW.length) : pathname).replace(/(^|\/)$/, "$1index.html");
    onAsked(path, headers.referer);
    const content = isBelow ? await readFile(join(folder, path)).catch(() => null) : null;
    response.writeHead(content ? 200 : 404, {
      "Content-Type": TYPES[extname(path)] ?? "application/octet-stream",
    });
    response.end(content ?? "");
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}${BELOW}`,
    stop: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
