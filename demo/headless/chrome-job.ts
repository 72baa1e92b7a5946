/** Runs a job in headless Chrome: serves the page and the data files, starts the browser, closes both. */
import { createReadStream } from "node:fs";
import { fileURLToPath } from "node:url";
import { createServer, type Plugin, type ViteDevServer } from "vite";
import { kernels } from "../../src/backends/vite-plugin-kernels.ts";
import { withChromePage } from "./chrome.ts";
import { FILES, type FileName, type Job, type JobEvent, type JobResult } from "./job.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

export interface ChromeJobOptions {
  readonly files: Readonly<Record<FileName, string>> | null;
  readonly emit: (event: JobEvent) => void;
  /** Told the browser's version, and what is being installed if there is none. */
  readonly say: (message: string) => void;
  readonly signal: AbortSignal;
}

/** Runs the job and returns its result. @throws Error with the page's own message */
export async function runInChrome(
  job: Job,
  { files, emit, say, signal }: ChromeJobOptions,
): Promise<JobResult> {
  const server = await serve(files);
  try {
    return await withChromePage({ say, signal }, async (page, browser) => {
      say(`${await browser.version()}, headless`);
      await page.exposeFunction("report", emit);
      await page.goto(`${server.resolvedUrls?.local[0]}demo/headless/train.html`, {
        waitUntil: "networkidle0",
      });
      const answer = await page.evaluate((work) => window.train(work), job);
      if ("error" in answer) throw new Error(answer.error);
      return answer.result;
    });
  } finally {
    await server.close();
  }
}

async function serve(files: ChromeJobOptions["files"]): Promise<ViteDevServer> {
  const server = await createServer({
    root: ROOT,
    configFile: false,
    logLevel: "error",
    server: { host: "127.0.0.1", port: 0, hmr: false, watch: null },
    optimizeDeps: { noDiscovery: true },
    plugins: [kernels(), dataFiles(files)],
  });
  await server.listen();
  return server;
}

/** Serves the data files, but no other file of their folder, below `/data/`. */
function dataFiles(files: ChromeJobOptions["files"]): Plugin {
  return {
    name: "data-files",
    configureServer({ middlewares }) {
      middlewares.use("/data", (request, response, next) => {
        const name = FILES.find((file) => request.url === `/${file}`);
        if (!files || !name) return next();
        response.setHeader("Content-Type", "application/octet-stream");
        createReadStream(files[name]).on("error", next).pipe(response);
      });
    },
  };
}
