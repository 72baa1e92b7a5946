/** The API reference of the site: what `npm run docs` makes, with links to the site's other pages. */
import { Application, PackageJsonReader, PageEvent, TSConfigReader } from "typedoc";
import { linksFrom, type Site } from "../../demo/ui/site.ts";

/** Stands in links for the way to the reference's root, which each page has another of. */
const ROOT = "from-root:";

/**
 * Builds the reference by the options in package.json.
 *
 * @throws Error  after a warning or an error, which has been printed
 */
export async function buildDocs(outDir: string, site: Site): Promise<void> {
  const navigationLinks = Object.fromEntries(
    linksFrom("docs", site).map(({ label, href }) => [label, /^https:/.test(href) ? href : ROOT + href]),
  );
  const app = await Application.bootstrapWithPlugins({ logLevel: "Warn", navigationLinks }, [
    new PackageJsonReader(),
    new TSConfigReader(),
  ]);
  app.renderer.on(PageEvent.END, (page) => {
    const up = "../".repeat(page.url.split("/").length - 1);
    if (page.contents !== undefined) page.contents = page.contents.replaceAll(`href="${ROOT}`, `href="${up}`);
  });
  const project = await app.convert();
  if (project) {
    app.validate(project);
    await app.generateDocs(project, outDir);
  }
  if (!project || app.logger.hasErrors() || app.logger.hasWarnings())
    throw new Error("The API reference was not built: see the messages above.");
}
