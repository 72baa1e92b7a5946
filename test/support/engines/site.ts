/** A static server of this machine for engines: the same files under several policies, by the first part of a path. */
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join, normalize } from "node:path";

const TYPES: Record<string, string> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".png": "image/png",
};

const csp = (directives: string) => ({
  "Content-Security-Policy": `default-src 'none'; img-src data:; connect-src 'self'; ${directives}`,
});

/** Headers of all responses below the path of this name. */
const POLICIES = {
  plain: {},
  isolated: {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
  },
  strict: csp("script-src 'self' 'wasm-unsafe-eval'; worker-src 'self' blob:"),
  "without-blobs": csp("script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'"),
  "without-wasm": csp("script-src 'self'; worker-src 'self' blob:"),
} as const;

export type Policy = keyof typeof POLICIES;

/** Keeps what goes wrong on a page, from before its own code runs. */
const COMPLAINTS = `globalThis.complaints = [];
addEventListener("error", ({ message, target }) => complaints.push(message ?? "not loaded: " + (target.src ?? target.href)), true);
addEventListener("unhandledrejection", ({ reason }) => complaints.push("unhandled: " + reason));
addEventListener("securitypolicyviolation", ({ violatedDirective, blockedURI }) =>
  complaints.push("policy: " + violatedDirective + " " + blockedURI));
console.error = (...words) => complaints.push(words.join(" "));
`;

export interface Site {
  /** Returns the address of a path under a policy. */
  address(policy: Policy, path?: string): string;
  close(): void;
}

/**
 * Serves folders by the names that begin a path, and an empty page with the script `checks/checks.js` as the root.
 * Every page gathers what goes wrong on it in `complaints`.
 */
export async function serveSite(folders: Readonly<Record<string, string>>): Promise<Site> {
  const server = createServer(async ({ url = "/" }, response) => {
    const [, policy, ...rest] = new URL(url, "http://site").pathname.split("/");
    const content = await contentOf(folders, rest);
    const isPage = rest.at(-1) === "";
    response.writeHead(content === null ? 404 : 200, {
      ...POLICIES[policy as Policy],
      "Content-Type": isPage ? TYPES[".html"] : (TYPES[extname(url)] ?? "application/octet-stream"),
    });
    response.end(isPage && content ? withComplaints(String(content)) : content);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    address: (policy, path = "") => `http://127.0.0.1:${port}/${policy}/${path}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function contentOf(
  folders: Readonly<Record<string, string>>,
  path: readonly string[],
): Promise<Buffer | string | null> {
  const [folder, ...rest] = path;
  if (folder === "")
    return '<!doctype html><html><head></head><script type="module" src="checks/checks.js"></script>';
  if (path.at(-1) === "complaints.js") return COMPLAINTS;
  if (!folders[folder]) return null;
  const file = normalize(rest.join("/") || "index.html");
  return readFile(join(folders[folder], file)).catch(() => null);
}

function withComplaints(page: string): string {
  return page.replace(/<head>/, '<head><script src="complaints.js"></script>');
}
