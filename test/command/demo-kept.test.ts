/** What the demo keeps in the browser: reloads, crashes, links, damaged records, and forgetting. */
import type { Page } from "puppeteer";
import { expect, test } from "vitest";
import { dropOn } from "../support/demo-drops.ts";
import { prepareDemo, press, see, show, withPage, withProfile } from "../support/demo-page.ts";
import { fact, trainTo } from "../support/demo-run.ts";

prepareDemo();

const TABLE = `first,second,letter\n${Array.from({ length: 40 }, (_, i) => `${i},${i % 7},${"ab"[i % 2]}\n`).join("")}`;

/** Waits until the page has written what it keeps: it does so at most every two seconds while it trains. */
async function kept(page: Page, what: (run: KeptRun) => boolean = () => true): Promise<void> {
  await expect.poll(async () => what(await keptRun(page)), { timeout: 30_000 }).toBe(true);
}

interface KeptRun {
  readonly status?: string;
  readonly epochs?: number;
  /** Whether the data are the visitor's own. */
  readonly isOwn?: boolean;
}

/** Reads the run in the database of the page. */
function keptRun(page: Page): Promise<KeptRun> {
  return page.evaluate(async () => {
    const [{ name = "" } = {}] = await indexedDB.databases();
    if (!name) return {};
    return new Promise<KeptRun>((resolve) => {
      const opening = indexedDB.open(name);
      opening.onsuccess = () => {
        const store = opening.result.transaction("session").objectStore("session");
        const data = store.get("data");
        const asked = store.get("run");
        asked.onsuccess = () => {
          opening.result.close();
          const { status, history = [] } = asked.result ?? {};
          resolve({ status, epochs: history.length, isOwn: Boolean(data.result?.json) });
        };
      };
    });
  });
}

/** Opens a table and trains on it. */
async function openTable(page: Page): Promise<void> {
  await dropOn(page, [{ name: "letters.csv", text: TABLE }]);
  await see(page, "Open letters.csv");
  await press(page, "Open and train");
  await see(page, "32 rows to train on, 8 to validate on.");
  await see(page, "Done after");
}

test("own data and their model are there again after a reload", async () => {
  await withPage(async (page) => {
    await openTable(page);
    const accuracy = await fact(page, "Validation accuracy");
    await kept(page, ({ status }) => status === "done");
    await page.reload();
    await see(page, "Restored from your last visit: “letters");
    await see(page, "32 rows to train on, 8 to validate on.");
    await see(page, "Done after");
    expect(await fact(page, "Validation accuracy")).toBe(accuracy);
  });
});

test("a reload in the middle of a training loses seconds at most, and it goes on", async () => {
  // So many epochs that the run is still on, however fast it is.
  await withPage(
    async (page) => {
      await press(page, "Start");
      await trainTo(page, 2);
      await press(page, "Pause");
      await see(page, "Paused after epoch");
      const epochs = await page.evaluate(() =>
        Number(/Paused after epoch (\d+)/.exec(document.body.innerText)?.[1]),
      );
      await kept(page, (run) => run.epochs === epochs);
      await page.reload();
      await see(page, `Restored from your last visit: “Stroke digits”, paused after epoch ${epochs}.`);
      await press(page, "Continue");
      await trainTo(page, epochs + 2);
      expect(await fact(page, "Validation accuracy")).toBeGreaterThan(90);
    },
    { fragment: "train?epochs=1000&start=no" },
  );
});

test("a crash restores what was kept, and forgetting forgets it", async () => {
  await withProfile(async (profile) => {
    await withPage(
      async (page) => {
        await openTable(page);
        await kept(page, ({ status }) => status === "done");
        await page.goto("chrome://crash").catch(() => {});
      },
      { profile },
    ).catch((error: Error) => expect(error.message).toMatch(/crash|closed|detached/i));
    await withPage(
      async (page) => {
        await see(page, "Restored from your last visit: “letters");
        await show(page, "model");
        await press(page, "Forget everything");
        await page.waitForFunction(() => !document.body.innerText.includes("letters"));
        await see(page, "Stroke digits");
      },
      { profile },
    );
  });
});

test("a damaged record is dropped, and said", async () => {
  await withPage(async (page) => {
    await openTable(page);
    await kept(page, ({ status, isOwn = false }) => isOwn && status === "done");
    await page.evaluate(async () => {
      const [{ name = "" }] = await indexedDB.databases();
      await new Promise<void>((resolve) => {
        const opening = indexedDB.open(name);
        opening.onsuccess = () => {
          const transaction = opening.result.transaction("session", "readwrite");
          transaction.objectStore("session").put({ json: { rows: 7 }, content: new Blob() }, "data");
          transaction.oncomplete = () => {
            opening.result.close();
            resolve();
          };
        };
      });
    });
    await page.reload();
    await see(page, "What was kept of your last visit is damaged, and was dropped.");
    await see(page, "Stroke digits");
  });
});

test("a link gives its data and options, and the last session is one press away", async () => {
  await withProfile(async (profile) => {
    await withPage(
      async (page) => {
        await openTable(page);
        await kept(page, ({ status, isOwn = false }) => isOwn && status === "done");
      },
      { profile },
    );
    await withPage(
      async (page) => {
        await see(page, "The link asks for “l1=-3”, which this page does not know or take; that is ignored.");
        expect(await page.evaluate(() => document.querySelector(".data h3")?.textContent)).toBe(
          "Point clouds",
        );
        await page.waitForFunction(
          () => location.hash === "#train?data=clouds&solver=adamw&l2=0.02&start=no",
        );
        await press(page, "Back to your last session");
        await see(page, "Restored from your last visit: “letters");
      },
      { profile, fragment: "train?data=clouds&solver=adamw&l2=0.02&l1=-3&start=no" },
    );
  });
});
