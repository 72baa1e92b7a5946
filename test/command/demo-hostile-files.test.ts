/** Files that mean harm, or are broken: names with HTML in every view, tables that are cut short or altered. */
import { readFile } from "node:fs/promises";
import type { Page } from "puppeteer";
import { expect, test } from "vitest";
import { createRandom } from "../../src/data/random.ts";
import { dropOn } from "../support/demo-drops.ts";
import { prepareDemo, press, see, show, VIEWS, withPage } from "../support/demo-page.ts";
import { trained } from "../support/demo-tables.ts";
import { hasData } from "../support/real-data.ts";

prepareDemo();

const HOSTILE = '<img src="x" onerror="window.harmed=1"><b class="harm">x</b>';

/** What of the page came from a name: elements, or code that ran. */
async function harm(page: Page): Promise<unknown[]> {
  return page.evaluate(() => [
    "harmed" in window ? "code ran" : "",
    ...[...document.querySelectorAll('img[src="x"], .harm')].map(({ outerHTML }) => outerHTML),
  ]);
}

test("names of files, columns, classes and values that look like HTML stay text in every view", async () => {
  await withPage(async (page) => {
    const quoted = `"${HOSTILE.replaceAll('"', '""')}"`;
    const rows = Array.from({ length: 60 }, (_, i) =>
      [i / 7, i % 3 ? quoted : "plain", i % 2 ? `"<i>a</i>"` : quoted].join(),
    );
    const text = `size,${quoted},label\n${rows.join("\n")}\n`;
    await dropOn(page, [{ name: `${HOSTILE.replaceAll("/", "")}.csv`, text }]);
    await see(page, "Open and train");
    expect(await harm(page)).toEqual([""]);
    await press(page, "Open and train");
    await trained(page);
    for (const view of VIEWS) {
      await show(page, view);
      expect(await harm(page), view).toEqual([""]);
    }
    await show(page, "try");
    await see(page, HOSTILE);
    await show(page, "train");
    await see(page, HOSTILE);
  });
});

/** Waits until a file is either asked about, or refused by an alert that names it; returns what was said. */
async function outcome(page: Page, name: string): Promise<string> {
  const said = await page.waitForFunction(
    (file) => {
      const alerts = [...document.querySelectorAll('[role="alert"]')].map(({ textContent }) => textContent);
      return (
        alerts.find((text) => text?.includes(file)) ??
        (document.querySelector("form.opening")?.textContent?.includes(file) ? "asked about" : null)
      );
    },
    { timeout: 60_000, polling: 50 },
    name,
  );
  return (await said.jsonValue()) as string;
}

test.skipIf(!hasData)(
  "workbooks and Parquet files that are cut short or altered are refused by a sentence, or read (needs DATA_DIR)",
  async () => {
    const random = createRandom(5);
    await withPage(async (page) => {
      for (const file of ["table.xlsx", "table.parquet"]) {
        const whole = await readFile(`${process.env.DATA_DIR}/tables/${file}`);
        for (let i = 0; i < 8; i++) {
          const broken = Uint8Array.from(whole.subarray(0, i < 4 ? random.integer(whole.length) : undefined));
          if (i >= 4)
            for (let k = 0; k < 20; k++) broken[random.integer(broken.length)] = random.integer(256);
          const name = `${i}-${file}`;
          await page.evaluate(
            (key, base64) => {
              const bytes = Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
              Object.assign(window, { [key]: new Blob([bytes]) });
            },
            name,
            Buffer.from(broken).toString("base64"),
          );
          await dropOn(page, [{ name, fromPage: name }]);
          const said = await outcome(page, name);
          // One sentence or two, of words rather than a stack.
          expect(said.length, said).toBeLessThan(400);
          expect(said).not.toMatch(/undefined|\bat \w+ \(|TypeError|RangeError/);
        }
      }
    });
  },
);
