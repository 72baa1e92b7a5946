/**
 * `npm run build:site`: the demo, the benchmark page, the recipes and the API reference in one folder of a static host,
 * opened in Chrome.
 */
import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContext, Page } from "puppeteer";
import { afterAll, beforeAll, expect, test } from "vitest";
import { repositoryAddress } from "../../build/site/repository-address.ts";
import { buildSite } from "../../build/site/site.ts";
import { launchChrome } from "../../demo/headless/chrome.ts";
import { emulate, expectAccessible, THEMES } from "../support/accessibility.ts";
import { type StaticServer, serveFolder } from "../support/static-server.ts";

/** Folders of the pages, and a word that each shows. */
const PAGES = {
  "": /Ready to start\./,
  "benchmark/": /TF\.js/,
  "recipes/": /Imbalanced classes/,
  "docs/": /two commands/,
};

let folder: string;
let server: StaticServer;
let browser: Browser;
/** The files that were asked for since the array was emptied. */
const asked: string[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "site-"));
  await buildSite(folder);
  server = await serveFolder(folder, (path) => asked.push(path));
  browser = await launchChrome(() => {});
}, 300_000);

afterAll(async () => {
  await browser?.close();
  server?.stop();
  await rm(folder, { recursive: true, force: true });
});

interface Visit {
  readonly page: Page;
  /** Errors of the page, and requests that failed or left the site, until now. */
  readonly complaints: readonly string[];
}

/** Does work in a tab of a new profile. */
async function withTab(work: (visit: Visit) => Promise<void>): Promise<void> {
  const profile: BrowserContext = await browser.createBrowserContext();
  const page = await profile.newPage();
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  page.on("requestfailed", (request) => complaints.push(`failed: ${request.url()}`));
  page.on("request", (request) => {
    const url = request.url();
    if (!/^(blob|data):/.test(url) && !url.startsWith(server.address)) complaints.push(`elsewhere: ${url}`);
  });
  try {
    await work({ page, complaints });
  } finally {
    await profile.close();
  }
}

/** Opens a page of the site; the demo does not start by itself. */
async function open(page: Page, path: string): Promise<void> {
  const address = `${server.address}${path}${path === "" ? "#train?start=no" : ""}`;
  await page.goto(address, { waitUntil: "networkidle0", timeout: 90_000 });
}

/** Waits until a text is on the page, folded or not. */
async function see(page: Page, text: RegExp): Promise<void> {
  const isShown = (source: string) => new RegExp(source).test(document.body.textContent);
  await page.waitForFunction(isShown, { polling: 100, timeout: 90_000 }, text.source);
}

/** Returns all addresses that a file of HTML names: links, images, styles, scripts. */
function addressesIn(html: string): string[] {
  return Array.from(
    html.matchAll(/\s(?:href|src)="([^"]*)"|property="og:image" content="([^"]*)"/g),
    (match) => (match[1] ?? match[2]).replaceAll("&amp;", "&"),
  );
}

test("every address in every page is relative and leads to a file, and every anchor of the recipes to a heading", async () => {
  const names = await readdir(folder, { recursive: true });
  const pages = names.filter((name) => name.endsWith(".html"));
  expect(pages.length).toBeGreaterThan(50);
  for (const name of pages) {
    const html = await readFile(join(folder, name), "utf8");
    for (const address of addressesIn(html).filter((one) => !/^https:/.test(one))) {
      expect(address, name).toMatch(/^(?!\/|[a-z]+:)/);
      const { pathname } = new URL(address, `http://host/some/where/${name}`);
      const path = decodeURIComponent(pathname).replace(/\/$/, "/index.html");
      expect(path, name).toMatch(/^\/some\/where\//);
      expect(existsSync(join(folder, path.slice("/some/where/".length))), `${name}: ${address}`).toBe(true);
    }
  }
  const recipes = await readFile(join(folder, "recipes/index.html"), "utf8");
  const anchors = addressesIn(recipes).filter((address) => address.startsWith("#"));
  expect(anchors.length).toBeGreaterThan(10);
  for (const anchor of anchors) expect(recipes).toContain(`id="${decodeURIComponent(anchor.slice(1))}"`);
  expect(recipes).toContain('<span class="code-comment">// → true</span>');
});

test.each(Object.entries(PAGES))(
  "/%s opens without a complaint and links to the others",
  async (path, text) => {
    await withTab(async ({ page, complaints }) => {
      await open(page, path);
      await see(page, text);
      const links = await page.$$eval("a[href]", (all) => all.map(({ href }) => href));
      for (const other of Object.keys(PAGES))
        if (other !== path) expect(links).toContain(server.address + other);
      for (const link of links) if (!link.startsWith(server.address)) expect(link).toMatch(/^https:/);
      expect(complaints).toEqual([]);
    });
  },
);

test("pages of the reference below its root link to the others too", async () => {
  const html = await readFile(join(folder, "docs/classes/softmax-webgpu.SoftmaxRegression.html"), "utf8");
  expect(addressesIn(html)).toEqual(expect.arrayContaining(["../../", "../../benchmark/", "../../recipes/"]));
});

test("the recipes have no violation that axe finds, in both themes", async () => {
  await withTab(async ({ page }) => {
    await open(page, "recipes/");
    for (const theme of [THEMES.light, THEMES.dark]) {
      await emulate(page, theme);
      await expectAccessible(page);
    }
  });
});

/** Measures the contenders with these labels at the smallest shape, once. */
async function measure(page: Page, labels: readonly string[]): Promise<void> {
  await page.evaluate(
    async (wanted) => {
      for (const details of document.querySelectorAll("details")) details.open = true;
      const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
      const boxes = () => [...document.querySelectorAll<HTMLInputElement>(".plan input[type=checkbox]")];
      for (const [i] of boxes().entries()) {
        const box = boxes()[i];
        const isWanted = wanted.includes(box.labels?.[0].textContent ?? "");
        if (box.checked !== isWanted) box.click();
        await frame();
      }
      const rounds = document.querySelector<HTMLInputElement>(".plan input[type=number]");
      if (rounds) rounds.value = "1";
      rounds?.dispatchEvent(new Event("change", { bubbles: true }));
      await frame();
      [...document.querySelectorAll("button")].find(({ innerText }) => innerText === "Run")?.click();
    },
    ["128 × 784 × 10", ...labels],
  );
  await see(page, /Done\./);
}

test("the benchmark page measures, and loads TF.js and jax-js, from its own folder, when they are chosen", async () => {
  await withTab(async ({ page, complaints }) => {
    const peers = () =>
      asked.filter((path) => /tfjs|jax|\.wasm$/.test(path)).map((path) => path.replace(/-[\w-]{8}\./, "."));
    asked.length = 0;
    await open(page, "benchmark/");
    await measure(page, ["WebAssembly, one thread"]);
    await see(page, /softmax-webgpu \d\S* wasm, 1 thread/);
    expect(peers()).toEqual([]);
    await measure(page, ["TF.js, WebAssembly", "jax-js, WebAssembly"]);
    for (const name of [/TF\.js \d\S* wasm/, /jax-js \d\S* wasm/]) await see(page, name);
    expect(peers().sort()).toEqual([
      "benchmark/assets/jax.js",
      "benchmark/assets/tfjs-backend-wasm-simd.wasm",
      "benchmark/assets/tfjs.js",
    ]);
    expect(complaints).toEqual([]);
  });
});

test("without a connection the demo works, and the others are the network's, never the demo", async () => {
  await withTab(async ({ page }) => {
    await open(page, "");
    await page.evaluate(async () => {
      await navigator.serviceWorker.ready;
    });
    const kept = await page.evaluate(async () => {
      const names = await caches.keys();
      const requests = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
      return requests.flat().map(({ url }) => url);
    });
    expect(kept).toContain(server.address);
    expect(kept.filter((url) => /\/(benchmark|recipes|docs)\//.test(url))).toEqual([]);
    for (const [path, text] of Object.entries(PAGES)) {
      asked.length = 0;
      await open(page, path);
      await see(page, text);
      expect(asked.includes(`${path}index.html`)).toBe(path !== "");
    }
    server.stop();
    await open(page, "");
    await see(page, PAGES[""]);
    for (const path of Object.keys(PAGES).filter((one) => one !== ""))
      await expect(page.goto(server.address + path)).rejects.toThrow("ERR_CONNECTION_REFUSED");
  });
});

test("package.json's repository becomes an address that visitors open", () => {
  const address = "https://host.example/owner/name";
  expect(repositoryAddress(undefined)).toBeNull();
  expect(repositoryAddress(address)).toBe(address);
  expect(repositoryAddress({ url: `git+${address}.git` })).toBe(address);
  for (const wrong of ["owner/name", { url: "git@host.example:owner/name.git" }, "http://host.example/x"])
    expect(() => repositoryAddress(wrong)).toThrow("git+https://");
});
