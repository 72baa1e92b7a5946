/** The benchmark page: `npm run bench:page` serves it on this machine until it is stopped, and the site has it built. */
import { fileURLToPath } from "node:url";
import { buildPage } from "../../build/page.ts";
import { servePage } from "../../demo/serve.ts";
import type { Site } from "../../demo/ui/site.ts";

export function main(argv: readonly string[]): Promise<void> {
  return servePage(
    {
      command: "npm run bench:page --",
      title: "Benchmark page",
      description: "Serves the benchmark page.",
      path: "bench/page/",
      port: 5180,
      cacheDir: "node_modules/.vite/bench-page",
    },
    argv,
  );
}

/** Builds the page, with TF.js and jax-js in files of their own, which are loaded when they are chosen. */
export async function buildBenchmark(outDir: string, site: Site): Promise<void> {
  await buildPage({ root: fileURLToPath(new URL(".", import.meta.url)), outDir, site });
}
