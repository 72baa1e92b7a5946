/**
 * `npm run build`: makes what the package holds. The entries are ES modules that share chunks, so that a page loads
 * each part once and an error class is the same in all of them; two classic scripts stand alone.
 */
import { rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "vite";
import { kernels } from "../src/backends/vite-plugin-kernels.ts";
import { bundleTypes } from "./types.ts";
import { bundleScript } from "./worker-code.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const OUTPUT = `${ROOT}dist/`;

/** Sources of the entries, by the names of their files in `dist`. */
const ENTRIES: Readonly<Record<string, string>> = {
  index: `${ROOT}src/index.ts`,
  digits: `${ROOT}src/digits.ts`,
  text: `${ROOT}src/text.ts`,
  webgpu: `${ROOT}src/backends/webgpu/index.ts`,
  wasm: `${ROOT}src/backends/wasm/index.ts`,
  reference: `${ROOT}src/backends/reference/index.ts`,
};

/** Modules that the estimator loads first and others share: one chunk instead of ten. */
const CORE =
  /\/src\/(data\/(?!random|strokes)|(errors|device-error|pause|checks|parameters|loaded)\.ts|backends\/waiting\.ts|formats\/saved-model|fit\/conditioning)/;

/** The types of the global variable that the standalone script declares. */
const STANDALONE_TYPES = `export * from "./index.js";
export { strokeDigits } from "./digits.js";
export { TextClassifier, TextVectorizer } from "./text.js";
export as namespace softmaxWebGpu;
`;

/** Builds modules, scripts and types into an empty `dist`. */
export async function main(): Promise<void> {
  await rm(OUTPUT, { recursive: true, force: true });
  await buildModules();
  // For pages whose policy forbids workers from blobs: the text that the modules hold, as a file.
  await buildScript("worker", `${ROOT}src/backends/wasm/worker.ts`);
  await buildScript("standalone", `${ROOT}src/standalone.ts`);
  await bundleTypes(ENTRIES, OUTPUT);
  await writeFile(`${OUTPUT}worker.d.ts`, "export {};\n");
  await writeFile(`${OUTPUT}standalone.d.ts`, STANDALONE_TYPES);
}

async function buildModules(): Promise<void> {
  await build({
    root: ROOT,
    configFile: false,
    logLevel: "warn",
    plugins: [kernels()],
    // No maps: they would need the sources beside them, and be larger than all the rest.
    build: {
      outDir: OUTPUT,
      target: "es2023",
      lib: { entry: { ...ENTRIES }, formats: ["es"] },
      rolldownOptions: {
        output: {
          // Minified whole: in modules of a library, Vite would leave the white space.
          minify: true,
          chunkFileNames: "chunks/[name]-[hash].js",
          codeSplitting: { groups: [{ name: "core", test: CORE, minShareCount: 2 }] },
        },
      },
    },
  });
}

async function buildScript(name: "worker" | "standalone", entry: string): Promise<void> {
  const { code } = await bundleScript(entry, name === "standalone" ? "softmaxWebGpu" : name, kernels());
  await writeFile(`${OUTPUT}${name}.js`, code);
}
