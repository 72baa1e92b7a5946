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
export function firstLoadFile(id: string, graph: Graph): string | null {
  const users = [...importersOf(id, graph)];
  const found = Object.entries(ENTRIES).find(([, entry]) => users.some((user) => user.endsWith(entry)));
  return found?.[0] ?? null;
}

/** Returns a module and all that import it, themselves or through others. */
function importersOf(id: string, graph: Graph): ReadonlySet<string> {
  const seen = new Set([id]);
  // The loop also comes to what it adds.
  for (const module of seen)
    for (const importer of graph.getModuleInfo(module)?.importers ?? []) seen.add(importer);
  return seen;
}
