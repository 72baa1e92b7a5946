/** The demo as a person would use it: loaded below a path, trained, paused, drawn on, saved, and its GPU taken away. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import type { Page } from "puppeteer";
import { describe, expect, test } from "vitest";
import { dropOn } from "../support/demo-drops.ts";
import { asked, FOLDER, prepareDemo, press, see, show, withPage } from "../support/demo-page.ts";
import { fact, longestTasks, trainTo } from "../support/demo-run.ts";

/** Gzipped bytes of everything that comes before anything is clicked. */
const FIRST_LOAD = 150_000;

prepareDemo();

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

/** The epoch that a paused run has come to. */
function epochs(page: Page): Promise<number> {
  return page.evaluate(() => Number(/Paused after epoch (\d+)/.exec(document.body.innerText)?.[1]));
}

/** Pulls a slider to its right end. */
async function slideToEnd(page: Page, label: string): Promise<void> {
  const slider = await page.waitForSelector(`::-p-aria(${label}[role="slider"])`);
  await slider?.focus();
  await page.keyboard.press("End");
}

describe("the demo", () => {
  test("first load: at most 150 kB gzipped, nothing from elsewhere, works below a path, and links to itself alone", async () => {
    asked.length = 0;
    await withPage(
      async (page) => {
        await see(page, "Done after epoch 30");
        expect(await page.$$eval("a:not([href^='#'])", (links) => links.map(({ href }) => href))).toEqual([]);
      },
      { fragment: "" },
    );
    const files = new Set(asked);
    let size = 0;
    for (const file of files) size += gzipSync(await readFile(join(FOLDER, file))).length;
    process.stdout.write(
      `demo, first load: ${(size / 1000).toFixed(0)} kB gzipped in ${files.size} files of ${(await readdir(join(FOLDER, "assets"))).length + 1}\n`,
    );
    expect(size).toBeLessThanOrEqual(FIRST_LOAD);
    expect([...files].filter((file) => /temml/.test(file))).toEqual([]);
  });

  test("is a production build: no development JSX, no paths of the machine that built it", async () => {
    const assets = await readdir(join(FOLDER, "assets"));
    const machine = fileURLToPath(new URL("../..", import.meta.url));
    for (const file of ["index.html", ...assets.map((name) => `assets/${name}`)]) {
      const text = await readFile(join(FOLDER, file), "utf8");
      expect(text.includes(machine), file).toBe(false);
      expect(text, file).not.toMatch(/jsxDEV|jsx-dev-runtime|lineNumber:/);
    }
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
      expect(await fact(page, "Rows per second")).toBeGreaterThan(0);
      // Many epochs, so that there is time to pause.
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
      await see(page, "The GPU was lost. Continuing from the last epoch.");
      await trainTo(page, 12);
      await press(page, "Pause");
      await see(page, "Paused after epoch");
      expect(await fact(page, "Validation accuracy")).toBeGreaterThanOrEqual(90);
    });
  });
});
