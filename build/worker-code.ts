/**
 * Vite plugin: `import code from "./worker.ts?worker-code"` bundles a worker into one script and gives its text, for
 * a Blob in a browser and for worker_threads in Node alike.
 */
import { build, type Plugin, type Rolldown } from "vite";

const QUERY = /^(.*)\?worker-code$/;

/** Returns the plugin. */
export function workerCode(): Plugin {
  return {
    name: "worker-code",
    enforce: "pre",
    async load(id) {
      const match = QUERY.exec(id);
      if (!match) return null;
      const { code, files } = await bundleScript(match[1], "worker");
      for (const file of files) this.addWatchFile(file);
      return { code: `export default ${JSON.stringify(code)};`, map: null, moduleType: "js" };
    },
  };
}

/** Bundles a module and all it imports into one minified classic script. */
export async function bundleScript(
  entry: string,
  name: string,
  plugins: Plugin[] = [],
): Promise<{ code: string; files: readonly string[] }> {
  const result = await build({
    configFile: false,
    logLevel: "error",
    plugins,
    build: { write: false, target: "es2023", lib: { entry, formats: ["iife"], name } },
  });
  const [output] = (Array.isArray(result) ? result : [result]) as Rolldown.RolldownOutput[];
  const [chunk] = output.output;
  return { code: chunk.code, files: chunk.moduleIds };
}
