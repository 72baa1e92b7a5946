/** The demo as it is on a static host: built, served below a path, opened in a browser, clicked and read. */
import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContext, Page } from "puppeteer";
import { afterAll, beforeAll, expect } from "vitest";
import { launchChrome } from "../../demo/headless/chrome.ts";
import { buildDemo } from "../../demo/server.ts";
import { type StaticServer, serveFolder } from "./static-server.ts";

/** Where the demo is built to. */
export const FOLDER = join(tmpdir(), `softmax-webgpu-demo-${randomUUID()}`);
export const VIEWS = ["train", "try", "playground", "mathematics", "model"] as const;
/** The files that were asked for, as paths in FOLDER, in order. */
export const asked: string[] = [];

let server: StaticServer;
let browser: Browser;

/**
 * Builds and serves the demo and starts a browser before the tests of the file that calls this; ends all after them.
 *
 * @param flags more switches of the browser. Default none
 */
export function prepareDemo(flags: readonly string[] = []): void {
  beforeAll(async () => {
    await buildDemo(FOLDER);
    server = await serveFolder(FOLDER, (path, referer) => {
      // What the service worker keeps for later is no part of the first load.
      if (!referer?.endsWith("/offline.js")) asked.push(path);
    });
    browser = await launchChrome(() => {}, flags);
  }, 120_000);

  afterAll(async () => {
    await browser?.close();
    server?.stop();
    await rm(FOLDER, { recursive: true, force: true });
  });
}

/** How a page is opened. */
interface PageOptions {
  /** Fragment of its address. Default: the view "Train", which does not start by itself. */
  readonly fragment?: string;
  /** Whose storage it has. Default: a new profile's, which is empty. */
  readonly profile?: BrowserContext;
  /** Called before the page is opened. */
  readonly before?: (page: Page) => Promise<void>;
  /** Whether files come from the service worker if it has them. Default false. */
  readonly isKept?: boolean;
}

/** Does work with the storage of a new profile, in which several pages may be opened one after the other. */
export async function withProfile(work: (profile: BrowserContext) => Promise<void>): Promise<void> {
  const profile = await browser.createBrowserContext();
  try {
    await work(profile);
  } finally {
    await profile.close();
  }
}

/** Opens the page in a tab of its own; what it complains of fails the test. */
export function withPage(work: (page: Page) => Promise<void>, options: PageOptions = {}): Promise<void> {
  const { profile } = options;
  return profile ? withTab(work, options, profile) : withProfile((fresh) => withTab(work, options, fresh));
}

async function withTab(
  work: (page: Page) => Promise<void>,
  { fragment = "train?start=no", before, isKept = false }: PageOptions,
  profile: BrowserContext,
): Promise<void> {
  const page = await profile.newPage();
  await page.setBypassServiceWorker(!isKept);
  const complaints: string[] = [];
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  try {
    await page.setViewport({ width: 1280, height: 900 });
    await before?.(page);
    const address = `${server.address}${fragment ? `#${fragment}` : ""}`;
    await page.goto(address, { waitUntil: "networkidle0", timeout: 90_000 });
    await work(page);
    expect(complaints).toEqual([]);
  } finally {
    await page.close();
  }
}

/** Ends the server: from then on there is no connection. */
export function stopServer(): void {
  server.stop();
}

/** Presses the button with this name, once there is one. */
export async function press(page: Page, name: string): Promise<void> {
  await page.locator(`::-p-aria(${name}[role="button"])`).click();
}

/** Goes to a view, and waits until it is there. */
export async function show(page: Page, view: (typeof VIEWS)[number]): Promise<void> {
  await page.evaluate((name) => {
    location.hash = name;
  }, view);
  await page.waitForFunction(
    (name) => document.querySelector(`nav a[href="#${name}"]`)?.ariaCurrent === "page",
    {},
    view,
  );
  await page.waitForFunction(() => !document.body.innerText.includes("Loading …"));
}

/** Waits until a text is on the page. */
export async function see(page: Page, text: string, timeout = 90_000): Promise<void> {
  await page.waitForFunction(
    (wanted) => document.body.innerText.includes(wanted),
    { timeout, polling: 100 },
    text,
  );
}
