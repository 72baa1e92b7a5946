/** The command `npm run bench`: serves a page to headless Chrome, lets it measure, and closes both; or runs in Node. */
import { cpus } from "node:os";
import { launchChrome } from "../demo/headless/chrome.ts";
import { type Measure, runCommand } from "./command.ts";
import type { PageAnswer } from "./in-chrome-page.ts";
import type { BenchRecord } from "./record.ts";
import { serve } from "./serve.ts";

/** Packages of peers. */
const PEERS = [
  "@tensorflow/tfjs-core",
  "@tensorflow/tfjs-backend-wasm",
  "@tensorflow/tfjs-backend-webgpu",
  "@jax-js/jax",
];

/** Runs the command and returns the exit code; undefined if the command has set it. */
export async function main(argv: readonly string[]): Promise<number | undefined> {
  if (!argv.includes("--node")) return runCommand(argv, measureInChrome);
  await import("./node.ts");
  return undefined;
}

const measureInChrome: Measure = async (plan, { signal, onProgress, onRecord }, say) => {
  const server = await serve(plan.contenders.some((id) => !id.startsWith("own-")) ? PEERS : []);
  try {
    const browser = await launchChrome(say);
    // Closing the browser rejects everything that waits for the page.
    const stop = () => void browser.close();
    signal.addEventListener("abort", stop);
    try {
      signal.throwIfAborted();
      const page = await browser.newPage();
      page.setDefaultTimeout(0);
      page.on("pageerror", (error) => say(String(error)));
      await page.exposeFunction("reportProgress", onProgress);
      await page.exposeFunction("reportRecord", (record: BenchRecord) => onRecord(withProcessor(record)));
      const answer = await new Promise<PageAnswer>((resolve, reject) => {
        browser.once("disconnected", () => reject(new Error("the browser is gone")));
        page.once("error", reject);
        page
          .exposeFunction("reportAnswer", resolve)
          .then(() =>
            page.goto(`${server.resolvedUrls?.local[0]}bench/in-chrome-page.html`, {
              waitUntil: "networkidle0",
            }),
          )
          .then(() => page.evaluate((asked) => window.measure(asked), plan))
          .catch(reject);
      });
      if ("error" in answer) throw new Error(answer.error);
      return withProcessor(answer.record);
    } finally {
      signal.removeEventListener("abort", stop);
      await browser.close();
    }
  } finally {
    await server.close();
  }
};

/** Adds this machine's processor, whose name pages cannot read. */
function withProcessor(record: BenchRecord): BenchRecord {
  const cpu = cpus()[0]?.model;
  return cpu === undefined ? record : { ...record, machine: { ...record.machine, cpu } };
}
