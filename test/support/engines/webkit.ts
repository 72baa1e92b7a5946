/** WebKitGTK's MiniBrowser, driven by WebDriver on a screen that is not there. */
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { setTimeout as wait } from "node:timers/promises";
import { type Engine, EVALUATION_LIMIT } from "./engine.ts";
import { endProgram, findProgram, startProgram } from "./programs.ts";

const MACHINE = { x64: "x86_64-linux-gnu", arm64: "aarch64-linux-gnu" }[process.arch as "x64" | "arm64"];
/** Places of the browser: with GTK 3, and with GTK 4. */
const BROWSERS = ["webkit2gtk-4.1", "webkitgtk-6.0"].map((name) => `/usr/lib/${MACHINE}/${name}/MiniBrowser`);
/** Longest time of a start, ms. */
const START_LIMIT = 30_000;

/** Returns the path of the driver, or null if the driver, the browser or the screen is not installed. */
export function findWebKit(): string | null {
  const isWhole = BROWSERS.some((path) => existsSync(path)) && findProgram("xvfb-run");
  return isWhole ? findProgram("WebKitWebDriver") : null;
}

/** Starts the driver and a browser, which has no valid language: a page must do without. */
export async function launchWebKit(driver: string): Promise<Engine> {
  const port = await freePort();
  const child = startProgram("xvfb-run", ["-a", driver, `--port=${port}`], { LANG: "C" });
  const ask = askAt(`http://127.0.0.1:${port}`);
  try {
    await untilReady(ask);
    const binary = BROWSERS.find((path) => existsSync(path));
    const alwaysMatch = { "webkitgtk:browserOptions": { binary, args: ["--automation"] } };
    const { sessionId, capabilities } = await ask("POST", "/session", { capabilities: { alwaysMatch } });
    const session = `/session/${sessionId}`;
    await ask("POST", `${session}/timeouts`, { script: EVALUATION_LIMIT });
    return {
      name: "WebKitGTK",
      version: capabilities.browserVersion,
      open: (url) => ask("POST", `${session}/url`, { url }),
      evaluate: async (expression) => {
        const script = `const done = arguments[arguments.length - 1];
          (async () => (${expression}))().then((value) => done({ value }), (error) => done({ error: String(error) }));`;
        const { value, error } = await ask("POST", `${session}/execute/async`, { script, args: [] });
        if (error) throw new Error(error);
        return value;
      },
      close: async () => {
        await ask("DELETE", session);
        await endProgram(child);
      },
    };
  } catch (error) {
    await endProgram(child);
    throw error;
  }
}

// biome-ignore lint/suspicious/noExplicitAny: answers differ by command
type Ask = (method: string, path: string, body?: object) => Promise<any>;

/** Returns a function that sends a command to the driver at `address`. @throws Error with the driver's words */
function askAt(address: string): Ask {
  return async (method, path, body) => {
    const response = await fetch(address + path, { method, body: body ? JSON.stringify(body) : null });
    const { value } = await response.json();
    if (!response.ok) throw new Error(`${path}: ${value.error}: ${value.message}`);
    return value;
  };
}

async function untilReady(ask: Ask): Promise<void> {
  const start = Date.now();
  for (;;) {
    const problem = await ask("GET", "/status").then(
      () => null,
      (error: unknown) => error,
    );
    if (problem === null) return;
    if (Date.now() - start > START_LIMIT)
      throw new Error("WebKitWebDriver does not answer", { cause: problem });
    await wait(50);
  }
}

/** Returns the number of a port that nobody listens on. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      server.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}
