/**
 * The command `npm run bench:sparse`: sparse rows in headless Chrome on WebAssembly. How the time of a pass grows with
 * the stored values of a row, and what a fit takes of time and memory.
 */
import { Command } from "commander";
import { launchChrome } from "../demo/headless/chrome.ts";
import { exponentOf, lineThrough } from "./measure/growth.ts";
import { serve } from "./serve.ts";
import type { FitJob, PassesJob, SparseAnswer, SparseResult } from "./sparse/page.ts";
import { peakOfRenderers } from "./sparse/renderer-memory.ts";

/** Numbers of stored values in a row whose passes are timed. */
const VALUES = [25, 50, 100, 200];

/** Of the rows that are fitted. */
const FITTED = 100;

interface Settings {
  readonly rows: string;
  readonly cols: string;
  readonly classes: string;
  readonly l2: string;
  readonly rounds: string;
  readonly threads: string;
}

/** Runs the command and returns the exit code. */
export async function main(argv: readonly string[]): Promise<number> {
  const command = new Command("npm run bench:sparse --")
    .description("Sparse rows in headless Chrome on WebAssembly: time of a pass, time and memory of a fit.")
    .option("--rows <number>", "rows", "100000")
    .option("--cols <number>", "columns", String(2 ** 18))
    .option("--classes <number>", "classes", "20")
    .option("--l2 <number>", "coefficient of the squared weights, of the fit", "1e-5")
    .option("--threads <number>", "threads of the fit", "auto")
    .option("--rounds <number>", "passes of which the shortest is taken", "5")
    .parse(argv);
  const { rows, cols, classes, l2, rounds, threads } = command.opts<Settings>();
  const shapeOf = (values: number) => ({
    rows: Number(rows),
    cols: Number(cols),
    topics: Number(classes),
    values,
  });
  say(`${count(Number(rows))} × ${count(Number(cols))}, ${classes} classes, WebAssembly`);
  const times = await inChrome({ what: "passes", shapes: VALUES.map(shapeOf), rounds: Number(rounds) });
  for (const [i, values] of VALUES.entries())
    say(`  a pass over ${values} values a row: ${(1000 * times.result.seconds[i]).toFixed(0)} ms`);
  const { constant, slope } = lineThrough(VALUES, times.result.seconds);
  const line = `${(1000 * constant).toFixed(0)} ms and ${(1000 * slope).toFixed(2)} ms for each value of a row`;
  say(`  it grows as values^${exponentOf(VALUES, times.result.seconds).toFixed(2)}; by a line, ${line}`);
  const { result, memory } = await inChrome({
    what: "fit",
    shape: shapeOf(FITTED),
    l2: Number(l2),
    threads: threads === "auto" ? threads : Number(threads),
  });
  const [seconds] = result.seconds;
  say(`  a fit of ${FITTED} values a row, λ = ${l2}: ${seconds.toFixed(1)} s, ${result.end}`);
  say(`  its page took at most ${megabytes(memory.peak)}, ${megabytes(memory.before)} of them without rows`);
  return 0;
}

const say = (line: string) => void process.stdout.write(`${line}\n`);
const count = (value: number) => value.toLocaleString("en");
const megabytes = (value: number | null) => (value === null ? "unknown" : `${value.toFixed(0)} MB`);

/** The most memory that a page has taken before a job, and with it, MB; null if the system does not tell. */
interface Memory {
  readonly before: number | null;
  readonly peak: number | null;
}

/** Does a job in a browser of its own. */
async function inChrome(job: PassesJob | FitJob): Promise<{ result: SparseResult; memory: Memory }> {
  const server = await serve([]);
  try {
    const browser = await launchChrome(say);
    try {
      const pid = browser.process()?.pid ?? 0;
      const page = await browser.newPage();
      const address = `${server.resolvedUrls?.local[0]}bench/sparse/page.html`;
      await page.goto(address, { waitUntil: "networkidle0" });
      const before = await peakOfRenderers(pid);
      const answer = await new Promise<SparseAnswer>((resolve, reject) => {
        browser.once("disconnected", () => reject(new Error("the browser is gone")));
        page.once("error", reject);
        page
          .exposeFunction("reportSparse", resolve)
          .then(() => page.evaluate((asked) => window.measureSparse(asked), job))
          .catch(reject);
      });
      if ("error" in answer) throw new Error(answer.error);
      return { result: answer.result, memory: { before, peak: await peakOfRenderers(pid) } };
    } finally {
      await browser.close();
    }
  } finally {
    await server.close();
  }
}
