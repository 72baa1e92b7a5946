/** Links to the pages about this one that lie beside it. */

export interface PageLink {
  readonly label: string;
  readonly href: string;
}

declare global {
  interface ImportMetaEnv {
    /** Pages that were built or are served beside this one, by the build. */
    readonly PAGES_BESIDE: readonly PageLink[];
  }
}

export const LINKS: readonly PageLink[] = import.meta.env.PAGES_BESIDE;
