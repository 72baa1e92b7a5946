/**
 * Finds a Chrome and starts it without a window, with WebGPU on. Looks for an installed one first, then lets
 * Puppeteer download one, then, for root on a Debian-like system, installs the distribution's. A browser
 * counts as found when it starts.
 */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import puppeteer, { type Browser, type Page } from "puppeteer";

const run = promisify(execFile);

/** Longest time of a download or a package installation, ms. */
const INSTALL_TIMEOUT = 5 * 60_000;

const FLAGS = [
  "--enable-unsafe-webgpu",
  // On Linux, WebGPU needs Vulkan, which headless Chrome does not enable.
  "--enable-features=Vulkan",
  // Lets a test crash the GPU process and get a new one.
  "--disable-gpu-process-crash-limit",
  "--disable-domain-blocking-for-3d-apis",
  // Only pages served from this machine are opened, so Chrome makes no other requests.
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-quic",
  "--disable-sync",
  "--no-first-run",
  // The sandbox needs user namespaces, which root and most containers do not have.
  ...(process.platform === "linux" ? ["--no-sandbox"] : []),
];

const INSTALLED_NAMES = ["chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome"];
const INSTALLED_PATHS = [
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
  "C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe",
];

/**
 * Starts headless Chrome.
 *
 * @param say   told what is being installed, since that takes a while
 * @param flags more command line switches. Default none
 * @throws Error that says what was tried and what to do, if no browser starts
 */
export async function launchChrome(
  say: (message: string) => void,
  flags: readonly string[] = [],
): Promise<Browser> {
  const failures: string[] = [];
  const args = [...FLAGS, ...flags];
  const named = process.env.PUPPETEER_EXECUTABLE_PATH;
  for (const [source, find] of named
    ? [["PUPPETEER_EXECUTABLE_PATH", async () => [named]] as const]
    : SOURCES) {
    try {
      for (const executablePath of await find(say)) {
        try {
          return await puppeteer.launch({ executablePath, args, handleSIGINT: false });
        } catch (error) {
          failures.push(`${executablePath} does not start: ${firstLine(error)}`);
        }
      }
    } catch (error) {
      failures.push(`${source}: ${firstLine(error)}`);
    }
  }
  throw new Error(
    `No Chrome or Chromium could be started.\n${failures.map((line) => `  - ${line}`).join("\n")}\n` +
      "Install one (on Debian: apt-get install chromium), or name one in PUPPETEER_EXECUTABLE_PATH.",
  );
}

type Finder = (say: (message: string) => void) => Promise<string[]>;

const SOURCES: readonly (readonly [string, Finder])[] = [
  ["installed browsers", async () => installed()],
  ["Puppeteer's download", download],
  ["apt-get install chromium", installPackage],
];

function installed(): string[] {
  const folders = (process.env.PATH ?? "").split(delimiter);
  const candidates = [
    ...INSTALLED_NAMES.flatMap((name) => folders.map((folder) => join(folder, name))),
    ...INSTALLED_PATHS,
  ];
  return [...candidates, puppeteer.executablePath()].filter((path) => existsSync(path));
}

async function download(say: (message: string) => void): Promise<string[]> {
  say("No Chrome found. Downloading one through Puppeteer …");
  const manifest = createRequire(import.meta.url).resolve("puppeteer/package.json");
  const cli = join(dirname(manifest), "lib", "cjs", "puppeteer", "node", "cli.js");
  await run(process.execPath, [cli, "browsers", "install", "chrome"], { timeout: INSTALL_TIMEOUT });
  return [puppeteer.executablePath()];
}

async function installPackage(say: (message: string) => void): Promise<string[]> {
  if (process.getuid?.() !== 0) throw new Error("not tried: needs root");
  say("Installing Chromium with apt-get …");
  const environment = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const options = { timeout: INSTALL_TIMEOUT, env: environment, maxBuffer: 2 ** 26 };
  await run("apt-get", ["update"], options);
  await run("apt-get", ["install", "-y", "--no-install-recommends", "chromium"], options);
  return installed();
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split("\n", 1)[0];
}

/** How a page in a browser of its own is followed and stopped. */
interface PageOptions {
  /** Told of what is being installed if there is no browser. */
  readonly say: (message: string) => void;
  readonly signal: AbortSignal;
}

/**
 * Opens a page without time limits in a browser of its own, which is closed when `work` ends. An abort closes it at once:
 * everything that waits for the page then rejects.
 *
 * @throws the signal's reason if it is aborted before
 */
export async function withChromePage<T>(
  { say, signal }: PageOptions,
  work: (page: Page, browser: Browser) => Promise<T>,
): Promise<T> {
  const browser = await launchChrome(say);
  const stop = () => void browser.close();
  signal.addEventListener("abort", stop);
  try {
    signal.throwIfAborted();
    const page = await browser.newPage();
    page.setDefaultTimeout(0);
    return await work(page, browser);
  } finally {
    signal.removeEventListener("abort", stop);
    await browser.close();
  }
}
