/** The demo without a connection: loaded once, it opens, trains and shows every view. */
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { FOLDER, prepareDemo, press, see, show, stopServer, VIEWS, withPage } from "../support/demo-page.ts";

prepareDemo();

test("the service worker's list names every file of the build, and its version", async () => {
  const code = await readFile(join(FOLDER, "offline.js"), "utf8");
  const { version, files } = JSON.parse(/^self\.BUILD = (.*);$/m.exec(code)?.[1] ?? "") as {
    readonly version: string;
    readonly files: readonly string[];
  };
  expect(version).toMatch(/^[0-9a-f]{16}$/);
  expect(files).toContain("./");
  expect(files.some((file) => /^assets\/.*\.js$/.test(file))).toBe(true);
  expect(files).not.toContain("offline.js");
  for (const file of files) await stat(join(FOLDER, file));
});

test("loaded once, it works without the server: it trains, and every view opens", async () => {
  await withPage(
    async (page) => {
      // Active once all files are kept.
      await page.evaluate(async () => {
        await navigator.serviceWorker.ready;
      });
      stopServer();
      await page.reload({ waitUntil: "load" });
      await press(page, "Start");
      await see(page, "Done after epoch 30");
      expect(await page.evaluate(() => navigator.serviceWorker.controller?.scriptURL)).toContain(
        "/offline.js",
      );
      for (const view of VIEWS) {
        await show(page, view);
        expect(await page.evaluate(() => document.body.innerText)).not.toContain("did not load");
      }
    },
    { isKept: true },
  );
});
