/** Pictures in the demo as a person uses them: dropped, recorded by a (fake) camera, trained on, shown by class. */
import type { Page } from "puppeteer";
import { expect, test } from "vitest";
import { dropOn } from "../support/demo-drops.ts";
import { prepareDemo, press, see, show, withPage } from "../support/demo-page.ts";
import { fact, longestTasks } from "../support/demo-run.ts";

const FAKE_CAMERA = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"];

prepareDemo(FAKE_CAMERA);

/** Whether each camera that the page was given has ended, in order. */
const endedCameras = (page: Page) =>
  page.evaluate(() =>
    (Reflect.get(window, "cameras") as MediaStreamTrack[]).map(({ readyState }) => readyState === "ended"),
  );

/** Keeps the tracks of every camera that the page is given. */
async function watchCameras(page: Page): Promise<void> {
  await page.evaluate(() => {
    const cameras: MediaStreamTrack[] = [];
    Reflect.set(window, "cameras", cameras);
    const { mediaDevices } = navigator;
    const original = mediaDevices.getUserMedia.bind(mediaDevices);
    mediaDevices.getUserMedia = async (wishes) => {
      const stream = await original(wishes);
      cameras.push(...stream.getTracks());
      return stream;
    };
  });
}

async function startCamera(page: Page): Promise<void> {
  await press(page, "Start the camera");
  await page.waitForFunction(() => (document.querySelector("video")?.videoWidth ?? 0) > 0);
}

async function openPanel(page: Page): Promise<void> {
  await press(page, "Collect pictures");
  await page.waitForSelector(".collect-class");
}

/** The number of pictures of each class, as the panel says. */
const counts = (page: Page) =>
  page.$$eval(".collect-class output", (outputs) =>
    outputs.map((output) => Number.parseInt(output.innerText, 10)),
  );

/** Waits until a class, counted from 0, has so many pictures. */
const counted = (page: Page, own: number, least: number) =>
  page.waitForFunction(
    (i, n) =>
      Number.parseInt(document.querySelectorAll<HTMLElement>(".collect-class output")[i].innerText, 10) >= n,
    {},
    own,
    least,
  );

/** Keeps pictures in the page under these names, each painted by its own colour. */
async function paintPictures(page: Page, names: readonly string[], colour: string): Promise<void> {
  await page.evaluate(
    async (all, fill) => {
      for (const name of all) {
        const canvas = new OffscreenCanvas(60, 40);
        const context = canvas.getContext("2d");
        if (context) context.fillStyle = fill;
        context?.fillRect(0, 0, 60, 40);
        Reflect.set(window, name, new File([await canvas.convertToBlob()], name, { type: "image/png" }));
      }
    },
    names as string[],
    colour,
  );
}

/** Drops files that the page keeps on the card of a class. */
async function dropOnCard(page: Page, own: number, names: readonly string[]): Promise<void> {
  await page.evaluate(
    (i, all) => {
      const dataTransfer = new DataTransfer();
      for (const name of all) dataTransfer.items.add(Reflect.get(window, name) as File);
      const card = document.querySelectorAll(".collect-class")[i];
      for (const type of ["dragover", "drop"]) {
        card.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
      }
    },
    own,
    names as string[],
  );
}

const eight = (word: string) => Array.from({ length: 8 }, (_, i) => `${word}${i}.png`);

test("record two classes with the camera by pointer and by keyboard, then train on them", async () => {
  await withPage(async (page) => {
    await watchCameras(page);
    await openPanel(page);
    await startCamera(page);
    const buttons = await page.$$(".record");
    const box = await buttons[0].boundingBox();
    if (!box) return expect.unreachable("the button has no place");
    await page.mouse.move(box.x + 5, box.y + 5);
    await page.mouse.down();
    await counted(page, 0, 5);
    await page.mouse.up();
    for (const [key, least] of [
      ["Space", 5],
      ["Enter", 9],
    ] as const) {
      await buttons[1].focus();
      await page.keyboard.down(key);
      await counted(page, 1, least);
      await page.keyboard.up(key);
    }
    await page.waitForFunction(() => {
      const told = document.querySelector(".collect > [role=status]")?.textContent ?? "";
      const count = document.querySelectorAll<HTMLElement>(".collect-class output")[1].innerText;
      return told === `Class 2: ${count}`;
    });
    const [first, second] = await counts(page);
    await page.type(".collect-class input", "Left <b>");
    await press(page, "Train on these");
    await see(page, "Done after iteration");
    await see(page, "Collected pictures");
    const rows = await fact(page, "Training rows");
    expect(rows + (await fact(page, "Validation rows"))).toBe(first + second);
    expect(await page.$(".collect")).toBeNull();
    expect(await endedCameras(page)).toEqual([true]);
    const strips = await page.$$eval(".class-strips li", (items) =>
      items.map((item) => item.querySelector(".class-name")?.textContent),
    );
    expect(strips).toEqual(["Class 2", "Left <b>"]);
  });
});

test("pictures from files train a classifier; mistakes and strips are of these pictures", async () => {
  await withPage(async (page) => {
    await openPanel(page);
    await paintPictures(page, eight("red"), "red");
    await paintPictures(page, eight("blue"), "blue");
    await dropOnCard(page, 0, eight("red"));
    await dropOnCard(page, 1, eight("blue"));
    await counted(page, 1, 8);
    await press(page, "Train on these");
    await see(page, "Done after iteration");
    await see(page, "12 colour pictures of 32 × 32 pixels to train on, 4 to validate on.");
    await see(page, "100.0%");
    // Strips are painted when they come into sight.
    await page.$eval(".class-strip", (canvas) => canvas.scrollIntoView());
    await page.waitForFunction(
      () =>
        document.querySelector<HTMLCanvasElement>(".class-strip")?.getContext("2d")?.getImageData(5, 5, 1, 1)
          .data[3] === 255,
    );
    const red = await page.$eval(".class-strip", (canvas) =>
      Array.from((canvas as HTMLCanvasElement).getContext("2d")?.getImageData(5, 5, 1, 1).data ?? []),
    );
    expect(red).toEqual([255, 0, 0, 255]);
    // What was collected is kept for more.
    await openPanel(page);
    expect(await counts(page)).toEqual([8, 8]);
  });
});

test("pictures are deleted one by one and together; what is no picture is named", async () => {
  await withPage(async (page) => {
    await openPanel(page);
    await paintPictures(page, eight("red"), "red");
    await page.evaluate(() => {
      Reflect.set(window, "broken", new File(["no picture"], "broken.png", { type: "image/png" }));
      Reflect.set(window, "notes", new File(["fed"], "notes.txt"));
    });
    await dropOnCard(page, 0, [...eight("red"), "broken"]);
    await see(page, "Left out: broken.png cannot be decoded as a picture.");
    expect(await counts(page)).toEqual([8, 0]);
    await dropOnCard(page, 0, ["notes"]);
    await see(page, "Left out, as no pictures: notes.txt.");
    await page.focus(".collected button");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => document.querySelectorAll(".collected button").length === 7);
    expect(await page.$$eval(".collected button", (all) => all.map(({ title }) => title))).toEqual(
      [7, 5, 4, 3, 2, 1, 0].map((i) => `Delete red${i}.png`),
    );
    expect(await page.evaluate(() => (document.activeElement as HTMLElement).title)).toBe("Delete red5.png");
    expect(await page.evaluate(() => document.body.innerText)).toContain("at least 2 pictures of “Class 2”");
    await press(page, "Delete all pictures of Class 1");
    expect(await counts(page)).toEqual([0, 0]);
  });
});

test("the camera goes off with the panel, with the view, and with the page", async () => {
  await withPage(async (page) => {
    await watchCameras(page);
    await openPanel(page);
    await startCamera(page);
    expect(await endedCameras(page)).toEqual([false]);
    await press(page, "Close");
    await expect.poll(() => endedCameras(page)).toEqual([true]);
    expect(await page.evaluate(() => document.activeElement?.textContent)).toBe("Collect pictures");
    await openPanel(page);
    await startCamera(page);
    await show(page, "try");
    await expect.poll(() => endedCameras(page)).toEqual([true, true]);
    await show(page, "train");
    await page.waitForSelector(".collect-class");
    await startCamera(page);
    await page.evaluate(() => {
      Object.defineProperty(document, "hidden", { value: true, configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
      Reflect.deleteProperty(document, "hidden");
    });
    await see(page, "The camera was switched off while this page was hidden.");
    await expect.poll(() => endedCameras(page)).toEqual([true, true, true]);
  });
});

test("a recording that fails says why, and ends while the key is still held", async () => {
  await withPage(async (page) => {
    await openPanel(page);
    await startCamera(page);
    await page.evaluate(() => {
      OffscreenCanvas.prototype.convertToBlob = () => Promise.reject(new Error("out of memory"));
    });
    await page.focus(".record");
    await page.keyboard.down("Space");
    await see(page, "No picture can be taken: out of memory");
    await page.waitForFunction(() => document.querySelector(".record.held") === null);
    expect(await counts(page)).toEqual([0, 0]);
  });
});

test.each([
  ["NotAllowedError", "The camera was not allowed. Allow it for this page"],
  ["NotFoundError", "No camera was found. Connect one"],
  ["NotReadableError", "The camera is in use elsewhere."],
])("a camera that answers with %s is explained", async (name, text) => {
  await withPage(async (page) => {
    await page.evaluate((error) => {
      navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("no", error));
    }, name);
    await openPanel(page);
    await press(page, "Start the camera");
    await see(page, text);
    await see(page, "Start the camera");
  });
});

test("pictures of 12 megapixels are read without a long task, and can be cancelled", async () => {
  await withPage(async (page) => {
    await openPanel(page);
    await page.evaluate(async () => {
      const canvas = new OffscreenCanvas(4000, 3000);
      const context = canvas.getContext("2d");
      for (let i = 0; i < 2000; i++) {
        if (context) context.fillStyle = `hsl(${i % 360} 80% 50%)`;
        context?.fillRect((i * 97) % 4000, (i * 61) % 3000, 300, 200);
      }
      const content = await canvas.convertToBlob({ type: "image/jpeg", quality: 0.9 });
      for (let i = 0; i < 6; i++)
        Reflect.set(window, `large${i}`, new File([content], `${i}.jpg`, { type: "image/jpeg" }));
    });
    const large = Array.from({ length: 6 }, (_, i) => `large${i}`);
    const tasks = await longestTasks(page, async () => {
      await dropOnCard(page, 0, large.slice(0, 3));
      await dropOnCard(page, 1, large.slice(3));
      await press(page, "Train on these");
      await see(page, "Decoding pictures: 4 of 6");
      await press(page, "Cancel");
    });
    expect(tasks[0]).toBeLessThan(50);
    expect(await counts(page)).toEqual([3, 3]);
    await see(page, "Stroke digits");
  });
});

test("a folder is opened as is chosen in the form", async () => {
  await withPage(async (page) => {
    await paintPictures(page, eight("red"), "red");
    await page.evaluate((names) => {
      const entry = (name: string) => Reflect.get(window, name) as File;
      for (const [i, name] of names.entries()) {
        const file = entry(name);
        Object.defineProperty(file, "webkitRelativePath", {
          value: `pets/${i % 2 ? "cats" : "dogs"}/${name}`,
        });
      }
      const input = [...document.querySelectorAll<HTMLInputElement>("input[type=file]")].find(
        ({ webkitdirectory }) => webkitdirectory,
      );
      Object.defineProperty(input, "files", { value: names.map(entry), configurable: true });
      Object.defineProperty(input, "value", { value: "", writable: true });
      input?.dispatchEvent(new Event("change", { bubbles: true }));
    }, eight("red"));
    await see(page, "Open 8 pictures");
    await page.select(".opening select", "96 × 96, colour");
    const [, fit] = await page.$$(".opening select");
    await fit.select("fit");
    await see(page, "the mean colour of the picture’s own edge");
    await page.click(".opening input[type=checkbox]");
    await press(page, "Open and train");
    await see(page, "colour pictures of 96 × 96 pixels to train on");
    await see(page, "Each picture to train on is also mirrored and shifted: 24 rows, 4 × as many.");
    await dropOn(page, [{ name: "a.csv", text: "x,label\n1,a\n2,b\n" }]);
    await see(page, "Open a.csv");
  });
});
