/** Every view of the demo under axe, in both themes, wide and at the width of a phone; and without a pointer. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { Page } from "puppeteer";
import { describe, expect, test } from "vitest";
import { dropOn } from "../support/demo-drops.ts";
import { prepareDemo, press, see, show, VIEWS, withPage } from "../support/demo-page.ts";

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

prepareDemo();

/** Features of the media that each theme stands for. */
const THEMES = {
  light: { name: "prefers-color-scheme", value: "light" },
  dark: { name: "prefers-color-scheme", value: "dark" },
  "forced colours": { name: "forced-colors", value: "active" },
} as const;

/** Sets a feature by the protocol: Puppeteer does not know forced colours. */
async function emulate(
  page: Page,
  feature: { readonly name: string; readonly value: string },
): Promise<void> {
  const session = await page.createCDPSession();
  await session.send("Emulation.setEmulatedMedia", { features: [feature] });
}

/** Opens what is folded, and checks the view at hand at every width and by axe. */
async function check(page: Page): Promise<void> {
  await page.evaluate(() => {
    for (const details of document.querySelectorAll("details")) details.open = true;
  });
  for (const width of [1440, 1280, 390, 320]) {
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
}

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
      await check(page);
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
        await check(page);
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
