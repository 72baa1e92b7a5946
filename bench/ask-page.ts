/** Serves a page of this repository to headless Chrome, gives it a task, waits for its answer, and closes both. */
import { withChromePage } from "../demo/headless/chrome.ts";
import { serve } from "./serve.ts";

/** How a page is asked. */
export interface Asking {
  /** Path of the page. */
  readonly page: string;
  /** Names and values of the functions that the page may call, beside `reportAnswer`. */
  readonly reports: Readonly<Record<string, (value: never) => void>>;
  /** Packages that are bundled before the page asks for them. Default none. */
  readonly bundled?: string[];
  readonly signal: AbortSignal;
  /** Prints the state of the preparations, and errors of the page. */
  readonly say: (line: string) => void;
}

/**
 * Calls `window.measure(asked)` in the page and resolves with the value that it gives to `reportAnswer`.
 *
 * @throws Error the browser does not start or is gone; the signal's reason
 */
export async function askPage<Answer>(
  asked: unknown,
  { page: path, reports, bundled = [], signal, say }: Asking,
): Promise<Answer> {
  const server = await serve(bundled);
  try {
    return await withChromePage({ say, signal }, async (page, browser) => {
      page.on("pageerror", (error) => say(String(error)));
      for (const [name, report] of Object.entries(reports)) await page.exposeFunction(name, report);
      return await new Promise<Answer>((resolve, reject) => {
        browser.once("disconnected", () => reject(new Error("the browser is gone")));
        page.once("error", reject);
        page
          .exposeFunction("reportAnswer", resolve)
          .then(() => page.goto(`${server.resolvedUrls?.local[0]}${path}`, { waitUntil: "networkidle0" }))
          .then(() => page.evaluate((task) => (window as unknown as TaskPage).measure(task), asked))
          .catch(reject);
      });
    });
  } finally {
    await server.close();
  }
}

/** A page that carries out a task. */
interface TaskPage {
  /** Returns at once, because Puppeteer waits no longer than three minutes. */
  measure(task: unknown): void;
}
