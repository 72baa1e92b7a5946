/** What is read of a run in the demo: its figures, how far it is, and how long it holds the page up. */
import type { Page } from "puppeteer";

/** The figure beside a name in the run's facts, as a number. */
export async function fact(page: Page, name: string): Promise<number> {
  const text = await page.evaluate((wanted) => {
    const term = [...document.querySelectorAll("dt")].find(({ innerText }) => innerText === wanted);
    return term?.nextElementSibling?.textContent ?? "";
  }, name);
  return Number.parseFloat(text.replace(/,/g, ""));
}

/** Waits until a run has come to an epoch, or is done. */
export async function trainTo(page: Page, epoch: number): Promise<void> {
  await page.waitForFunction(
    (wanted) => Number(/(?:Training:|Done after) epoch (\d+)/.exec(document.body.innerText)?.[1]) >= wanted,
    {},
    epoch,
  );
}

/**
 * The longest tasks of the page's main thread while `work` goes on, in ms of its own processor time: what other
 * programs take of a busy machine does not count.
 */
export async function longestTasks(page: Page, work: () => Promise<void>): Promise<number[]> {
  await page.tracing.start({ categories: ["toplevel", "disabled-by-default-devtools.timeline"] });
  await work();
  const trace = await page.tracing.stop();
  const { traceEvents } = JSON.parse(new TextDecoder().decode(trace)) as { traceEvents: TraceEvent[] };
  const mains = new Set(
    traceEvents.filter(({ args }) => args?.name === "CrRendererMain").map(({ pid, tid }) => `${pid} ${tid}`),
  );
  return traceEvents
    .filter(({ pid, tid, name }) => name === "RunTask" && mains.has(`${pid} ${tid}`))
    .map(({ tdur = 0 }) => tdur / 1000)
    .sort((a, b) => b - a)
    .slice(0, 5);
}

/** What is read of Chrome's trace: times are in microseconds. */
interface TraceEvent {
  readonly name: string;
  readonly pid: number;
  readonly tid: number;
  readonly tdur?: number;
  readonly args?: { readonly name?: string };
}
