/**
 * The files of the first load: code that the first picture needs, and code that the page needs after it, in one file
 * each. Without this, code that later parts share would be split into a hundred small files, each with a request.
 */

/** Facts of a module, as the bundler knows them. */
interface Graph {
  getModuleInfo(id: string): { readonly importers: readonly string[] } | null;
}

/** Entries by the names of their files, the earliest first. */
const ENTRIES = { first: "/demo/app/main.tsx", page: "/demo/app/begin.tsx" } as const;

/** Returns the file of a module: that of the earliest entry which imports it, itself or through others; else null. */
export function createFileNames(): (id: string, graph: Graph) => string | null {
  const known = new Map<string, boolean>();
  const isOf = (entry: string, id: string, graph: Graph): boolean => {
    const key = `${entry} ${id}`;
    const found = known.get(key);
    if (found !== undefined) return found;
    // A circle adds nothing.
    known.set(key, false);
    const importers = graph.getModuleInfo(id)?.importers ?? [];
    const isFound = id.endsWith(entry) || importers.some((importer) => isOf(entry, importer, graph));
    known.set(key, isFound);
    return isFound;
  };
  return (id, graph) => {
    const found = Object.entries(ENTRIES).find(([, entry]) => isOf(entry, id, graph));
    return found?.[0] ?? null;
  };
}
