/**
 * Vite plugin: `import code from "./worker.ts?worker-code"` bundles a worker into one script and gives its text, for
 * a Blob in a browser and for worker_threads in Node alike.
 */
import { build, type Plugin, type Rolldown } from "vite";

const QUERY = /^(.*)\?worker-code$/;

/** The plugin. */
export function workerCode(): Plugin {
  return {
    name: "worker-code",
    enforce: "pre",
    async load(id) {
      const match = QUERY.exec(id);
      if (!match) return null;
      const { code, files } = await bundle(match[1]);
      for (const file of files) this.addWatchFile(file);
      return { code: `export default ${JSON.stringify(code)};`, map: null, moduleType: "js" };
    },
  };
}

async function bundle(file: string): Promise<{ code: string; files: readonly string[] }> {
  const result = await build({
    configFile: false,
    logLevel: "error",
    build: { write: false, target: "es2023", lib: { entry: file, formats: ["iife"], name: "worker" } },
  });
  const [output] = (Array.isArray(result) ? result : [result]) as Rolldown.RolldownOutput[];
  const [chunk] = output.output;
  return { code: chunk.code, files: chunk.moduleIds };
}
