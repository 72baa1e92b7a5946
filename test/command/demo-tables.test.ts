/** Tables of people's own, as a person opens them: the form's guesses, the training, and what is shown of the rows. */
import { join } from "node:path";
import { expect, test } from "vitest";
import { alerted, dropOn, filesFromDisk } from "../support/demo-drops.ts";
import { prepareDemo, press, see, withPage } from "../support/demo-page.ts";
import { fact, longestTasks } from "../support/demo-run.ts";
import { formOf, testedOnAll, trained } from "../support/demo-tables.ts";
import { hasData } from "../support/real-data.ts";

prepareDemo();

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
    await page.waitForSelector(".strongest");
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
    await page.waitForSelector(".strongest");
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
    const scatter = await page.waitForSelector(".scatter canvas");
    const name = await scatter?.evaluate((canvas) => canvas.getAttribute("aria-label"));
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

/**
 * Each row of the Titanic-like table follows its sex, with noise: to go by the sex alone is right in 79.2 % of all rows,
 * and scikit-learn's LogisticRegression in 78.4 to 78.8 % by repeated cross-validation of five folds, so that about 79 %
 * is what can be reached. The 178 validation rows measure that to 6 points either way, the 891 rows to 2.7.
 */
test.skipIf(!hasData)("the Titanic-like table is tested on all rows, with at least 78 % right", async () => {
  await withPage(async (page) => {
    const path = join(process.env.DATA_DIR ?? "", "tables", "titanic-like.csv");
    await dropOn(page, await filesFromDisk(page, [path]));
    await see(page, "Open titanic-like.csv");
    const form = await formOf(page);
    expect(form.label).toBe("Survived");
    expect(form.kinds).toMatchObject({ PassengerId: "left out", Sex: "category" });
    await press(page, "Open and train");
    await trained(page);
    const tested = await testedOnAll(page);
    expect(tested.rows).toBe(891);
    expect(tested.accuracy).toBeCloseTo((100 * tested.right) / 891, 1);
    expect(tested.right / 891).toBeGreaterThanOrEqual(0.78);
    // The page's own validation rows are shown as well, and agree as far as they can tell.
    const shown = await fact(page, "Validation accuracy");
    await see(page, "of 178 rows it has never seen");
    expect(Math.abs(shown - tested.accuracy)).toBeLessThan(6);
  });
});

/**
 * The labels of these two, of the same 300 rows, are x, y and z in turn beside normal numbers: nothing can tell them,
 * and a third is right by chance. Three standard errors of 300 rows are 8.2 points to either side; more would mean that
 * a model had seen the rows that it was tested on.
 */
test.skipIf(!hasData).each(["table.xlsx", "table.parquet"])(
  "the labels of %s, which are noise, are right by chance",
  async (name) => {
    await withPage(async (page) => {
      const path = join(process.env.DATA_DIR ?? "", "tables", name);
      await dropOn(page, await filesFromDisk(page, [path]));
      await see(page, `Open ${name}`);
      expect(await formOf(page)).toMatchObject({ label: "label", kinds: { a: "number", b: "number" } });
      await press(page, "Open and train");
      await trained(page);
      const { rows, accuracy, low, high } = await testedOnAll(page);
      expect(rows).toBe(300);
      expect(Math.abs(accuracy - 100 / 3)).toBeLessThan(8.2);
      expect(low).toBeLessThan(accuracy);
      expect(high).toBeGreaterThan(accuracy);
    });
  },
);

test.skipIf(!hasData)("a larger table is tested on all rows when a person asks for it", async () => {
  await withPage(async (page) => {
    const path = join(process.env.DATA_DIR ?? "", "tables", "kunden-semikolon.csv");
    await dropOn(page, await filesFromDisk(page, [path]));
    await see(page, "Open kunden-semikolon.csv");
    await press(page, "Open and train");
    await trained(page);
    await press(page, "How good is it really? Test it on all 3,000 rows");
    const { rows, accuracy } = await testedOnAll(page);
    expect(rows).toBe(3000);
    expect(accuracy).toBeGreaterThanOrEqual(78);
    // A new run has another figure; until it is done there is none.
    await press(page, "Reset");
    await page.waitForFunction(() => document.querySelector(".cross-check") === null);
  });
});

const FILES = [
  {
    name: "customers-messy.csv.gz",
    label: "tier",
    least: 70,
    kinds: { "customer id": "left out", "signup date": "date", income: "number", newsletter: "yes-no" },
  },
  { name: "iris-noheader.csv", label: "column 5", least: 90, kinds: { "column 1": "number" } },
  { name: "kunden-semikolon.csv", label: "tier", least: 70, kinds: { income: "number", score: "number" } },
  { name: "kunden-cp1252.csv.gz", label: "tier", least: 70, kinds: { income: "number", region: "category" } },
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
