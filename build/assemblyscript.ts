/**
 * Vite plugin: `import bytes from "./assembly/index.ts?wasm=simd"` compiles the AssemblyScript module and gives
 * it in base64; `?wasm=relaxed-simd` the same code with relaxed SIMD. The compiler is needed for building only,
 * and what it made is kept in node_modules/.cache until a source changes.
 */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import type { Plugin } from "vite";

const QUERY = /^(.*)\?wasm=(simd|relaxed-simd)$/;

const OPTIONS = [
  ...["--runtime", "stub", "-O3", "--converge", "--noAssert", "--importMemory", "--enable", "simd"],
  // Vectors pass between our own functions only.
  ...["--disableWarning", "112"],
];

/** The plugin. Code that does not compile fails the build with the compiler's own message. */
export function assemblyscript(): Plugin {
  return {
    name: "assemblyscript",
    enforce: "pre",
    async load(id) {
      const match = QUERY.exec(id);
      if (!match) return null;
      const [, file, feature] = match;
      const sources = (await readdir(dirname(file))).filter((name) => name.endsWith(".ts")).sort();
      for (const name of sources) this.addWatchFile(join(dirname(file), name));
      const options = feature === "simd" ? OPTIONS : [...OPTIONS, "--enable", feature];
      const bytes = await compile(file, sources, options);
      return {
        code: `export default ${JSON.stringify(bytes.toString("base64"))};`,
        map: null,
        moduleType: "js",
      };
    },
  };
}

async function compile(
  file: string,
  sources: readonly string[],
  options: readonly string[],
): Promise<Buffer> {
  const manifest = createRequire(file).resolve("assemblyscript/package.json");
  const hash = createHash("sha256")
    .update(await readFile(manifest))
    .update([basename(file), ...options].join(" "));
  for (const name of sources) hash.update(name).update(await readFile(join(dirname(file), name)));
  const folder = join(dirname(dirname(manifest)), ".cache", "softmax-webgpu");
  const output = join(folder, `${hash.digest("hex")}.wasm`);
  if (!existsSync(output)) {
    await mkdir(folder, { recursive: true });
    // Under a name of its own until it is whole: several processes may be at it.
    const unfinished = `${output}.${process.pid}`;
    const compiler = join(dirname(manifest), "bin", "asc.js");
    await promisify(execFile)(process.execPath, [compiler, file, ...options, "--outFile", unfinished]);
    await rename(unfinished, output);
  }
  return readFile(output);
}
