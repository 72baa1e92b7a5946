/**
 * Vite plugin: `import bytes from "./assembly/index.ts?wasm=simd"` compiles the AssemblyScript module and gives
 * it in base64; `?wasm=relaxed-simd` the same code with relaxed SIMD. The compiler is needed for building only.
 */
import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Plugin } from "vite";

const QUERY = /^(.*)\?wasm=(simd|relaxed-simd)$/;

/** Each file is compiled once in a process. */
const compiled = new Map<string, Promise<string>>();

/** The plugin. Code that does not compile fails the build with the compiler's own message. */
export function assemblyscript(): Plugin {
  return {
    name: "assemblyscript",
    enforce: "pre",
    async load(id) {
      const match = QUERY.exec(id);
      if (!match) return null;
      const [, file, feature] = match;
      for (const name of readdirSync(dirname(file))) this.addWatchFile(join(dirname(file), name));
      const bytes = compiled.get(id) ?? compile(file, feature);
      compiled.set(id, bytes);
      return { code: `export default ${JSON.stringify(await bytes)};`, map: null, moduleType: "js" };
    },
  };
}

async function compile(file: string, feature: string): Promise<string> {
  const { default: compiler } = await import("assemblyscript/asc");
  const features =
    feature === "simd" ? ["--enable", "simd"] : ["--enable", "simd", "--enable", "relaxed-simd"];
  const output = new Map<string, Uint8Array>();
  const { error, stderr } = await compiler.main(
    [
      file,
      ...features,
      ...["--runtime", "stub", "-O3", "--converge", "--noAssert", "--importMemory"],
      // Vectors pass between our own functions only.
      ...["--disableWarning", "112"],
      ...["--outFile", "kernels.wasm"],
    ],
    {
      writeFile: (name, contents) => {
        output.set(name, typeof contents === "string" ? new TextEncoder().encode(contents) : contents);
      },
    },
  );
  const bytes = output.get("kernels.wasm");
  if (error || !bytes) throw new Error(`${file}: ${stderr.toString() || String(error)}`);
  return Buffer.from(bytes).toString("base64");
}
