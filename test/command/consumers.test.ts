/**
 * The packed package in projects of its users: Vite, webpack, esbuild, Rollup and Parcel build a page that runs in
 * Chrome, and TypeScript checks the declarations with `skipLibCheck: false`. Needs `npm run build`, and once a minute
 * to install the bundlers.
 */
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join, resolve } from "node:path";
import { build } from "vite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launchChrome } from "../../demo/headless/chrome.ts";
import { createConsumer, runNode, runTool } from "../support/consumer.ts";

const PAGE = `import { DataError, SoftmaxRegression } from "softmax-webgpu";
import { strokeDigits } from "softmax-webgpu/digits";
import { TextClassifier } from "softmax-webgpu/text";
import { DataError as ErrorOfWasm } from "softmax-webgpu/wasm";

async function run() {
  const { x, y } = strokeDigits({ rows: 300, seed: 1 });
  const model = new SoftmaxRegression({ device: "wasm", threads: 2, maxIterations: 20 });
  await model.fit(x, y);
  const { accuracy } = await model.evaluate(x, y);
  const copy = await SoftmaxRegression.load(await model.toSafetensors(), { device: "wasm" });
  const isSame = String(await copy.predict(x)) === String(await model.predict(x));
  const error = await model.fit([[NaN], [1]], [0, 1]).catch((error) => error);
  const texts = new TextClassifier({ model: { device: "wasm" } });
  await texts.fit(["good", "bad"], ["+", "-"]);
  const [word] = await (await TextClassifier.load(await texts.toSafetensors())).predict(["so bad"]);
  return { kind: model.device.kind, accuracy, isSame, word, isDataError: error instanceof DataError && error instanceof ErrorOfWasm };
}
run().then((seen) => (window.seen = seen), (error) => (window.seen = String(error)));
`;

const TYPES = `import { type DeviceOption, type Label, SoftmaxError, SoftmaxRegression } from "softmax-webgpu";
import { strokeDigits } from "softmax-webgpu/digits";
import { gradientCheck } from "softmax-webgpu/reference";
import { TextClassifier, TextVectorizer } from "softmax-webgpu/text";
import { WasmBackend } from "softmax-webgpu/wasm";
import { DeviceError, WebGpuBackend } from "softmax-webgpu/webgpu";
export const device: DeviceOption = "wasm";
export const model = new SoftmaxRegression({ device, workerUrl: "worker.js" });
export const labels: Promise<Label[]> = model.fit(strokeDigits({ rows: 9 }).x, [1, 2]).then(() => model.predict([[1]]));
export const isOurs = (error: unknown): error is SoftmaxError => error instanceof SoftmaxError;
export const backends = [WasmBackend.open({ threads: 1 }), WebGpuBackend.open({ allowSoftware: true })];
export const ofTexts: SoftmaxRegression = new TextClassifier({ vectorizer: { ngramRange: [1, 2] } }).model;
export const rows = new TextVectorizer().fitTransform(["a text"]).then((x) => model.fit(x, [1]));
export { DeviceError, gradientCheck };
// @ts-expect-error no device has this name
new SoftmaxRegression({ device: "abacus" });
`;

const HTML = '<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">';

const FILES = {
  "package.json": JSON.stringify({
    private: true,
    type: "module",
    // Parcel leaves a package's "exports" aside otherwise, and finds the main entry only.
    "@parcel/resolver-default": { packageExports: true },
  }),
  "package-lock.json": "{}", // Parcel takes the folder of a lock file for the project's
  "page.js": PAGE,
  "index.html": `${HTML}<script type="module" src="./page.js"></script>`,
  "types.ts": TYPES,
};

let folder: string;

beforeAll(async () => {
  folder = await createConsumer(FILES);
}, 300_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

describe("a page trains in WebAssembly, built by", () => {
  const BUNDLERS: Record<string, (output: string) => Promise<unknown>> = {
    Vite: (outDir) => build({ root: folder, configFile: false, logLevel: "error", build: { outDir } }),
    webpack: (output) =>
      runTool(folder, "webpack", ["./page.js", "--mode", "production", "--output-path", output]),
    esbuild: (output) =>
      runTool(folder, "esbuild", [
        "page.js",
        "--bundle",
        "--splitting",
        "--format=esm",
        `--outdir=${output}`,
      ]),
    Rollup: (output) =>
      runTool(folder, "rollup", ["page.js", "--dir", output, "--format", "es", "-p", "node-resolve"]),
    Parcel: (output) =>
      runTool(folder, "parcel", [
        "build",
        "index.html",
        "--dist-dir",
        output,
        "--no-source-maps",
        "--no-cache",
      ]),
  };

  test.each(Object.entries(BUNDLERS))("%s", async (name, bundle) => {
    const output = join(folder, "out", name);
    await mkdir(output, { recursive: true });
    await bundle(output);
    const script = { webpack: '<script src="main.js"></script>', Vite: "", Parcel: "" }[name];
    if (script !== "") {
      const text = script ?? '<script type="module" src="page.js"></script>';
      await writeFile(join(output, "index.html"), HTML + text);
    }
    const seen = await seenOn(output);
    expect(seen).toEqual({
      kind: "wasm",
      accuracy: expect.any(Number),
      isSame: true,
      word: "-",
      isDataError: true,
    });
    expect((seen as { accuracy: number }).accuracy).toBeGreaterThan(0.9);
  });
});

test("the recipe for a worker trains a model in one, built by Vite", async () => {
  const recipes = await readFile("demo/recipes.md", "utf8");
  const home = join(folder, "in-a-worker");
  await mkdir(home);
  for (const [, name, code] of recipes.matchAll(/^```mjs\n\/\/ (\w+\.js)\n(.*?)^```$/gms))
    await writeFile(join(home, name), code);
  const use = `import { strokeDigits } from "softmax-webgpu/digits";
import { train } from "./page.js";
async function run() {
  const { x, y } = strokeDigits({ rows: 300, seed: 1 });
  const iterations = [];
  const model = await train(x, y, { device: "wasm", maxIterations: 5 }, ({ iteration }) => iterations.push(iteration));
  const { accuracy } = await model.evaluate(strokeDigits({ rows: 300, seed: 1 }).x, y);
  const error = await train(strokeDigits({ rows: 3 }).x, [0, 1], {}, () => {}).catch(({ name }) => name);
  return { iterations, isGood: accuracy > 0.9, moved: x.data.length, error };
}
run().then((seen) => (window.seen = seen), (error) => (window.seen = String(error)));
`;
  await writeFile(join(home, "use.js"), use);
  await writeFile(join(home, "index.html"), `${HTML}<script type="module" src="./use.js"></script>`);
  const outDir = join(folder, "out", "in-a-worker");
  const settings = { root: home, configFile: false, logLevel: "error" } as const;
  await build({ ...settings, worker: { format: "es" }, build: { outDir } });
  expect(await seenOn(outDir)).toEqual({
    iterations: [1, 2, 3, 4, 5],
    isGood: true,
    moved: 0,
    error: "ShapeError",
  });
});

describe("the declarations compile", () => {
  const COMPILERS = {
    "TypeScript 5.7": () => join(folder, "..", "node_modules", "typescript", "bin", "tsc"),
    "this project's TypeScript": () => resolve("node_modules", "typescript", "bin", "tsc"),
  };
  const SETTINGS = {
    "with @webgpu/types": { lib: ["ES2023", "DOM"], types: ["@webgpu/types"] },
    "with a DOM library alone": { lib: ["ES2023", "DOM"], types: [] },
    "without a DOM library": { lib: ["ES2023"], types: [] },
  };
  const cases = Object.entries(COMPILERS).flatMap(([compiler, file]) =>
    Object.entries(SETTINGS).map(([name, settings]) => ({ compiler, name, file, settings })),
  );

  test.each(cases)("$compiler, $name", async ({ compiler, name, file, settings }) => {
    const compilerOptions = {
      ...settings,
      ...{ strict: true, skipLibCheck: false, noEmit: true, exactOptionalPropertyTypes: true },
      ...{ target: "ES2023", module: "NodeNext" },
    };
    const config = `tsconfig.${`${compiler} ${name}`.replace(/\W+/g, "-")}.json`;
    await writeFile(join(folder, config), JSON.stringify({ compilerOptions, files: ["types.ts"] }));
    const output = await runNode(folder, [file(), "-p", config]).catch(String);
    // @webgpu/types and the DOM library of TypeScript 6 contradict each other, in their own files.
    const isOurs = (line: string) => line.includes("error TS") && !line.startsWith("../");
    expect(output.split("\n").filter(isOurs)).toEqual([]);
  });
});

/** What a built page, on a static server, leaves in `window.seen`. */
async function seenOn(output: string): Promise<unknown> {
  const server = createServer((request, response) => {
    const path = request.url === "/" ? "/index.html" : (request.url as string);
    response.setHeader("Content-Type", path.endsWith(".html") ? "text/html" : "text/javascript");
    readFile(join(output, path)).then(
      (content) => response.end(content),
      () => response.writeHead(404).end(),
    );
  }).listen(0, "127.0.0.1");
  const browser = await launchChrome(() => {});
  try {
    const tab = await browser.newPage();
    await tab.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    const handle = await tab.waitForFunction("window.seen", { timeout: 60_000 });
    return await handle.jsonValue();
  } finally {
    await browser.close();
    server.close();
  }
}
