/** Tables of people's own, as a person opens them: the form's guesses, the training, and what is shown of the rows. */
import { join } from "node:path";
import type { Page } from "puppeteer";
import { expect, test } from "vitest";
import { alerted, dropOn, filesFromDisk } from "../support/demo-drops.ts";
import { prepareDemo, press, see, withPage } from "../support/demo-page.ts";
import { fact, longestTasks } from "../support/demo-run.ts";
import { hasData } from "../support/real-data.ts";

prepareDemo();

/** What the form about a table says before anything is changed. */
async function formOf(page: Page) {
  return page.evaluate(() => {
    const form = document.querySelector("form.opening");
    const boxes = [...(form?.querySelectorAll<HTMLInputElement>(".feature-checks input") ?? [])];
    return {
      label: form?.querySelector<HTMLSelectElement>(".label-column select")?.value,
      hasHeader: form?.querySelector<HTMLInputElement>(".header-question input")?.checked ?? null,
      isDoubtful: form?.querySelector(".header-question.message") !== null,
      rows: form?.querySelectorAll(".table-preview tbody tr").length,
      kinds: Object.fromEntries(
        boxes.map(({ checked, labels, parentElement }) => [
          labels?.[0].textContent,
          checked ? parentElement?.parentElement?.querySelector("select")?.value : "left out",
        ]),
      ),
    };
  });
}

/** Waits until a run is done and the confusion matrix is of the same model. */
async function trained(page: Page): Promise<void> {
  await page.waitForFunction(
    () => {
      const text = document.body.innerText;
      const place = /Done after (?:epoch|iteration) (\d+)/.exec(text)?.[1];
      return place !== undefined && new RegExp(`After (epoch|iteration) ${place}: `).test(text);
    },
    { timeout: 90_000, polling: 100 },
  );
}

function customers(): string {
  const row = (i: number) => {
    const region = ["North", "South", "East"][i % 3];
    const age = i % 9 === 0 ? "NA" : 20 + ((i * 7) % 50);
    return `${1000 + i},${age},${region},${i % 2 ? "yes" : "no"},${age === "NA" || Number(age) < 45 ? "young" : "old"}`;
  };
  return `customer id,age,region,member,class\n${Array.from({ length: 120 }, (_, i) => row(i)).join("\n")}\n`;
}

test("a form shows what is in a table, and one button opens and trains on it", async () => {
  await withPage(async (page) => {
    await dropOn(page, [{ name: "customers.csv", text: customers() }]);
    await see(page, "Open customers.csv");
    expect(await formOf(page)).toEqual({
      label: "class",
      hasHeader: true,
      isDoubtful: false,
      rows: 5,
      kinds: { "customer id": "left out", age: "number", region: "category", member: "yes-no" },
    });
    await see(page, "every row has another value: an id");
    await see(page, "14 missing");
    await see(page, "2 classes: ");
    await press(page, "Open and train");
    await trained(page);
    const accuracy = await fact(page, "Validation accuracy");
    const shown = /(\d+) of (\d+) right, ([\d.]+)%/.exec(await page.evaluate(() => document.body.innerText));
    expect(Number(shown?.[3])).toBeCloseTo(accuracy, 5);
    expect((100 * Number(shown?.[1])) / Number(shown?.[2])).toBeCloseTo(accuracy, 1);
    const bars = await page.evaluate(
      () => document.querySelector<HTMLElement>(".strongest")?.innerText ?? "",
    );
    expect(bars.split("\n").find((line) => line.includes("\t"))).toMatch(/^age\t/);
    await page.evaluate(() => document.querySelector<HTMLElement>(".encoding summary")?.click());
    await see(page, "region: 3 values");
    await page.waitForFunction(() =>
      /age: number, median .* for \d+ missing cells/.test(document.body.innerText),
    );
  });
});

test("the rows of a cell of the confusion matrix are named by their numbers and show their own cells", async () => {
  await withPage(async (page) => {
    await dropOn(page, [{ name: "customers.csv", text: customers() }]);
    await press(page, "Open and train");
    await trained(page);
    await page.evaluate(() => document.querySelector<HTMLElement>(".confusion-grid button")?.click());
    const cards = await page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>(".cell-samples li")].map(({ innerText }) => innerText),
    );
    expect(cards.length).toBeGreaterThan(0);
    for (const card of cards) {
      const row = Number(/row (\d+)/.exec(card)?.[1]);
      // Row 1 of the file is its header.
      expect(card).toContain(["North", "South", "East"][(row - 2) % 3]);
    }
  });
});

test("a first row in doubt is asked about, and the answer reads the table again", async () => {
  await withPage(async (page) => {
    const rows = Array.from({ length: 60 }, (_, i) => `${1 + (i % 7)},${2 + (i % 5)},${3 + (i % 2)}`);
    await dropOn(page, [{ name: "numbers.csv", text: `${rows.join("\n")}\n` }]);
    await see(page, "Is the first row a header?");
    const before = await formOf(page);
    await page.locator(".header-question input").click();
    await page.waitForFunction(
      (had) => document.querySelector<HTMLInputElement>(".header-question input")?.checked === !had,
      {},
      before.hasHeader,
    );
    const after = await formOf(page);
    expect(after.hasHeader).toBe(!before.hasHeader);
    expect(Object.keys(after.kinds)).not.toEqual(Object.keys(before.kinds));
    const focused = await page.evaluate(() => document.activeElement?.closest(".header-question") !== null);
    expect(focused).toBe(true);
  });
});

test("what cannot be trained on is said beside the label column, which takes the focus", async () => {
  await withPage(async (page) => {
    const rows = Array.from({ length: 40 }, (_, i) => `${i % 7},same,${"ab"[i % 2]}`);
    await dropOn(page, [{ name: "flat.csv", text: `x,always,kind\n${rows.join("\n")}\n` }]);
    await see(page, "Open flat.csv");
    await page.select(".label-column select", "always");
    await see(page, "has the same value everywhere");
    await press(page, "Open and train");
    await alerted(page, "flat.csv: ");
    const [focused, next] = await page.evaluate(() => [
      document.activeElement?.getAttribute("role"),
      document.activeElement?.nextElementSibling?.className,
    ]);
    expect([focused, next]).toEqual(["alert", "label-column"]);
  });
});

test("texts give words as bars, two numbers give a scatter plot", async () => {
  await withPage(async (page) => {
    const text = (i: number) =>
      i % 2 ? `a lovely film about trees ${i}` : `an awful film about stones ${i}`;
    const rows = Array.from({ length: 80 }, (_, i) => `${text(i)},${i % 2 ? "good" : "bad"}`);
    await dropOn(page, [{ name: "films.csv", text: `text,label\n${rows.join("\n")}\n` }]);
    await press(page, "Open and train");
    await trained(page);
    const lists = await page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>(".strongest")].map(({ innerText }) => innerText),
    );
    expect(lists).toHaveLength(2);
    expect(lists[0]).toMatch(/^for bad[\s\S]*“awful”/);
    expect(lists[1]).toMatch(/^for good[\s\S]*“lovely”/);
    expect(await page.$(".scatter")).toBeNull();
    const points = Array.from(
      { length: 90 },
      (_, i) => `${Math.sin(i) + (i % 3)},${Math.cos(i * i)},${"abc"[i % 3]}`,
    );
    await dropOn(page, [{ name: "points.csv", text: `width,height,kind\n${points.join("\n")}\n` }]);
    await see(page, "Open points.csv");
    await press(page, "Open and train");
    await trained(page);
    const name = await page.$eval(".scatter canvas", (canvas) => canvas.getAttribute("aria-label"));
    expect(name).toContain("18 validation rows by width and height");
  });
});

test("forced colours keep the cells of the confusion matrix apart", async () => {
  await withPage(async (page) => {
    const cdp = await page.createCDPSession();
    await cdp.send("Emulation.setEmulatedMedia", { features: [{ name: "forced-colors", value: "active" }] });
    await dropOn(page, [{ name: "customers.csv", text: customers() }]);
    await press(page, "Open and train");
    await trained(page);
    const borders = await page.evaluate(() =>
      [...document.querySelectorAll(".confusion-grid button")].map((button) => {
        const { borderTopStyle, borderTopWidth, borderTopColor, backgroundColor } = getComputedStyle(button);
        return {
          borderTopStyle,
          isWide: parseFloat(borderTopWidth) >= 1,
          isSeen: borderTopColor !== backgroundColor,
        };
      }),
    );
    expect(borders).toHaveLength(4);
    expect(borders.every(({ isWide, isSeen }) => isWide && isSeen)).toBe(true);
    expect(borders[0].borderTopStyle).toBe("solid");
  });
});

const FILES = [
  {
    name: "titanic-like.csv",
    label: "Survived",
    least: 78,
    kinds: { PassengerId: "left out", Sex: "category" },
  },
  {
    name: "customers-messy.csv.gz",
    label: "tier",
    least: 70,
    kinds: { "customer id": "left out", "signup date": "date", income: "number", newsletter: "yes-no" },
  },
  { name: "iris-noheader.csv", label: "column 5", least: 90, kinds: { "column 1": "number" } },
  { name: "kunden-semikolon.csv", label: "tier", least: 70, kinds: { income: "number", score: "number" } },
  { name: "kunden-cp1252.csv.gz", label: "tier", least: 70, kinds: { income: "number", region: "category" } },
  // The labels of these two are noise.
  { name: "table.xlsx", label: "label", least: 20, kinds: {} },
  { name: "table.parquet", label: "label", least: 20, kinds: {} },
  { name: "data.jsonl", label: "label", least: 60, kinds: {} },
  { name: "sentences.csv", label: "label", least: 95, kinds: { text: "text" } },
] as const;

test.skipIf(!hasData).each(FILES)(
  "$name is guessed right and learnt",
  async ({ name, label, least, kinds }) => {
    await withPage(async (page) => {
      const path = join(process.env.DATA_DIR ?? "", "tables", name);
      await dropOn(page, await filesFromDisk(page, [path]));
      await see(page, `Open ${name}`);
      const form = await formOf(page);
      expect(form.label).toBe(label);
      expect(form.kinds).toMatchObject(kinds);
      await press(page, "Open and train");
      await trained(page);
      expect(await fact(page, "Validation accuracy")).toBeGreaterThanOrEqual(least);
    });
  },
);

test.skipIf(!hasData)(
  "no task holds up the page while a form is filled in and its table is learnt",
  async () => {
    await withPage(async (page) => {
      const path = join(process.env.DATA_DIR ?? "", "tables", "customers-messy.csv.gz");
      await dropOn(page, await filesFromDisk(page, [path]));
      await see(page, "Open customers-messy.csv.gz");
      const filling = await longestTasks(page, async () => {
        for (const box of await page.$$(".feature-checks input")) {
          await box.click();
          await box.click();
        }
        await page.select(".label-column select", "region");
        await page.select(".label-column select", "tier");
      });
      expect(filling[0]).toBeLessThanOrEqual(50);
      await press(page, "Open and train");
      await see(page, "Training: iteration");
      const training = await longestTasks(page, () => trained(page));
      expect(training[0]).toBeLessThanOrEqual(50);
    });
  },
);
