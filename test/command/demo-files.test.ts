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
    await press(page, "Open and train");
    await see(page, "32 rows to train on, 8 to validate on.");
    await see(page, "Done after iteration");
  });
});

test("files that are broken are refused in plain words, and nothing changes", async () => {
  await withPage(async (page) => {
    await dropOn(page, [{ name: "broken.csv", text: "a,b,label\n1,2,x\n1\n" }]);
    await see(page, "Open broken.csv");
    await press(page, "Open and train");
    await alerted(page, "broken.csv: row 3 has 1 cells, the header 3");
    await dropOn(page, [
      { name: "t10k-images-idx3-ubyte", text: "not an idx file" },
      { name: "t10k-labels-idx1-ubyte", text: "nor this" },
    ]);
    await alerted(page, "t10k-");
    const inUse = await page.evaluate(() => document.querySelector(".data h3")?.textContent);
    expect(inUse).toBe("Stroke digits");
    await show(page, "model");
    // Whatever the view, data are opened as data and a model as a model.
    await dropOn(page, [{ name: "broken.npy", text: "no array" }]);
    await alerted(page, "broken.npy");
    await dropOn(page, [{ name: "model.safetensors", text: "not a model" }]);
    await alerted(page, "model.safetensors:");
  });
});

test("a table of 100,000 columns is asked about, opened and trained on", async () => {
  await withPage(async (page) => {
    await page.evaluate(() => {
      const names = Array.from({ length: 99_999 }, (_, j) => `p${j}`);
      const row = (i: number) => `${names.map((_, j) => (i * j) % 7).join()},${"ab"[i % 2]}`;
      const rows = Array.from({ length: 10 }, (_, i) => row(i));
      const blob = new Blob([[`${names.join()},kind`, ...rows].join("\n")]);
      Object.assign(window, { wide: blob });
    });
    await dropOn(page, [{ name: "wide.csv", fromPage: "wide" }]);
    await see(page, "One of 100,000, by its name.");
    await see(page, " of 99,999 columns");
    await press(page, "Open and train");
    await see(page, "8 rows to train on, 2 to validate on.");
    await see(page, "Done after iteration");
  });
});

test("files in place of data are named, also packed ones that would fill the memory", async () => {
  await withPage(async (page) => {
    const pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 47040016\n";
    await dropOn(page, [
      { name: "train-images-idx3-ubyte", text: pointer },
      { name: "train-labels-idx1-ubyte", text: pointer },
    ]);
    await alerted(page, "train-images-idx3-ubyte: is a Git LFS pointer and not the file of 47,040,016 bytes");
    await page.evaluate(async () => {
      const zeros = new Uint8Array(2 ** 20);
      let left = 200;
      const many = new ReadableStream<Uint8Array<ArrayBuffer>>({
        pull: (controller) => (left-- > 0 ? controller.enqueue(zeros.slice()) : controller.close()),
      });
      const packed = many.pipeThrough(new CompressionStream("gzip"));
      Object.assign(window, { bomb: await new Response(packed).blob() });
    });
    await dropOn(page, [
      { name: "x.npy.gz", fromPage: "bomb" },
      { name: "y.npy", text: "1 2 3" },
    ]);
    await alerted(page, "x.npy.gz: expected an NPY file, which begins with");
    await dropOn(page, [{ name: "t.csv.gz", fromPage: "bomb" }]);
    await alerted(page, "t.csv.gz: row 1 does not end within 4,194,304 characters");
  });
});

test.skipIf(!hasData)("MNIST is dropped on it, and trained on", async () => {
  await withPage(async (page) => {
    const folder = join(process.env.DATA_DIR ?? "", "mnist");
    const paths = (await readdir(folder)).map((name) => join(folder, name));
    const files = await filesFromDisk(page, paths);
    const opening = await longestTasks(page, async () => {
      await dropOn(page, files);
      await see(page, "60,000 grey pictures of 28 × 28 pixels to train on, 10,000 to validate on.");
    });
    process.stdout.write(
      `demo, longest tasks while MNIST is opened: ${opening.map(Math.round).join(", ")} ms\n`,
    );
    expect(opening[0]).toBeLessThanOrEqual(50);
    const tasks = await longestTasks(page, () => trainTo(page, 3));
    expect(tasks[0]).toBeLessThanOrEqual(50);
    await see(page, "Done after epoch 30");
    expect(await fact(page, "Validation accuracy")).toBeGreaterThan(92);
  });
});
