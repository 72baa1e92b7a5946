/**
 * Pages about this one. The build says which of them lie beside it; the repository has no public address yet, and is
 * linked to as soon as one is written here.
 */
export interface PageLink {
  readonly label: string;
  readonly href: string;
}

/** Address of the repository; empty if there is none. */
const REPOSITORY = "";

declare global {
  interface ImportMetaEnv {
    /** Pages that were built or are served beside this one, by the build. */
    readonly PAGES_BESIDE: readonly PageLink[];
  }
}

export const LINKS: readonly PageLink[] = [
  ...import.meta.env.PAGES_BESIDE,
  ...(REPOSITORY ? [{ label: "Repository", href: REPOSITORY }] : []),
];
