/** Builds the checks into scripts for engines, without the package, which they import from where it lies. */
import { resolve } from "node:path";
import { build } from "vite";

const FOLDER = resolve("test/engines/checks");

/** Writes `checks.js` and `nested.js` into a folder. */
export async function buildChecks(outDir: string): Promise<void> {
  await build({
    configFile: false,
    logLevel: "warn",
    build: {
      outDir,
      emptyOutDir: true,
      target: "es2023",
      minify: false,
      lib: {
        entry: { checks: `${FOLDER}/checks.ts`, nested: `${FOLDER}/nested.ts` },
        formats: ["es"],
      },
    },
  });
}
