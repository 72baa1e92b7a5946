/** The package as `npm run build` leaves it: what a user gets, in Node and from a plain script tag. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { launchChrome } from "../../demo/headless/chrome.ts";

const ENTRIES = ["index", "digits", "text", "webgpu", "wasm", "reference"];

test("entries import nothing but each other's chunks, have types, and share the classes of errors", async () => {
  const { exports, dependencies } = JSON.parse(await readFile("package.json", "utf8"));
  expect(dependencies).toBeUndefined();
  for (const entry of ENTRIES) {
    const code = await readFile(`dist/${entry}.js`, "utf8");
    const specifiers = Array.from(
      code.matchAll(/\b(?:from|import\()\s*["'`]([^"'`]+)/g),
      ([, specifier]) => specifier,
    );
    expect(specifiers).not.toEqual([]);
    for (const specifier of specifiers) expect(specifier).toMatch(/^\.\/chunks\//);
    const { types, default: file } = exports[entry === "index" ? "." : `./${entry}`];
    expect(file).toBe(`./dist/${entry}.js`);
    expect(existsSync(types)).toBe(true);
  }
  const script = `
    const entries = await Promise.all(${JSON.stringify(ENTRIES)}.map((name) => import(\`./dist/\${name}.js\`)));
    console.log(new Set(entries.map(({ DataError }) => DataError)).size);`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", script]);
  expect(stdout).toBe("1\n");
});

test("every script of the repository runs a file that is there", async () => {
  const { scripts } = JSON.parse(await readFile("package.json", "utf8"));
  const files = Object.values<string>(scripts).flatMap((script) =>
    Array.from(script.matchAll(/[\w/.-]+\.(?:ts|mjs)\b/g), ([file]) => file),
  );
  expect(files.length).toBeGreaterThan(5);
  expect(files.filter((file) => !existsSync(file))).toEqual([]);
});

test("the worker's code is in one chunk; no file names a path of the machine that built it", async () => {
  const chunks = (await readdir("dist/chunks")).map((name) => `dist/chunks/${name}`);
  const files = [...ENTRIES.map((entry) => `dist/${entry}.js`), ...chunks, "dist/standalone.js"];
  const codes = await Promise.all(files.map((file) => readFile(file, "utf8")));
  const holders = codes.filter((code) => code.includes("a share must be opened first"));
  expect(holders).toHaveLength(2); // a chunk, and the standalone script
  for (const code of codes) expect(code).not.toContain(process.cwd());
});

test("importing it in Node touches no navigator; it trains there, in WebAssembly", async () => {
  const script = `
    Object.defineProperty(globalThis, "navigator", { get() { throw new Error("touched"); }, configurable: true });
    ${ENTRIES.map((entry) => `await import("./dist/${entry}.js");`).join("\n")}
    const { SoftmaxRegression } = await import("./dist/index.js");
    Object.defineProperty(globalThis, "navigator", { value: undefined });
    const model = new SoftmaxRegression();
    await model.fit([[0], [1]], ["no", "yes"]);
    console.log(model.device.kind, await model.predict([[-9], [9]]));`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", script]);
  expect(stdout).toBe("wasm [ 'no', 'yes' ]\n");
});

test("a page that cannot load WebGPU's code trains in WebAssembly and says why; by name, it is a LoadError", async () => {
  const names = await readdir("dist/chunks");
  const codes = await Promise.all(names.map((name) => readFile(`dist/chunks/${name}`, "utf8")));
  // The request for a device is a chunk of its own, so that a page without a GPU loads no more; the backend imports it.
  const request = names[codes.findIndex((code) => code.includes("WebGPU found no adapter"))];
  const backend = names[codes.findIndex((code) => code.includes(`from"./${request}"`))];
  const chunks = [request, backend];
  const script = `import { LoadError, SoftmaxRegression } from "./index.js";
    const fit = async (device) => {
      const model = new SoftmaxRegression({ device });
      await model.fit([[0], [1]], [0, 1]);
      return model.device;
    };
    const named = await fit("webgpu").catch((error) => error);
    window.seen = { isTyped: named instanceof LoadError, named: String(named), automatic: await fit("auto") };`;
  const seen = await seenOn({
    "/": '<!doctype html><link rel="icon" href="data:,"><script type="module" src="./page.js"></script>',
    "/page.js": script,
    ...Object.fromEntries(chunks.map((chunk) => [`/chunks/${chunk}`, 'throw new Error("out of reach")'])),
  });
  const words =
    "softmax-webgpu: the code of the WebGPU backend could not be loaded: out of reach; " +
    "serve all files of dist/ from one release, check the connection and reload the page";
  expect(seen).toEqual({
    isTyped: true,
    named: `LoadError: ${words}`,
    automatic: expect.objectContaining({ kind: "wasm", reason: `auto: ${words}` }),
  });
});

test("in Node a worker's script is named by a URL or by a path from the working directory", async () => {
  const script = `
    import { pathToFileURL } from "node:url";
    import { resolve } from "node:path";
    const { SoftmaxRegression } = await import("./dist/index.js");
    const absolute = resolve("dist/worker.js");
    const url = pathToFileURL(absolute);
    const names = ["dist/worker.js", "./dist/worker.js", "../" + process.cwd().split("/").at(-1) + "/dist/worker.js"];
    for (const workerUrl of [...names, absolute, url, url.href, "dist/no-worker.js"]) {
      const model = new SoftmaxRegression({ device: "wasm", threads: 2, workerUrl });
      console.log(await model.fit([[0], [1]], [0, 1]).then(() => "trained", (error) => error.message));
      model.dispose();
    }`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", script]);
  const lines = stdout.trim().split("\n");
  expect(lines.slice(0, -1)).toEqual(Array.from({ length: 6 }, () => "trained"));
  expect(lines.at(-1)).toMatch(/^device: a worker .* died: .*dist.no-worker\.js/);
});

const TRAINING = `
    const model = new SoftmaxRegression({ device: "webgpu", solver: "sgd", epochs: 3 });
    const { x, y } = strokeDigits({ rows: 2000 });
    await model.fit(x, y);
    window.seen = { device: model.device.kind, ...(await model.evaluate(x, y)) };
    model.dispose();`;

test.each([
  [
    "a module's script tag",
    `<script type="module">
    import { strokeDigits } from "./digits.js";
    import { SoftmaxRegression } from "./index.js";
    ${TRAINING}
  </script>`,
  ],
  [
    "a classic script tag",
    `<script src="./standalone.js"></script><script>
    const { SoftmaxRegression, strokeDigits } = softmaxWebGpu;
    void (async () => {${TRAINING}})();
  </script>`,
  ],
])("%s on a static server trains on WebGPU", async (_, scripts) => {
  const page = `<!doctype html><meta charset="utf-8"><link rel="icon" href="data:,">${scripts}`;
  const errors: string[] = [];
  const seen = (await seenOn({ "/": page }, errors)) as { device: string; accuracy: number };
  expect(errors).toEqual([]);
  expect(seen.device).toBe("webgpu");
  expect(seen.accuracy).toBeGreaterThan(0.7);
});

/** What a page, on a static server beside the built package, leaves in `window.seen`. */
async function seenOn(pages: Readonly<Record<string, string>>, errors: string[] = []): Promise<unknown> {
  const server = createServer(async ({ url = "/" }, response) => {
    response.setHeader("Content-Type", url === "/" ? "text/html" : "text/javascript");
    response.end(pages[url] ?? (await readFile(`dist${url}`)));
  }).listen(0, "127.0.0.1");
  const browser = await launchChrome(() => {});
  try {
    const tab = await browser.newPage();
    tab.on("pageerror", (error) => errors.push(String(error)));
    tab.on("console", (message) => errors.push(message.text()));
    await tab.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
    const handle = await tab.waitForFunction("window.seen", { timeout: 60_000 });
    return await handle.jsonValue();
  } finally {
    await browser.close();
    server.close();
  }
}
