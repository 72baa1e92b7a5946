/** The recipes as a page of the site: HTML without a script, which the build makes of their Markdown. */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Plugin } from "vite";
import { linksFrom, type Site } from "../../../demo/ui/site.ts";
import { buildPage } from "../../page.ts";
import { articleOf, escaped } from "./article.ts";

const RECIPES = new URL("../../../demo/recipes.md", import.meta.url);

/** Builds the page. */
export async function buildRecipes(outDir: string, site: Site): Promise<void> {
  const links = linksFrom("recipes", site).map(
    ({ label, href }) => `<a class="link" href="${escaped(href)}">${label}</a>`,
  );
  const article = articleOf(await readFile(RECIPES, "utf8"));
  await buildPage({
    root: fileURLToPath(new URL(".", import.meta.url)),
    outDir,
    plugins: [filled({ links: links.join("\n"), article })],
  });
}

/** Returns a plugin that puts HTML in the place of the comments that name it. */
function filled(parts: Readonly<Record<string, string>>): Plugin {
  return {
    name: "filled",
    transformIndexHtml: {
      order: "pre",
      handler: (page) =>
        Object.entries(parts).reduce(
          (html, [name, part]) => html.replace(`<!-- ${name} -->`, () => part),
          page,
        ),
    },
  };
}
