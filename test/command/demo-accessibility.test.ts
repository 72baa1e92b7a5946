/** Every view of the demo under axe, in both themes, wide and at the width of a phone; and without a pointer. */
import type { Page } from "puppeteer";
import { describe, expect, test } from "vitest";
import { checkAccess, emulate, THEMES } from "../support/accessibility.ts";
import { dropOn } from "../support/demo-drops.ts";
import { prepareDemo, press, see, show, VIEWS, withPage } from "../support/demo-page.ts";

prepareDemo();

describe.each(Object.entries(THEMES))("accessibility, %s", (_, theme) => {
  test.each(VIEWS)("%s has no violation that axe finds", async (view) => {
    await withPage(async (page) => {
      await emulate(page, theme);
      await press(page, "One epoch");
      await see(page, "Paused after epoch 1");
      await show(page, view);
      if (view === "train") {
        await dropOn(page, [{ name: "letters.csv", text: "first,letter\n1,a\n2,b\n" }]);
        await see(page, "Open letters.csv");
      }
      await checkAccess(page);
    });
  });

  test("a table that was learnt has none either, on the views that show it", async () => {
    await withPage(async (page) => {
      await emulate(page, theme);
      const rows = Array.from({ length: 60 }, (_, i) => `${(7 * i) % 11},${"xyz"[i % 3]},${"ab"[i % 2]}\n`);
      await dropOn(page, [{ name: "letters.csv", text: `size,sign,letter\n${rows.join("")}` }]);
      await see(page, "Open letters.csv");
      await press(page, "Open and train");
      await see(page, "Done after");
      for (const view of ["train", "try", "model"] as const) {
        await show(page, view);
        await checkAccess(page);
      }
    });
  });
});

/** Presses Tab until the element with the focus has this text. */
async function tabTo(page: Page, text: string): Promise<void> {
  for (let presses = 0; presses < 80; presses++) {
    await page.keyboard.press("Tab");
    const focused = await page.evaluate(() => document.activeElement?.textContent?.trim());
    if (focused === text) return;
  }
  expect.unreachable(`Tab does not come to “${text}”`);
}

test("by keyboard alone: from the start to a downloaded model", async () => {
  await withPage(async (page) => {
    // The Blob of the download instead of a file.
    await page.evaluate(() => {
      const make = URL.createObjectURL.bind(URL);
      URL.createObjectURL = (blob: Blob) => {
        Object.assign(window, { savedBytes: blob.size });
        return make(blob);
      };
      addEventListener("click", (event) => {
        if (event.target instanceof HTMLAnchorElement && event.target.download) event.preventDefault();
      });
    });
    await tabTo(page, "Start");
    await page.keyboard.press("Enter");
    await see(page, "Done after epoch 30");
    await tabTo(page, "Get the code");
    await page.keyboard.press("Enter");
    await see(page, "The same run, in code");
    await tabTo(page, "Download safetensors");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => Number(Reflect.get(window, "savedBytes")) > 10 * 784 * 4);
  });
});
