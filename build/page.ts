/** Builds a page into a folder that any static host serves below any path. */
import { build, type PluginOption, type Rolldown } from "vite";
import type { Site } from "../demo/ui/site.ts";
import { kernels } from "../src/backends/vite-plugin-kernels.ts";

/** A page, and where it goes. */
export interface BuiltPage {
  /** Folder of its index.html. */
  readonly root: string;
  /** Folder that is emptied and filled. */
  readonly outDir: string;
  /** Pages that lie beside it. Default: none. */
  readonly site?: Site;
  /** Which modules share a file. Default: as the bundler sees fit. */
  readonly codeSplitting?: Rolldown.OutputOptions["codeSplitting"];
  /** More plugins, before those of all pages. Default: none. */
  readonly plugins?: readonly PluginOption[];
}

/** Builds it. All addresses are relative. */
export async function buildPage(page: BuiltPage): Promise<void> {
  const { root, outDir, site, codeSplitting, plugins = [] } = page;
  // Vite reads this for JSX: development JSX contains absolute paths of the sources.
  process.env.NODE_ENV = "production";
  await build({
    root,
    base: "./",
    configFile: false,
    logLevel: "warn",
    publicDir: false,
    plugins: [...plugins, kernels()],
    worker: {
      // A Worker of the demo, which reads workbooks, imports code that loads other code when it is needed.
      format: "es",
      plugins: () => [kernels()],
      // The plugins' own word on this does not reach workers.
      rolldownOptions: { checks: { bundlerTimings: false } },
    },
    define: { "import.meta.env.SITE": JSON.stringify(site) },
    build: {
      outDir,
      emptyOutDir: true,
      target: "es2023",
      modulePreload: {
        polyfill: false,
        // What imports anything has loaded the first file: Firefox reports an error for a second load of it.
        resolveDependencies: (_, files) => files.filter((file) => !/\bfirst-/.test(file)),
      },
      // TF.js is one file of 584 kB.
      chunkSizeWarningLimit: 600,
      rolldownOptions: { output: codeSplitting === undefined ? {} : { codeSplitting } },
      // Inlined files (data: URLs) would need a wider content security policy.
      assetsInlineLimit: 0,
    },
  });
}
