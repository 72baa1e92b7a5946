/**
 * What the package weighs: the tarball, and what a bundled page loads (gzip), first and with each backend. A
 * budget is raised on purpose, in this table, and not by accident.
 */
import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { build, type Rolldown } from "vite";
import { afterAll, beforeAll, expect, test } from "vitest";

/** Gzip, in thousands of bytes. */
const BUDGETS = {
  tarball: 475,
  "dist/standalone.js": 150,
  "dist/worker.js": 6.5,
  first: 25,
  webgpu: 50,
  wasm: 44.5,
  reference: 30,
  "dist/webgpu.js": 37,
  "dist/wasm.js": 24,
  "dist/reference.js": 12.5,
  "dist/digits.js": 6,
  "dist/text.js": 37,
  vectorizer: 25.5,
};

/** What a page imports before it knows its backend. */
const PAGE = 'export { SoftmaxRegression } from "softmax-webgpu";';

/** A word of each backend's code that nothing else contains. */
const MARKS = {
  webgpu: "WebGPU found no adapter",
  wasm: "this engine has no WebAssembly",
  reference: "float64 reference on the CPU",
};

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sizes-"));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

test("the tarball is small", async () => {
  const { stdout } = await promisify(execFile)("npm", ["pack", "--dry-run", "--json"]);
  const answer = JSON.parse(stdout);
  const [{ size }] = Array.isArray(answer) ? answer : Object.values<{ size: number }>(answer);
  expect(size / 1000).toBeLessThan(BUDGETS.tarball);
});

test.each(["dist/standalone.js", "dist/worker.js"] as const)("%s is small", async (file) => {
  expect(gzipSync(await readFile(file)).length / 1000).toBeLessThan(BUDGETS[file]);
});

test("a page loads little at first, and a backend when it is chosen", async () => {
  const chunks = await bundle(PAGE);
  const first = loadedWith(chunks, chunks.find(({ isEntry }) => isEntry) as Rolldown.OutputChunk);
  expect.soft(sizeOf(first)).toBeLessThan(BUDGETS.first);
  for (const backend of ["webgpu", "wasm", "reference"] as const) {
    const holders = chunks.filter(({ code }) => code.includes(MARKS[backend]));
    expect(holders).toHaveLength(1);
    expect(first).not.toContain(holders[0]);
    const both = new Set([...first, ...loadedWith(chunks, holders[0])]);
    expect.soft(sizeOf(both), backend).toBeLessThan(BUDGETS[backend]);
  }
});

test.each(["webgpu", "wasm", "reference", "digits", "text"] as const)(
  "the entry %s is small",
  async (entry) => {
    const chunks = await bundle(`export * from "softmax-webgpu/${entry}";`);
    const first = loadedWith(chunks, chunks.find(({ isEntry }) => isEntry) as Rolldown.OutputChunk);
    expect(sizeOf(first)).toBeLessThan(BUDGETS[`dist/${entry}.js`]);
  },
);

test("a vectorizer is loaded without the estimator", async () => {
  const chunks = await bundle('export { TextVectorizer } from "softmax-webgpu/text";');
  const first = loadedWith(chunks, chunks.find(({ isEntry }) => isEntry) as Rolldown.OutputChunk);
  expect(sizeOf(first)).toBeLessThan(BUDGETS.vectorizer);
});

/** Bundles a module for production, without what Vite adds to a page for itself. */
async function bundle(code: string): Promise<Rolldown.OutputChunk[]> {
  const input = join(folder, "page.js");
  await writeFile(
    input,
    code.replace(/"softmax-webgpu\/?(\w*)"/, (_, entry) => fileOf(entry || "index")),
  );
  const results = (await build({
    root: folder,
    configFile: false,
    logLevel: "error",
    build: {
      write: false,
      target: "es2023",
      lib: { entry: input, formats: ["es"] },
      rolldownOptions: { output: { minify: true } },
    },
  })) as Rolldown.RolldownOutput[];
  return results[0].output.filter((item) => item.type === "chunk");
}

function fileOf(entry: string): string {
  return JSON.stringify(resolve(`dist/${entry}.js`));
}

/** Returns a chunk and all that it imports statically. */
function loadedWith(chunks: readonly Rolldown.OutputChunk[], chunk: Rolldown.OutputChunk) {
  const loaded = new Set([chunk]);
  for (const { imports } of loaded)
    for (const other of chunks) if (imports.includes(other.fileName)) loaded.add(other);
  return loaded;
}

/** Thousands of bytes, gzip, file by file as a server sends them. */
function sizeOf(chunks: Iterable<Rolldown.OutputChunk>): number {
  return [...chunks].reduce((sum, { code }) => sum + gzipSync(code).length / 1000, 0);
}
