/** The command `npm run bench:page`: serves the benchmark page on this machine until it is stopped. */
import { servePage } from "../../demo/serve.ts";

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
