/** The two files of the demo's first load: which module goes into which. */
import { expect, test } from "vitest";
import { firstLoadFile } from "../../demo/first-load.ts";

/** Modules by their importers. */
const IMPORTERS: Readonly<Record<string, readonly string[]>> = {
  "/x/demo/app/main.tsx": [],
  "/x/demo/app/begin.tsx": [],
  "/x/shared.ts": ["/x/demo/app/main.tsx", "/x/demo/app/begin.tsx"],
  "/x/page.ts": ["/x/demo/app/begin.tsx", "/x/later.ts"],
  "/x/later.ts": [],
  // A circle, of which one module is imported by the first entry.
  "/x/a.ts": ["/x/b.ts", "/x/demo/app/main.tsx"],
  "/x/b.ts": ["/x/a.ts"],
};
const graph = {
  getModuleInfo: (id: string) => (id in IMPORTERS ? { importers: IMPORTERS[id] } : null),
};

test.each([
  ["/x/demo/app/main.tsx", "first"],
  ["/x/demo/app/begin.tsx", "page"],
  ["/x/shared.ts", "first"],
  ["/x/page.ts", "page"],
  ["/x/later.ts", null],
  ["/x/b.ts", "first"],
  ["/x/a.ts", "first"],
  ["/x/unknown.ts", null],
])("%s goes into %s", (id, file) => {
  expect(firstLoadFile(id, graph)).toBe(file);
});
