/** Thresholds, calibration and the search for λ as a person uses them: by keyboard, on a table of two classes. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { Page } from "puppeteer";
import { expect, test } from "vitest";
import { dropOn } from "../support/demo-drops.ts";
import { prepareDemo, press, see, withPage } from "../support/demo-page.ts";

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

prepareDemo();

/** Returns a table whose classes overlap; a fifth of the rows are "ill". */
function overlapping(): string {
  const rows = Array.from({ length: 600 }, (_, i) => {
    const isIll = i % 5 === 0;
    const fever = 37 + (isIll ? 1.2 : 0) + ((i * 7919) % 100) / 50;
    return `${fever.toFixed(2)},${(i * 31) % 17},${isIll ? "ill" : "well"}\n`;
  });
  return `fever,age,state\n${rows.join("")}`;
}

async function openAndTrain(page: Page): Promise<void> {
  await dropOn(page, [{ name: "patients.csv", text: overlapping() }]);
  await see(page, "Open patients.csv");
  await press(page, "Open and train");
  await see(page, "480 rows to train on, 120 to validate on.");
  await see(page, "Done after iteration");
  await see(page, "Precision");
}

/** Presses a key on the slider with a label. @param times how often. Default 1 */
async function slide(page: Page, label: string, key: "End" | "ArrowLeft" | "Home", times = 1): Promise<void> {
  await page.locator(`::-p-aria(${label}[role="slider"])`).setTimeout(10_000).wait();
  const slider = await page.$(`::-p-aria(${label}[role="slider"])`);
  await slider?.focus();
  for (let i = 0; i < times; i++) await page.keyboard.press(key);
}

/** Returns the counts of the table of outcomes: found, missed, false alarms, left alone. */
function outcomes(page: Page): Promise<number[]> {
  return page.$$eval(".outcomes tbody td b", (cells) => cells.map(({ textContent }) => Number(textContent)));
}

test("a threshold trades false alarms for misses, rows may go without an answer, scores are calibrated", async () => {
  await withPage(async (page) => {
    await openAndTrain(page);
    await see(page, "From which probability on is a row “ill”?");
    const before = await outcomes(page);
    expect(before.reduce((sum, count) => sum + count, 0)).toBe(120);
    await slide(page, "Threshold", "Home");
    await see(page, "0.1%");
    const [found, missed, falseAlarms] = await outcomes(page);
    expect(missed).toBeLessThanOrEqual(before[1]);
    expect(found).toBeGreaterThanOrEqual(before[0]);
    expect(falseAlarms).toBeGreaterThan(before[2]);
    await slide(page, "Threshold", "End");
    await see(page, "99.9%");
    expect((await outcomes(page))[2]).toBe(0);
    await see(page, "All 120 validation rows get an answer");
    await slide(page, "Least probability", "End");
    await slide(page, "Least probability", "ArrowLeft", 10);
    await see(page, "would have been wrong.");
    await press(page, "Calibrate");
    await page.waitForFunction(() =>
      /scores are divided by|Nothing is changed/.test(document.body.innerText),
    );
    // The words are about the model that was calibrated: a new one is as it was trained.
    await press(page, "Start again");
    await page.waitForFunction(
      () => !/scores are divided by|Nothing is changed/.test(document.body.innerText),
    );
    await page.setViewport({ width: 320, height: 900 });
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(
      0,
    );
    await page.evaluate(() => {
      for (const details of document.querySelectorAll("details")) details.open = true;
    });
    await page.evaluate(await readFile(AXE, "utf8"));
    const violations = await page.evaluate(
      `axe.run().then(({ violations: all }) => all.map(({ id, nodes }) => id + ": " + nodes.map(({ target }) => target.join(" ")).join(", ")))`,
    );
    expect(violations).toEqual([]);
  });
});

test("the best λ is found, explained and used", async () => {
  await withPage(async (page) => {
    await openAndTrain(page);
    await press(page, "Find the best λ");
    await see(page, "Done: 13 λ compared.");
    await see(page, "the least validation loss");
    const label = await page.$eval(".sweep-choice button", ({ textContent }) => textContent ?? "");
    expect(label).toMatch(/^(Use|In use:) λ = /);
    expect(await page.$$eval(".sweep-choice ~ details tbody tr", (rows) => rows.length)).toBe(13);
    await press(page, label);
    await see(page, `In use: ${label.replace(/^(Use|In use:) /, "")}`);
    await see(page, "Done after iteration");
  });
});
