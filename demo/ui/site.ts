/** The pages of a site that lie beside each other, and the links from one to the others. */

const LABELS = {
  demo: "Demo",
  benchmark: "Benchmark",
  recipes: "Recipes",
  docs: "Documentation",
} as const;

export type PageName = keyof typeof LABELS;

/** Pages that are served or built together. */
export interface Site {
  /** Folders of the pages from the site's root, each with a slash at its end; "" is the root. */
  readonly folders: { readonly [Page in PageName]?: string };
  /** Address of the repository; null if none is known. */
  readonly repository: string | null;
}

export interface PageLink {
  readonly label: string;
  readonly href: string;
}

declare global {
  interface ImportMetaEnv {
    /** The site that a page is built or served for; undefined for a page that is alone. */
    readonly SITE?: Site;
  }
}

/** Returns relative links from a page to all others of its site, and to the repository. */
export function linksFrom(page: PageName, site: Site | undefined = import.meta.env.SITE): PageLink[] {
  if (!site) return [];
  const { folders, repository } = site;
  const toRoot = "../".repeat(folders[page]?.match(/\//g)?.length ?? 0) || "./";
  const names = Object.keys(LABELS) as PageName[];
  const others = names.flatMap((name) => {
    const folder = folders[name];
    return name === page || folder === undefined ? [] : [{ label: LABELS[name], href: toRoot + folder }];
  });
  return repository === null ? others : [...others, { label: "Repository", href: repository }];
}
