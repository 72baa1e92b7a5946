/** The first screen as a visitor meets it: it learns by itself, says what came of it, and takes drawings and files. */
import type { Page } from "puppeteer";
import { describe, expect, test } from "vitest";
import { dropOn } from "../support/demo-drops.ts";
import { prepareDemo, press, see, show, withPage } from "../support/demo-page.ts";
import { fact } from "../support/demo-run.ts";

prepareDemo();

const REDUCED = [{ name: "prefers-reduced-motion", value: "reduce" }];

/** Draws a line down the middle of the pad. */
async function drawLine(page: Page): Promise<void> {
  const sheet = await (await page.waitForSelector(".hero-pad .sheet canvas"))?.boundingBox();
  if (!sheet) throw new Error("there is nothing to draw on");
  await page.mouse.move(sheet.x + sheet.width / 2, sheet.y + 0.2 * sheet.height);
  await page.mouse.down();
  await page.mouse.move(sheet.x + sheet.width / 2, sheet.y + 0.8 * sheet.height, { steps: 8 });
  await page.mouse.up();
}

describe("the first screen", () => {
  test("learns by itself; sentence, figure and confusion matrix agree once it is done", async () => {
    await withPage(
      async (page) => {
        const seen = await page.waitForFunction(() => {
          const sentence = document.querySelector<HTMLElement>(".outcome-sentence")?.innerText;
          if (!sentence) return null;
          const cells = [...document.querySelectorAll<HTMLElement>(".confusion-grid .above")];
          return { sentence, right: cells.reduce((sum, { innerText }) => sum + Number(innerText), 0) };
        });
        const { sentence, right } = (await seen.jsonValue()) as { sentence: string; right: number };
        expect(sentence).toMatch(/^9\d\d of 1,000 digits it had never seen are right, in [\d.]+ s, on /);
        expect(right).toBe(Number(sentence.slice(0, 3)));
        expect(await fact(page, "Validation accuracy")).toBeCloseTo(right / 10, 5);
        await drawLine(page);
        await page.waitForFunction(() => document.querySelector(".bars .best .share")?.textContent !== "");
      },
      { fragment: "" },
    );
  });

  test("shows digits before any of the data set is drawn", async () => {
    await withPage(
      async (page) => {
        expect(await page.evaluate("window.drawnAtFirst")).toBe(0);
      },
      {
        before: async (page) => {
          await page.evaluateOnNewDocument(() => {
            const observer = new MutationObserver(() => {
              if (!document.querySelector("canvas[aria-label^='A drawing of']")) return;
              observer.disconnect();
              Object.assign(window, { drawnAtFirst: document.querySelector("progress")?.value });
            });
            observer.observe(document, { childList: true, subtree: true });
          });
        },
      },
    );
  });

  test("does so without motion for those who want none, and not at all if the address says so", async () => {
    await withPage(
      async (page) => {
        await see(page, "Done after epoch 30");
      },
      { fragment: "", before: (page) => page.emulateMediaFeatures(REDUCED) },
    );
    await withPage(async (page) => {
      await see(page, "Ready to start.");
      expect(await page.evaluate(() => document.querySelector("progress")?.value)).toBe(0);
    });
  });

  test.each([1280, 390])("has its parts in order, and content at the top, at %i px", async (width) => {
    await withPage(
      async (page) => {
        await page.setViewport({ width, height: 844 });
        const order = await page.$$eval("main h2, main .class-weights h3, main .hero-pad h3", (found) =>
          found
            .map((heading) => [heading.getBoundingClientRect().top, heading.textContent] as const)
            .sort(([a], [b]) => a - b)
            .map(([, text]) => text),
        );
        expect(order.map((text) => text?.slice(0, 17))).toEqual(
          expect.arrayContaining(["Learning to read ", "What it looks for", "Draw one yourself"]),
        );
        expect(order[0]).toBe("Learning to read digits");
        expect(order.slice(-5)).toEqual(["Learning", "Data", "Confusion matrix", "Most wrong", "Options"]);
        const content = await page.$eval("main", (main) => main.getBoundingClientRect().top);
        expect(content).toBeLessThanOrEqual(80);
      },
      { before: (page) => page.setViewport({ width, height: 844 }) },
    );
  });

  test("opens what is dropped on any view, right there, with the focus on it", async () => {
    await withPage(async (page) => {
      await show(page, "mathematics");
      await dropOn(page, [{ name: "letters.csv", text: "first,letter\n1,a\n2,b\n" }]);
      await see(page, "Open letters.csv");
      expect(await page.evaluate(() => document.activeElement?.closest(".opening-place") !== null)).toBe(
        true,
      );
      expect(await page.evaluate(() => location.hash)).toMatch(/^#mathematics\b/);
      await press(page, "Cancel");
      await page.waitForFunction(() => !document.body.innerText.includes("Open letters.csv"));
    });
  });

  test("without JavaScript says what the page is and what it needs", async () => {
    await withPage(
      async (page) => {
        const text = await page.$eval("body", ({ innerText }) => innerText);
        expect(text).toContain("trains a classifier on your own");
        expect(text).toContain("needs JavaScript");
        expect(text).not.toContain("…");
      },
      { before: (page) => page.setJavaScriptEnabled(false) },
    );
  });
});
