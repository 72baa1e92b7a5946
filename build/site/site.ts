/**
 * `npm run build:site`: builds the demo, the benchmark page, the recipes and the API reference into one folder for any
 * static host and path.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildBenchmark } from "../../bench/page/server.ts";
import { buildDemo } from "../../demo/server.ts";
import type { Site } from "../../demo/ui/site.ts";
import { buildDocs } from "./docs.ts";
import { buildRecipes } from "./recipes/page.ts";
import { repositoryAddress } from "./repository-address.ts";

const ROOT = new URL("../../", import.meta.url);
const OUTPUT = fileURLToPath(new URL("dist/site", ROOT));

/** Where the pages lie: the demo is the first one that a visitor sees. */
const FOLDERS = { demo: "", benchmark: "benchmark/", recipes: "recipes/", docs: "docs/" } as const;

export function main(): Promise<void> {
  return buildSite(OUTPUT);
}

/** Builds the site. */
export async function buildSite(outDir: string): Promise<void> {
  const { repository } = JSON.parse(await readFile(new URL("package.json", ROOT), "utf8"));
  const site: Site = { folders: FOLDERS, repository: repositoryAddress(repository) };
  const folder = (page: keyof typeof FOLDERS) => join(outDir, FOLDERS[page]);
  // First: it empties the folder, and its service worker keeps what is there when it is written.
  await buildDemo(folder("demo"), site);
  await buildBenchmark(folder("benchmark"), site);
  await buildRecipes(folder("recipes"), site);
  await buildDocs(folder("docs"), site);
}
