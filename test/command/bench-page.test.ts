/**
 * `npm run bench:page` as a stranger uses it: one click to a figure, a link to it that opens elsewhere, and what may
 * happen on the way. The address asks for a small shape, so that a run takes seconds.
 */
import { type ChildProcess, spawn } from "node:child_process";
import type { Browser, BrowserContext, Page } from "puppeteer";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { launchChrome } from "../../demo/headless/chrome.ts";
import { emulate, expectAccessible, THEMES } from "../support/accessibility.ts";
import { press, see } from "../support/demo-page.ts";

const SMALL = "?shape=256x64x8&rounds=1";
const BUTTON = "Measure this computer";

let server: ChildProcess;
let browser: Browser;
let address = "";

beforeAll(async () => {
  server = spawn(process.execPath, ["build/run.mjs", "bench/page/server.ts", "--port", "0"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  address = await new Promise<string>((resolve, reject) => {
    let text = "";
    server.once("exit", (code) => reject(new Error(`the server ended with ${code}: ${text}`)));
    server.stdout?.on("data", (chunk) => {
      text += chunk;
      const [url] = /http:\S+/.exec(text) ?? [];
      if (url) resolve(url);
    });
  });
  browser = await launchChrome(() => {});
}, 120_000);

afterAll(async () => {
  await browser?.close();
  server?.kill();
});

interface Visit {
  /** The rest of the address. */
  readonly rest?: string;
  /** Called before the page is opened. */
  readonly before?: (page: Page, profile: BrowserContext) => Promise<unknown>;
}

/** Opens the page in a profile of its own; what it complains of fails the test. */
async function visit({ rest = SMALL, before }: Visit, work: (page: Page) => Promise<void>): Promise<void> {
  const profile = await browser.createBrowserContext();
  const complaints: string[] = [];
  try {
    const page = await profile.newPage();
    page.on("pageerror", (error) => complaints.push(String(error)));
    page.on("console", (message) => {
      // Vite's client, which only the page in development has, tries a style that the page's policy refuses.
      const isVite = message.location().url?.endsWith("/@vite/client");
      if (message.type() === "error" && !isVite) complaints.push(message.text());
    });
    await page.setViewport({ width: 1280, height: 900 });
    await before?.(page, profile);
    await page.goto(address + rest, { waitUntil: "networkidle0", timeout: 90_000 });
    await work(page);
    expect(complaints).toEqual([]);
  } finally {
    await profile.close();
  }
}

const textOf = (page: Page, selector: string) =>
  page.$eval(selector, (element) => (element as HTMLElement).innerText.replace(/\s+/g, " ").trim());
const bars = (page: Page) =>
  page.$$eval(".bars li", (items) => items.map((item) => item.innerText.replace(/\s+/g, " ").trim()));

/** Switches the tab to the background or to the front, as its page sees it. */
async function setHidden(page: Page, isHidden: boolean): Promise<void> {
  await page.evaluate((hidden) => {
    Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
  }, isHidden);
}

test("one click to the figure; its link opens in a fresh profile and shows the same", {
  timeout: 240_000,
}, async () => {
  let link = "";
  let figures: string[] = [];
  const allow = async (_: Page, profile: BrowserContext) => {
    const { origin } = new URL(address);
    await profile.overridePermissions(origin, [
      "clipboard-read",
      "clipboard-write",
      "clipboard-sanitized-write",
    ]);
  };
  await visit({ before: allow }, async (page) => {
    await press(page, BUTTON);
    await see(page, "Done.");
    figures = [await textOf(page, ".headline"), ...(await bars(page))];
    expect(figures[0]).toMatch(
      /^[\d,.]+ rows a second on the CPU: [\d.]+ × (as fast as|slower than) TF\.js, [\d.]+ × \S+ \S+ (as|than)? ?jax-js\.$/,
    );
    expect(await textOf(page, ".headline-note")).toMatch(/^WebGPU runs on a software adapter here/);
    expect(figures).toHaveLength(
      1 + (await page.evaluate(() => (navigator.hardwareConcurrency > 1 ? 7 : 6))),
    );
    expect(figures.join()).not.toMatch(/wrong|not measured/);
    await press(page, "Copy link");
    await see(page, "Copied: a link of");
    link = await page.evaluate(() => navigator.clipboard.readText());
    for (const theme of [THEMES.light, THEMES.dark]) {
      await emulate(page, theme);
      await expectAccessible(page);
    }
  });
  expect(link.length).toBeLessThan(2000);
  const { hash, pathname } = new URL(link);
  expect(address).toContain(pathname);
  await visit({ rest: hash }, async (page) => {
    expect(await textOf(page, ".badge.foreign")).toBe("opened from a link");
    expect([await textOf(page, ".headline"), ...(await bars(page))]).toEqual(figures);
  });
});

test("a browser that lets no page copy shows the link in a field", async () => {
  const before = (page: Page) =>
    page.evaluateOnNewDocument(() => Object.defineProperty(navigator, "clipboard", { value: undefined }));
  await visit({ rest: `${SMALL}&contenders=own-wasm`, before }, async (page) => {
    await press(page, BUTTON);
    await see(page, "Done.");
    await press(page, "Copy link");
    await see(page, "did not let this page copy");
    expect(await page.$eval(".link-field", (field) => (field as HTMLInputElement).value)).toContain(
      "#record=1.",
    );
    expect(await textOf(page, "main")).toContain("TF.js was not measured.");
  });
});

test("a damaged or foreign link is refused in a sentence, and the page works", async () => {
  await visit({ rest: "#record=1.eJyrrgUAAXUA-Q" }, async (page) => {
    await see(page, "The link holds no record of this page");
    expect(await textOf(page, "main")).toContain("GPU: google swiftshader (software)");
    await emulate(page, THEMES.dark);
    await expectAccessible(page);
    for (const [fragment, sentence] of [
      ["#record=1.abc", "The link is damaged"],
      ["#train?l2=1", "which is no record of this page"],
    ]) {
      await page.evaluate((hash) => {
        location.hash = hash;
      }, fragment);
      await see(page, sentence);
    }
  });
});

test("without WebGPU: says so, and measures WebAssembly beside that of the others", async () => {
  const before = (page: Page) =>
    page.evaluateOnNewDocument(() => Object.defineProperty(navigator, "gpu", { value: undefined }));
  await visit({ before }, async (page) => {
    expect(await textOf(page, "main")).toContain("No WebGPU here. This browser has no WebGPU");
    await press(page, BUTTON);
    await see(page, "Done.");
    expect(await textOf(page, ".headline")).toMatch(/rows a second on the CPU: .* TF\.js, .* jax-js\.$/);
    expect((await bars(page)).every((bar) => bar.includes("WebAssembly"))).toBe(true);
  });
});

describe("on the way", () => {
  const rest = "?shape=256x64x8&rounds=8&contenders=own-webgpu,own-wasm";

  test("a run can be stopped and keeps its results; meanwhile no other starts", async () => {
    await visit({ rest: rest.replace("rounds=8", "rounds=99") }, async (page) => {
      await press(page, BUTTON);
      await see(page, "round 3 of 99");
      expect(await page.$eval("button.large", (button) => (button as HTMLButtonElement).disabled)).toBe(true);
      await see(page, " left");
      await press(page, "Cancel");
      await see(page, "Stopped. The results until then are kept.");
      expect(await textOf(page, ".headline")).toMatch(/^[\d,.]+ rows a second/);
      expect(await bars(page)).toHaveLength(2);
    });
  });

  test("a tab in the background pauses, says so, and goes on", async () => {
    await visit({ rest }, async (page) => {
      await press(page, BUTTON);
      await see(page, "round 2 of 8");
      await setHidden(page, true);
      await see(page, "Paused while this tab is in the background.");
      await setHidden(page, false);
      await see(page, "Done.");
      expect(await textOf(page, "main")).toContain("median of 8 rounds");
    });
  });

  test("a GPU that is lost: the rounds before count, and the page says what to do", async () => {
    await visit({ rest }, async (page) => {
      await press(page, BUTTON);
      await see(page, "round 3 of 8");
      const session = await browser.target().createCDPSession();
      // The command never answers: the process that would is gone.
      session.send("Browser.crashGpuProcess").catch(() => {});
      await see(page, "The GPU was lost while this was measured");
      await see(page, "Done.");
      const text = await textOf(page, "main");
      expect(text).toContain("Reload the page and measure again.");
      const shown = await bars(page);
      expect(shown).toHaveLength(2);
      expect(shown.join()).not.toMatch(/wrong|not measured/);
    });
  });
});
