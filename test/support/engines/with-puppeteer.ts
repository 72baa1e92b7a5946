/** Chromium and Firefox, driven by Puppeteer. */
import puppeteer, { type Browser } from "puppeteer";
import { launchChrome } from "../../../demo/headless/chrome.ts";
import { type Engine, EVALUATION_LIMIT } from "./engine.ts";
import { lavapipeVariables } from "./programs.ts";

/** Starts Chromium, with WebGPU on its own software adapter if there is no GPU. */
export async function launchChromium(): Promise<Engine> {
  return engineOf("Chromium", await launchChrome(() => {}));
}

/** Starts Firefox as it is installed. */
export async function launchFirefox(executablePath: string): Promise<Engine> {
  return engineOf("Firefox", await startFirefox(executablePath, {}));
}

/** Starts Firefox with the WebGPU that it has behind a preference on Linux, on lavapipe. */
export async function launchFirefoxWithWebGpu(executablePath: string): Promise<Engine> {
  return engineOf(
    "Firefox with WebGPU",
    await startFirefox(executablePath, { "dom.webgpu.enabled": true, "gfx.webgpu.ignore-blocklist": true }),
  );
}

function startFirefox(executablePath: string, preferences: Record<string, unknown>): Promise<Browser> {
  return puppeteer.launch({
    browser: "firefox",
    executablePath,
    extraPrefsFirefox: preferences,
    env: { ...process.env, ...lavapipeVariables() },
    protocolTimeout: EVALUATION_LIMIT,
    handleSIGINT: false,
  });
}

async function engineOf(name: string, browser: Browser): Promise<Engine> {
  const [page] = await browser.pages();
  const version = (await browser.version()).replace(/^.*\//, "");
  return {
    name,
    version,
    open: async (url) => {
      await page.goto(url);
    },
    evaluate: (expression) => page.evaluate(expression),
    close: () => browser.close(),
  };
}
