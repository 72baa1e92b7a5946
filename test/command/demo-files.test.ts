/** Files dropped on the demo: a table that is asked about, broken ones, and all of MNIST. */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { alerted, dropOn, filesFromDisk } from "../support/demo-drops.ts";
import { prepareDemo, press, see, show, withPage } from "../support/demo-page.ts";
import { fact, longestTasks, trainTo } from "../support/demo-run.ts";
import { hasData } from "../support/real-data.ts";

prepareDemo();

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
