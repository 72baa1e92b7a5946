/** The demo as a person would use it: built for a static host, opened below a path, clicked, drawn on, broken. */
import { readdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Page } from "puppeteer";
import { describe, expect, test } from "vitest";
import { asked, FOLDER, prepareDemo, press, see, show, VIEWS, withPage } from "../support/demo-page.ts";
import { hasData } from "../support/real-data.ts";

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

/** Gzipped bytes of everything that comes before anything is clicked. */
const FIRST_LOAD = 150 * 1024;

prepareDemo();

/** The figure beside a name in the run's facts, as a number. */
async function fact(page: Page, name: string): Promise<number> {
  const text = await page.evaluate((wanted) => {
    const term = [...document.querySelectorAll("dt")].find(({ innerText }) => innerText === wanted);
    return term?.nextElementSibling?.textContent ?? "";
  }, name);
  return Number.parseFloat(text.replace(/,/g, ""));
}

/** The probabilities that the view "Try" shows, once there are some. */
async function probabilities(page: Page): Promise<number[]> {
  const values = await page.waitForFunction(() => {
    const shown = [...document.querySelectorAll<HTMLDataElement>(".probabilities data")].map(
      ({ value }) => value,
    );
    return shown.length === 10 && shown.every((value) => value !== "") && shown.map(Number);
  });
  return (await values.jsonValue()) as number[];
}

/** Waits until an alert says this. */
async function alerted(page: Page, text: string): Promise<void> {
  await page.waitForFunction(
    (wanted) =>
      [...document.querySelectorAll('[role="alert"]')].some(({ textContent }) =>
        textContent?.includes(wanted),
      ),
    {},
    text,
  );
}

/** Waits until a run has come to an epoch, or is done. */
async function trainTo(page: Page, epoch: number): Promise<void> {
  await page.waitForFunction(
    (wanted) => Number(/(?:Training:|Done after) epoch (\d+)/.exec(document.body.innerText)?.[1]) >= wanted,
    {},
    epoch,
  );
}

/** The epoch that a paused run has come to. */
function epochs(page: Page): Promise<number> {
  return page.evaluate(() => Number(/Paused after epoch (\d+)/.exec(document.body.innerText)?.[1]));
}

/**
 * The longest tasks of the page's main thread while `work` goes on, in ms of its own processor time: what other
 * programs take of a busy machine does not count.
 */
async function longestTasks(page: Page, work: () => Promise<void>): Promise<number[]> {
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

/** Pulls a slider to its right end. */
async function slideToEnd(page: Page, label: string): Promise<void> {
  const slider = await page.waitForSelector(`::-p-aria(${label}[role="slider"])`);
  await slider?.focus();
  await page.keyboard.press("End");
}

describe("the demo", () => {
  test("first load: at most 150 KiB gzipped, nothing from elsewhere, works below a path", async () => {
    asked.length = 0;
    await withPage(async (page) => {
      await see(page, "Ready to start.");
    });
    const files = new Set(asked);
    let size = 0;
    for (const file of files) size += gzipSync(await readFile(join(FOLDER, file))).length;
    process.stdout.write(
      `demo, first load: ${(size / 1024).toFixed(0)} KiB gzipped in ${files.size} files of ${(await readdir(join(FOLDER, "assets"))).length + 1}\n`,
    );
    expect(size).toBeLessThanOrEqual(FIRST_LOAD);
    expect([...files].some((file) => file.includes("temml"))).toBe(false);
  });

  test("trains the default to 90 %, is paused and goes on, never holds the page up", async () => {
    await withPage(async (page) => {
      await press(page, "One epoch");
      await see(page, "Paused after epoch 1");
      const tasks = await longestTasks(page, async () => {
        await press(page, "Continue");
        await see(page, "Done after epoch 30");
      });
      process.stdout.write(
        `demo, longest tasks while training: ${tasks.map((ms) => `${ms.toFixed(0)} ms`).join(", ")}\n`,
      );
      expect(tasks.length).toBeGreaterThan(0);
      expect(tasks[0]).toBeLessThanOrEqual(50);
      expect(await fact(page, "Validation accuracy")).toBeGreaterThanOrEqual(90);
      expect(await fact(page, "Rows a second")).toBeGreaterThan(0);
      // More epochs than anybody waits for, so that there is time to pause.
      await slideToEnd(page, "Epochs");
      await press(page, "Start");
      await see(page, "Training: epoch");
      await press(page, "Pause");
      await see(page, "Paused after epoch");
      const paused = await epochs(page);
      await press(page, "Continue");
      await page.waitForFunction(
        (before) => Number(/Training: epoch (\d+)/.exec(document.body.innerText)?.[1]) > before,
        {},
        paused,
      );
      await press(page, "Reset");
      await see(page, "Ready to start.");
    });
  });

  test("draws a stroke: probabilities that sum to 1", async () => {
    await withPage(async (page) => {
      await press(page, "One epoch");
      await see(page, "Paused after epoch 1");
      await show(page, "try");
      const sheet = await (await page.waitForSelector(".sheet canvas"))?.boundingBox();
      if (!sheet) throw new Error("there is nothing to draw on");
      const [x, y] = [sheet.x + sheet.width / 2, sheet.y];
      await page.mouse.move(x, y + 0.2 * sheet.height);
      await page.mouse.down();
      await page.mouse.move(x + 5, y + 0.8 * sheet.height, { steps: 12 });
      await page.mouse.up();
      const shown = await probabilities(page);
      expect(shown.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 5);
      expect(Math.max(...shown)).toBeGreaterThan(0.1);
    });
  });

  test("checks the gradient, and passes", async () => {
    await withPage(async (page) => {
      await press(page, "One epoch");
      await see(page, "Paused after epoch 1");
      await show(page, "mathematics");
      await press(page, "Check the gradient");
      await see(page, "Passed: the gradient is right.");
    });
  });

  test("a model that is saved and opened again predicts the same", async () => {
    await withPage(async (page) => {
      await press(page, "One epoch");
      await see(page, "Paused after epoch 1");
      await show(page, "try");
      await press(page, "Validation sample");
      const before = await probabilities(page);
      await show(page, "model");
      // What a download would write, taken from the Blob that the page makes for it.
      await page.evaluate(() => {
        const make = URL.createObjectURL.bind(URL);
        URL.createObjectURL = (blob: Blob) => {
          Object.assign(window, { saved: blob });
          return make(blob);
        };
        addEventListener("click", (event) => {
          if (event.target instanceof HTMLAnchorElement && event.target.download) event.preventDefault();
        });
      });
      await press(page, "Download safetensors");
      await page.waitForFunction("window.saved");
      await show(page, "train");
      await press(page, "Reset");
      await see(page, "Ready to start.");
      await show(page, "model");
      await dropOn(page, [{ name: "model.safetensors", fromPage: "saved" }]);
      await see(page, "model.safetensors is open.");
      await show(page, "try");
      expect(await probabilities(page)).toEqual(before);
      await show(page, "train");
      await press(page, "Continue");
      await see(page, "Done after epoch 30");
    });
  });

  test("a table asks for its label column, and still does after another view was open", async () => {
    await withPage(async (page) => {
      const rows = Array.from({ length: 40 }, (_, i) => `${i},${i % 7},${"ab"[i % 2]}\n`);
      await dropOn(page, [{ name: "letters.csv", text: `first,second,letter\n${rows.join("")}` }]);
      await see(page, "Open letters.csv");
      await show(page, "model");
      await show(page, "train");
      await see(page, "Open letters.csv");
      await press(page, "Open");
      await see(page, "32 rows to train on, 8 more to check with.");
      await press(page, "Start");
      await see(page, "Done after epoch 30");
    });
  });

  test("files that are broken are refused in plain words, and nothing changes", async () => {
    await withPage(async (page) => {
      await dropOn(page, [{ name: "broken.csv", text: "a,b,label\n1,2,x\n1\n" }]);
      await see(page, "Open broken.csv");
      await press(page, "Open");
      await alerted(page, "broken.csv: row 3 has 1 cells, the header 3");
      await dropOn(page, [
        { name: "t10k-images-idx3-ubyte", text: "not an idx file" },
        { name: "t10k-labels-idx1-ubyte", text: "nor this" },
      ]);
      await alerted(page, "t10k-");
      const inUse = await page.evaluate(() => document.querySelector(".data h3")?.textContent);
      expect(inUse).toBe("Stroke digits");
      await show(page, "model");
      await dropOn(page, [{ name: "model.safetensors", text: "not a model" }]);
      await alerted(page, "model.safetensors:");
    });
  });

  test.skipIf(!hasData)("MNIST is dropped on it, and trained on", async () => {
    await withPage(async (page) => {
      const folder = join(process.env.DATA_DIR ?? "", "mnist");
      const paths = (await readdir(folder)).map((name) => join(folder, name));
      await dropOn(page, await filesFromDisk(page, paths));
      await see(page, "60,000 grey pictures of 28 × 28 pixels to train on, 10,000 more to check with.");
      await press(page, "Start");
      const tasks = await longestTasks(page, () => trainTo(page, 3));
      expect(tasks[0]).toBeLessThanOrEqual(50);
      await see(page, "Done after epoch 30");
      expect(await fact(page, "Validation accuracy")).toBeGreaterThan(92);
    });
  });

  test("goes on after the GPU process is lost", async () => {
    await withPage(async (page) => {
      await page.evaluate(() =>
        document.querySelector<HTMLDetailsElement>("details.more-options")?.setAttribute("open", ""),
      );
      await page.evaluate(() => {
        const select = [...document.querySelectorAll("select")].find(({ options }) =>
          [...options].some(({ value }) => value === "webgpu"),
        );
        if (!select) throw new Error("no choice of a device");
        select.value = "webgpu";
        select.dispatchEvent(new Event("change", { bubbles: true }));
      });
      // So many epochs that the run is still on, however fast the GPU is.
      await slideToEnd(page, "Epochs");
      await press(page, "Start");
      await see(page, "Training: epoch");
      const session = await page.browser().target().createCDPSession();
      // The command never answers: the process that would is gone.
      session.send("Browser.crashGpuProcess").catch(() => {});
      await see(page, "The GPU was lost. Going on with what was learnt.");
      await trainTo(page, 12);
      await press(page, "Pause");
      await see(page, "Paused after epoch");
      expect(await fact(page, "Validation accuracy")).toBeGreaterThanOrEqual(90);
    });
  });

  describe.each(["light", "dark"] as const)("accessibility, %s", (theme) => {
    test.each(VIEWS)("%s has no violation that axe finds", async (view) => {
      await withPage(async (page) => {
        await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: theme }]);
        await press(page, "One epoch");
        await see(page, "Paused after epoch 1");
        await show(page, view);
        if (view === "train") {
          await dropOn(page, [{ name: "letters.csv", text: "first,letter\n1,a\n2,b\n" }]);
          await see(page, "Open letters.csv");
        }
        await page.evaluate(() => {
          for (const details of document.querySelectorAll("details")) details.open = true;
        });
        for (const width of [1280, 390, 320]) {
          await page.setViewport({ width, height: 900 });
          const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
          expect(overflow, `nothing sticks out at ${width} px`).toBeLessThanOrEqual(0);
        }
        // What follows the size of its place has followed it after a frame.
        await page.evaluate(
          () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
        );
        await page.evaluate(await readFile(AXE, "utf8"));
        const found = (await page.evaluate(
          `axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] }).then(({ violations }) =>
            violations.map(({ id, nodes }) => id + ": " + nodes.map(({ target }) => target.join(" ")).join(", ")))`,
        )) as string[];
        expect(found).toEqual([]);
      });
    });
  });
});

/** Files that the page gets as a file chooser would give them, for dropping. */
async function filesFromDisk(page: Page, paths: readonly string[]): Promise<Dropped[]> {
  const chooser = await page.evaluateHandle(() => {
    const input = document.createElement("input");
    Object.assign(input, { type: "file", multiple: true });
    return input;
  });
  await chooser.uploadFile(...paths);
  const names = await chooser.evaluate(({ files }) => {
    for (const file of files ?? []) Object.assign(window, { [file.name]: file });
    return Array.from(files ?? [], ({ name }) => name);
  });
  return names.map((name) => ({ name, fromPage: name }));
}

/** A file to drop: with this text, or from a Blob that the page keeps under this name. */
interface Dropped {
  readonly name: string;
  readonly text?: string;
  readonly fromPage?: string;
}

/** Drops files on the page, as a hand would. */
async function dropOn(page: Page, files: readonly Dropped[]): Promise<void> {
  await page.evaluate((dropped) => {
    const dataTransfer = new DataTransfer();
    for (const { name, text, fromPage } of dropped) {
      const content = fromPage ? (Reflect.get(window, fromPage) as Blob) : (text ?? "");
      dataTransfer.items.add(new File([content], name));
    }
    for (const type of ["dragenter", "dragover", "drop"])
      document.body.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
  }, files as Dropped[]);
}
