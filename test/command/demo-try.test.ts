/** "Try" as a person uses it: a row, a text, a picture, the camera, a scribble, and files of predictions. */
import { join } from "node:path";
import { parse } from "papaparse";
import type { Page } from "puppeteer";
import { expect, test } from "vitest";
import { alerted, dropOn, filesFromDisk } from "../support/demo-drops.ts";
import { prepareDemo, press, see, show, withPage } from "../support/demo-page.ts";
import { hasData } from "../support/real-data.ts";

prepareDemo(["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"]);

/** Who is late: by the distance and the weather. */
const LATE = `km,weather,late\n${Array.from({ length: 200 }, (_, i) => {
  const [km, rain] = [(i * 37) % 50, i % 3 === 0];
  return `${km},${rain ? "rain" : "sun"},${km + (rain ? 20 : 0) > 35 ? "yes" : "no"}`;
}).join("\n")}\n`;

const MOVIES = `text,label\n${Array.from({ length: 60 }, (_, i) =>
  i % 2 ? `a wonderful film about ${i},good` : `an awful film about ${i},bad`,
).join("\n")}\n`;

/** The probabilities by class, once there are some. */
async function probabilities(page: Page): Promise<Record<string, number>> {
  const found = await page.waitForFunction(() => {
    const labels = [...document.querySelectorAll(".probabilities label")];
    const shares = labels.map((label) => [
      label.querySelector(".name")?.textContent ?? "",
      label.querySelector("data")?.value ?? "",
    ]);
    return shares.length > 0 && shares.every(([, value]) => value !== "") && shares;
  });
  const shares = (await found.jsonValue()) as [string, string][];
  return Object.fromEntries(shares.map(([name, value]) => [name, Number(value)]));
}

/** Waits until a class is the most probable one. */
async function answers(page: Page, label: string): Promise<void> {
  await page.waitForFunction(
    (wanted) => document.querySelector(".probabilities .best .name")?.textContent === wanted,
    {},
    label,
  );
}

/** The area of the view "Try" that predicts files. */
const AREA = ".predict-files";

/** Whether there is a form about files to open as data. */
const isFormOpen = async (page: Page) => (await page.$("form.opening")) !== null;

/** Trains on the digits in the view "Try", until there is a model. */
async function trainOnDigits(page: Page): Promise<void> {
  await show(page, "try");
  await press(page, "Start");
  await page.waitForFunction(() => document.querySelectorAll(".probabilities data").length === 10);
}

/** Keeps a picture of a black stroke on white in the page as `one`. */
async function paintOne(page: Page): Promise<void> {
  await page.evaluate(async () => {
    const canvas = new OffscreenCanvas(200, 200);
    const context = canvas.getContext("2d");
    if (!context) throw new Error("no canvas");
    context.fillStyle = "white";
    context.fillRect(0, 0, 200, 200);
    context.fillStyle = "black";
    context.fillRect(92, 30, 16, 140);
    Object.assign(window, { one: await canvas.convertToBlob() });
  });
}

/** Pastes the picture that the page keeps as `one`. */
async function pastePicture(page: Page, name: string): Promise<void> {
  await page.evaluate((wanted) => {
    const clipboardData = new DataTransfer();
    const content = Reflect.get(window, "one") as Blob;
    clipboardData.items.add(new File([content], wanted, { type: "image/png" }));
    document.body.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true }));
  }, name);
}

/** Opens a table, and trains a model before the view "Try" is shown. */
async function trainOn(page: Page, name: string, text?: string): Promise<void> {
  if (text === undefined) {
    const path = join(process.env.DATA_DIR ?? "", "tables", name);
    await dropOn(page, await filesFromDisk(page, [path]));
  } else await dropOn(page, [{ name, text }]);
  await see(page, `Open ${name}`);
  await press(page, "Open and train");
  await see(page, "Done after");
  await show(page, "try");
  await probabilities(page);
}

/** Types into the field of a column. */
async function fill(page: Page, column: string, text: string): Promise<void> {
  await page.locator(`::-p-aria(${column})`).fill(text);
}

/** Downloads a file by its button, and returns the rows of its text. */
async function download(page: Page, name: string): Promise<string[][]> {
  await page.evaluate(() => {
    const make = URL.createObjectURL.bind(URL);
    URL.createObjectURL = (blob: Blob) => {
      void blob.text().then((text) => Object.assign(window, { saved: text }));
      return make(blob);
    };
    addEventListener("click", (event) => {
      if (event.target instanceof HTMLAnchorElement && event.target.download) event.preventDefault();
    });
  });
  await press(page, `Download ${name}`);
  const text = await page.waitForFunction(() => Reflect.get(window, "saved") as string | undefined);
  return parse<string[]>(String(await text.jsonValue()), { skipEmptyLines: true }).data;
}

/** Draws one stroke, by x and y as shares of the sheet. */
async function draw(page: Page, points: readonly (readonly [number, number])[]): Promise<void> {
  const sheet = await (await page.waitForSelector(".sheet canvas"))?.boundingBox();
  if (!sheet) throw new Error("there is nothing to draw on");
  for (const [i, [x, y]] of points.entries()) {
    await page.mouse.move(sheet.x + x * sheet.width, sheet.y + y * sheet.height, { steps: 4 });
    if (i === 0) await page.mouse.down();
  }
  await page.mouse.up();
}

test("a row of a table: the answer follows the fields, and a file of new rows comes back predicted", async () => {
  await withPage(async (page) => {
    await trainOn(page, "late.csv", LATE);
    await fill(page, "km", "2");
    await page.select(".cells-form select", "sun");
    await answers(page, "no");
    await fill(page, "km", "49");
    await answers(page, "yes");
    await see(page, "yes is ahead by");
    await fill(page, "km", "4o");
    await see(page, "“4o” is no number; it counts as missing");
    await fill(page, "km", "900");
    await see(page, "Unlike anything the model has seen.");
    await press(page, "Take a validation row");
    await see(page, "of the file, labelled");
    await press(page, "Reset");
    await see(page, "Change anything: the answer follows at once.");

    const fresh = "name,weather,km\n<b>Ann</b>,rain,48\nBob,sun,1\n";
    await dropOn(page, [{ name: "new.csv", text: fresh }], AREA);
    await see(page, "2 rows are predicted.");
    expect((await download(page, "new-predictions.csv")).map((cells) => cells.slice(0, 4))).toEqual([
      ["name", "weather", "km", "prediction"],
      ["<b>Ann</b>", "rain", "48", "yes"],
      ["Bob", "sun", "1", "no"],
    ]);
    expect(await isFormOpen(page)).toBe(false);
    await dropOn(page, [{ name: "other.csv", text: "a,b\n1,2\n" }], AREA);
    await alerted(page, "other.csv: ");
    await dropOn(page, [{ name: "data.csv", text: fresh }]);
    await see(page, "Open data.csv");
  });
});

test("a text: the answer follows what is typed, its words are marked, and unknown ones are said", async () => {
  await withPage(async (page) => {
    await trainOn(page, "movies.csv", MOVIES);
    await fill(page, "text", "an awful film");
    await answers(page, "bad");
    await fill(page, "text", "a wonderful film");
    await answers(page, "good");
    await page.waitForFunction(() => document.querySelector("mark.plus")?.textContent === "wonderful");
    await fill(page, "text", "qwerty uiop <i>asdf</i>");
    await see(page, "Unlike anything the model has seen.");
    await see(page, "None of its");
  });
});

test("a picture that is dropped is shown to the model, several become a table, a broken one is named", async () => {
  await withPage(async (page) => {
    await trainOnDigits(page);
    await paintOne(page);
    await dropOn(page, [{ name: "one.png", fromPage: "one" }]);
    await see(page, "This is one.png.");
    await answers(page, "1");
    await pastePicture(page, "pasted.png");
    await see(page, "This is pasted.png.");
    await dropOn(page, [{ name: "broken.png", text: "no picture" }]);
    await alerted(page, "broken.png: cannot be decoded as a picture");
    await see(page, "Predict pictures");
    const several = [
      { name: "one.png", fromPage: "one" },
      { name: "two.png", fromPage: "one" },
      { name: "broken.png", text: "no picture" },
    ];
    await dropOn(page, several, AREA);
    await see(page, "2 pictures are predicted. Left out: broken.png");
    expect(await isFormOpen(page)).toBe(false);
    const [header, ...rows] = await download(page, "pictures-predictions.csv");
    expect(header.slice(0, 3)).toEqual(["path", "prediction", "probability"]);
    expect(rows.map((cells) => cells.slice(0, 2))).toEqual([
      ["one.png", "1"],
      ["two.png", "1"],
    ]);
    await dropOn(page, [{ name: "data.csv", text: LATE }]);
    await see(page, "Open data.csv");
  });
});

test("of two pictures, the later one is shown, though the first is read more slowly", async () => {
  await withPage(async (page) => {
    await trainOnDigits(page);
    await paintOne(page);
    await page.evaluate(() => {
      const read = Blob.prototype.arrayBuffer;
      const held = new Promise((resolve) => Reflect.set(window, "goOn", resolve));
      Blob.prototype.arrayBuffer = async function (this: Blob) {
        const bytes = await read.call(this);
        if (this instanceof File && this.name === "slow.png") await held;
        return bytes;
      };
    });
    await pastePicture(page, "slow.png");
    await pastePicture(page, "quick.png");
    await see(page, "This is quick.png.");
    await page.evaluate(async () => {
      (Reflect.get(window, "goOn") as () => void)();
      await new Promise((resolve) => setTimeout(resolve, 2000));
    });
    expect(await page.evaluate(() => document.body.innerText)).toContain("This is quick.png.");
  });
});

test("the camera is predicted live, and stops when the view is left", async () => {
  await withPage(async (page) => {
    await show(page, "try");
    await press(page, "Start");
    await press(page, "Camera");
    await see(page, "This is the camera.");
    await probabilities(page);
    const track = await page.evaluateHandle(() => {
      const stream = document.querySelector("video")?.srcObject as MediaStream;
      return stream.getTracks()[0];
    });
    expect(await track.evaluate(({ readyState }) => readyState)).toBe("live");
    await show(page, "model");
    await page.waitForFunction(({ readyState }: MediaStreamTrack) => readyState === "ended", {}, track);
  });
});

test("a scribble is called unlike, a digit drawn with the keyboard is not", async () => {
  await withPage(async (page) => {
    await trainOnDigits(page);
    await draw(page, [
      ...Array.from({ length: 12 }, (_, i) => [i % 2 ? 0.85 : 0.15, 0.1 + 0.07 * i] as const),
      ...Array.from({ length: 12 }, (_, i) => [0.1 + 0.07 * i, i % 2 ? 0.9 : 0.1] as const),
    ]);
    await see(page, "Unlike anything the model has seen.");
    await press(page, "Clear");
    await page.locator("details.pad summary").click();
    await page.focus('.cells button[aria-label="Row 1, column 1"]');
    await page.keyboard.press("Space");
    await page.keyboard.down("Shift");
    for (let step = 0; step < 8; step++) await page.keyboard.press("ArrowDown");
    await page.keyboard.up("Shift");
    await answers(page, "1");
    expect(await page.evaluate(() => document.querySelector(".unlike")?.textContent ?? "")).toBe("");
  });
});

test.skipIf(!hasData)("Titanic: a woman of the first class is saved, a man of the third is not", async () => {
  await withPage(async (page) => {
    await trainOn(page, "titanic-like.csv");
    const sex = await page.evaluate(
      () => [...document.querySelectorAll("label")].find((label) => label.textContent === "Sex")?.htmlFor,
    );
    const choose = (value: string) => page.select(`[id="${sex}"]`, value);
    await choose("female");
    await fill(page, "Pclass", "1");
    await answers(page, "1");
    await choose("male");
    await fill(page, "Pclass", "3");
    await answers(page, "0");
    const path = join(process.env.DATA_DIR ?? "", "tables", "titanic-like.csv");
    await dropOn(page, await filesFromDisk(page, [path]), AREA);
    await see(page, "891 rows are predicted.");
    const [header, ...rows] = await download(page, "titanic-like-predictions.csv");
    expect(rows).toHaveLength(891);
    const added = ["prediction", "probability", "probability of 0", "probability of 1"];
    expect(header.slice(-added.length)).toEqual(added);
    expect(header).toContain("Survived");
    for (const cells of rows) {
      const [predicted, p, dead, saved] = cells.slice(-added.length);
      expect(Number(dead) + Number(saved)).toBeCloseTo(1, 5);
      expect([predicted, p]).toEqual(Number(saved) > Number(dead) ? ["1", saved] : ["0", dead]);
    }
  });
});
