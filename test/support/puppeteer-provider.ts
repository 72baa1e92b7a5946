/**
 * Runs Vitest's browser tests in headless Chrome through Puppeteer. The first thing printed is the adapter the
 * tests run on; a browser without one fails the run.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { defineBrowserCommand, defineBrowserProvider } from "@vitest/browser";
import type { Browser, Page } from "puppeteer";
import type { BrowserProvider } from "vitest/node";
import { launchChrome } from "../../demo/headless/chrome.ts";

declare module "vitest/browser" {
  /** What browser tests may ask of Node. Vitest types this only with its own providers. */
  const commands: {
    /** A file below DATA_DIR, in base64. */
    readData(path: string): Promise<string>;
    /** Ends Chrome's GPU process, which loses every device. */
    crashGpuProcess(): Promise<void>;
  };
}

class PuppeteerProvider implements BrowserProvider {
  readonly name = "puppeteer";
  readonly supportsParallelism = false;
  #browser: Promise<Browser> | null = null;
  readonly #pages = new Map<string, Page>();

  getCommandsContext(sessionId: string): { page: Page } {
    const page = this.#pages.get(sessionId);
    if (!page) throw new Error("the session has no page");
    return { page };
  }

  async openPage(sessionId: string, url: string): Promise<void> {
    this.#browser ??= launchChrome(print);
    const browser = await this.#browser;
    const page = await browser.newPage();
    this.#pages.set(sessionId, page);
    await page.goto(url, { timeout: 0 });
    print(`${await browser.version()}, WebGPU adapter: ${await describeAdapter(page)}`);
  }

  async close(): Promise<void> {
    const browser = await this.#browser;
    this.#browser = null;
    await browser?.close();
  }
}

/** The provider for `test.browser.provider`. */
export function puppeteer() {
  return defineBrowserProvider({ name: "puppeteer", providerFactory: () => new PuppeteerProvider() });
}

/** What browser tests may ask of Node. */
export const commands = {
  readData: defineBrowserCommand<[path: string]>(async (_context, path) => {
    const folder = process.env.DATA_DIR;
    if (!folder) throw new Error("DATA_DIR is not set");
    return (await readFile(join(folder, path))).toString("base64");
  }),
  crashGpuProcess: defineBrowserCommand<[]>(async (context) => {
    const { page } = context as unknown as { page: Page };
    const session = await page.browser().target().createCDPSession();
    // The command never answers: the process that would is gone.
    session.send("Browser.crashGpuProcess").catch(() => {});
  }),
};

async function describeAdapter(page: Page): Promise<string> {
  const description = await page.evaluate(async () => {
    const adapter = await navigator.gpu?.requestAdapter();
    if (!adapter) return null;
    const { vendor, architecture, device, isFallbackAdapter } = adapter.info;
    return [vendor, architecture, device, isFallbackAdapter ? "(software)" : ""].filter(Boolean).join(" ");
  });
  if (description === null) throw new Error("Chrome has no WebGPU adapter here; the browser tests need one");
  return description;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
