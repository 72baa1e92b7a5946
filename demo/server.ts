/**
 * The commands `npm start` and `npm run build:demo`: serve the demo on this machine, or build it for any static host.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import { kernels } from "../src/backends/vite-plugin-kernels.ts";
import { createFileNames } from "./first-load.ts";
import { servePage } from "./serve.ts";
import { writeOffline } from "./write-offline.ts";

const OUTPUT = "dist/demo";
const BENCHMARK = { label: "Benchmark", href: "../bench/page/" };
/** The documentation, which `npm run docs` writes beside the demo. */
const DOCS = { label: "Documentation", href: "../docs/index.html" };

/** Serves the demo, or with `build` as first argument builds it. */
export async function main(argv: readonly string[]): Promise<void> {
  if (argv[2] === "build") return buildDemo();
  await servePage(
    {
      command: "npm start --",
      title: "Demo",
      description: "Serves the demo.",
      path: "demo/",
      port: 5181,
      cacheDir: "node_modules/.vite/demo",
      pagesBeside: [BENCHMARK],
    },
    argv,
  );
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
    // The Worker that reads workbooks imports code that loads other code when it is needed.
    worker: { format: "es", plugins: () => [kernels()] },
    define: { "import.meta.env.PAGES_BESIDE": JSON.stringify(pagesBeside(outDir)) },
    build: {
      outDir,
      emptyOutDir: true,
      target: "es2023",
      modulePreload: { polyfill: false },
      rolldownOptions: {
        output: {
          codeSplitting: {
            groups: [{ name: createFileNames(), debugName: "first load", test: /\.(js|ts|tsx)$/ }],
          },
        },
      },
      // Inlined files (data: URLs) would need a wider content security policy.
      assetsInlineLimit: 0,
    },
  });
  await writeOffline(outDir);
}

/** Returns the pages that lie beside the built demo. */
function pagesBeside(outDir: string): (typeof DOCS)[] {
  return [DOCS].filter(({ href }) => existsSync(join(outDir, href)));
}
