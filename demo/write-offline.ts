/** Writes the service worker of a built page, with the list of its files and their version. */
import { createHash } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";

const WORKER = fileURLToPath(new URL("./service-worker.js", import.meta.url));

/** Writes `offline.js` beside the page in `outDir`. */
export async function writeOffline(outDir: string): Promise<void> {
  const files = await filesIn(outDir);
  const hash = createHash("sha256");
  const code = await readFile(WORKER, "utf8");
  hash.update(code);
  for (const file of files) hash.update(`${file}\n`).update(await readFile(join(outDir, file)));
  // Visitors ask for the folder, or for index.html in it.
  const build = { version: hash.digest("hex").slice(0, 16), files: ["./", ...files] };
  await writeFile(join(outDir, "offline.js"), `self.BUILD = ${JSON.stringify(build)};\n${code}`);
}

/** Returns all files of a folder, relative to it, in the order of their names. */
async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => relative(folder, join(parentPath, name)).split(sep).join("/"))
    .sort();
}
