/** The memory of the demo: training and resetting again and again leaves nothing behind. */
import type { CDPSession, Page } from "puppeteer";
import { expect, test } from "vitest";
import { prepareDemo, see, withPage } from "../support/demo-page.ts";

/** Rounds before the first measurement, in which code is loaded and compiled, and rounds that are measured. */
const WARM = 15;
const ROUNDS = 30;
/** What a round may leave at most, bytes: code that the engine goes on compiling. One copy of a model's weights is 31,400. */
const PER_ROUND = 20_000;

prepareDemo();

/** Trains an epoch and resets, again and again, within the page: whoever watches from outside leaves objects in it. */
async function trainAndReset(page: Page, rounds: number): Promise<void> {
  await page.evaluate(async (count) => {
    const seen = async (text: string) => {
      while (!document.body.innerText.includes(text)) await new Promise((resolve) => setTimeout(resolve, 20));
    };
    const click = (label: string) => {
      const buttons = [...document.querySelectorAll<HTMLButtonElement>(".run-controls button")];
      buttons.find(({ innerText }) => innerText === label)?.click();
    };
    for (let round = 0; round < count; round++) {
      click("One epoch");
      await seen("Paused after epoch 1");
      click("Reset");
      await seen("Ready to start.");
    }
  }, rounds);
}

/** Returns the bytes in use after a collection of garbage, buffers included. */
async function heap(devtools: CDPSession): Promise<number> {
  await devtools.send("HeapProfiler.collectGarbage");
  await devtools.send("HeapProfiler.collectGarbage");
  const { usedSize, backingStorageSize } = await devtools.send("Runtime.getHeapUsage");
  return usedSize + backingStorageSize;
}

test(`${ROUNDS} rounds of training and resetting leave the heap flat`, async () => {
  await withPage(async (page) => {
    await see(page, "Ready to start.");
    const devtools = await page.createCDPSession();
    await trainAndReset(page, WARM);
    const before = await heap(devtools);
    await trainAndReset(page, ROUNDS);
    const growth = (await heap(devtools)) - before;
    process.stdout.write(`demo, growth of the heap: ${Math.round(growth / ROUNDS)} bytes a round\n`);
    expect(growth / ROUNDS).toBeLessThanOrEqual(PER_ROUND);
  });
});
