/** Checks of a page that everybody must be able to use: at every width, in every theme, and by axe. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { Page } from "puppeteer";
import { expect } from "vitest";

const AXE = createRequire(import.meta.url).resolve("axe-core/axe.min.js");

/** Features of the media that each theme stands for. */
export const THEMES = {
  light: { name: "prefers-color-scheme", value: "light" },
  dark: { name: "prefers-color-scheme", value: "dark" },
  "forced colours": { name: "forced-colors", value: "active" },
} as const;

/** Sets a feature by the protocol: Puppeteer does not know forced colours. */
export async function emulate(
  page: Page,
  feature: { readonly name: string; readonly value: string },
): Promise<void> {
  const session = await page.createCDPSession();
  await session.send("Emulation.setEmulatedMedia", { features: [feature] });
}

/** Opens what is folded, and checks the page as it stands at every width and by axe. */
export async function checkAccess(page: Page): Promise<void> {
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
