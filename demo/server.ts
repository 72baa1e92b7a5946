/**
 * The commands `npm start` and `npm run build:demo`: serve the demo on this machine, or build it for any static host.
 */
import { fileURLToPath } from "node:url";
import { buildPage } from "../build/page.ts";
import { firstLoadFile } from "./first-load.ts";
import { servePage } from "./serve.ts";
import type { Site } from "./ui/site.ts";
import { writeOffline } from "./write-offline.ts";

const OUTPUT = fileURLToPath(new URL("../dist/demo", import.meta.url));

/** Serves the demo, or with `build` as first argument builds it. */
export async function main(argv: readonly string[]): Promise<void> {
  if (argv[2] === "build") return buildDemo(OUTPUT);
  await servePage(
    {
      command: "npm start --",
      title: "Demo",
      description: "Serves the demo.",
      path: "demo/",
      port: 5181,
      cacheDir: "node_modules/.vite/demo",
      site: { folders: { demo: "demo/", benchmark: "bench/page/" }, repository: null },
    },
    argv,
  );
}

/**
 * Builds the demo, and its service worker, which keeps the files that lie in the folder then.
 *
 * @param site pages beside it. Default: none
 */
export async function buildDemo(outDir: string, site?: Site): Promise<void> {
  await buildPage({
    root: fileURLToPath(new URL(".", import.meta.url)),
    outDir,
    ...(site && { site }),
    codeSplitting: {
      groups: [{ name: firstLoadFile, debugName: "first load", test: /\.(js|ts|tsx)$/ }],
    },
  });
  await writeOffline(outDir);
}
