/** The playground as a person uses it: by mouse and by keys, with other views between, and with nothing to learn. */
import type { Page } from "puppeteer";
import { describe, expect, test } from "vitest";
import { REACH } from "../../demo/app/views/playground/plane.ts";
import { prepareDemo, press, see, show, withPage } from "../support/demo-page.ts";

prepareDemo();

/** What is said where there is nothing to learn. */
const TOO_FEW = "Place points of two classes or more";

/** Opens the playground with all of its plane in sight; learning is not animated. */
async function withPlayground(work: (page: Page) => Promise<void>): Promise<void> {
  await withPage(async (page) => {
    await page.setViewport({ width: 1280, height: 1600 });
    await page.emulateMediaFeatures([{ name: "prefers-reduced-motion", value: "reduce" }]);
    await show(page, "playground");
    await see(page, "The 72 points as a table");
    await figuresWithout(page, "–");
    await page.locator(".points summary").click();
    await work(page);
  });
}

/** Where a place in the plane is on the page. */
async function placeOf(page: Page, x: number, y: number): Promise<[x: number, y: number]> {
  const box = await (await page.waitForSelector(".plane canvas"))?.boundingBox();
  if (!box) throw new Error("there is no plane");
  return [box.x + (box.width * (x / REACH + 1)) / 2, box.y + (box.height * (1 - y / REACH)) / 2];
}

async function pressPlane(page: Page, x: number, y: number): Promise<void> {
  await page.mouse.click(...(await placeOf(page, x, y)));
}

async function chooseDelete(page: Page): Promise<void> {
  await page.locator(".tools label:last-child").click();
}

/** The table's rows, as `A 0.5 −1.0`. */
function rows(page: Page): Promise<string[]> {
  return page.$$eval(".points tbody tr", (found) =>
    found.map(({ cells }) =>
      Array.from(cells, ({ innerText }) => innerText.trim())
        .slice(0, 3)
        .join(" "),
    ),
  );
}

/** Loss, accuracy and rounds as they are shown, once `text` is none of them. */
async function figuresWithout(page: Page, text: string): Promise<string> {
  const shown = await page.waitForFunction(
    (unwanted) => {
      const figures = [...document.querySelectorAll<HTMLElement>(".figures dd")].map((dd) => dd.innerText);
      const all = figures.slice(0, 3).join(", ");
      return all !== unwanted && !figures.includes(unwanted) && all;
    },
    {},
    text,
  );
  return (await shown.jsonValue()) as string;
}

async function figuresAre(page: Page, figures: string): Promise<void> {
  await page.waitForFunction(
    (wanted) =>
      [...document.querySelectorAll<HTMLElement>(".figures dd")]
        .slice(0, 3)
        .map((dd) => dd.innerText)
        .join(", ") === wanted,
    {},
    figures,
  );
}

/** The epochs or iterations as they are shown, once the condition holds for them and `other`. */
async function roundsAre(
  page: Page,
  condition: (rounds: number, other: number) => boolean,
  other = 0,
): Promise<number> {
  let rounds = Number.NaN;
  await expect
    .poll(
      async () => {
        rounds = Number(await page.$eval(".figures dl > div:nth-of-type(3) dd", (dd) => dd.innerText));
        return condition(rounds, other);
      },
      { timeout: 30_000, interval: 30 },
    )
    .toBe(true);
  return rounds;
}

/** Moves a finger from one place of the window to another. */
async function swipe(page: Page, from: [number, number], to: [number, number]): Promise<void> {
  const steps = 10;
  const finger = await page.touchscreen.touchStart(...from);
  for (let step = 1; step <= steps; step++) {
    const [x, y] = [0, 1].map((axis) => from[axis] + ((to[axis] - from[axis]) * step) / steps);
    await finger.move(x, y);
  }
  await finger.end();
}

/** The colour at a place of the plane, once it is another one than `before`. */
async function colourAt(page: Page, x: number, y: number, before = ""): Promise<string> {
  const colour = await page.waitForFunction(
    (across, down, unwanted) => {
      const canvas = document.querySelector<HTMLCanvasElement>(".plane canvas");
      const pixel = canvas
        ?.getContext("2d")
        ?.getImageData(across * canvas.width, down * canvas.height, 1, 1)
        .data.join();
      return pixel !== unwanted && pixel;
    },
    {},
    (x / REACH + 1) / 2,
    (1 - y / REACH) / 2,
    before,
  );
  return (await colour.jsonValue()) as string;
}

/** Puts the focus on a slider. */
async function focusSlider(page: Page, label: string): Promise<void> {
  const slider = await page.waitForSelector(`::-p-aria(${label}[role="slider"])`);
  await slider?.focus();
}

/** What the slider with the focus says. */
function sliderText(page: Page): Promise<string> {
  return page.evaluate(() => document.activeElement?.getAttribute("aria-valuetext") ?? "");
}

/** Presses a key that must move the slider with the focus, and waits until it says so. */
async function moveSlider(page: Page, key: "ArrowLeft" | "ArrowRight" | "Home" | "End"): Promise<string> {
  const before = await sliderText(page);
  await page.keyboard.press(key);
  await page.waitForFunction(
    (text) => document.activeElement?.getAttribute("aria-valuetext") !== text,
    {},
    before,
  );
  return sliderText(page);
}

/** Waits until the page no longer scrolls: a swipe goes on for a while after the finger. */
async function atRest(page: Page): Promise<void> {
  await page.evaluate(async () => {
    let [before, still] = [Number.NaN, 0];
    while (still < 10) {
      await new Promise((resolve) => requestAnimationFrame(resolve));
      still = scrollY === before ? still + 1 : 0;
      before = scrollY;
    }
  });
}

describe("the playground", () => {
  test("by mouse: a point is placed, moved and deleted, and what is learnt follows", async () => {
    await withPlayground(async (page) => {
      const before = await figuresWithout(page, "–");
      const colour = await colourAt(page, 3.9, -3.9);
      await page.locator(".tools label:nth-of-type(4)").click();
      await pressPlane(page, 3.4, -3.4);
      await see(page, "The 73 points as a table");
      expect((await rows(page)).at(-1)).toBe("D 3.4 −3.4");
      const placed = await figuresWithout(page, before);
      await colourAt(page, 3.9, -3.9, colour);

      await page.mouse.down();
      await page.mouse.move(...(await placeOf(page, 0, 3.4)), { steps: 5 });
      await page.mouse.up();
      await page.waitForFunction(() =>
        document.querySelector(".points tbody tr:last-child")?.textContent?.includes("0.03.4"),
      );
      await figuresWithout(page, placed);

      await chooseDelete(page);
      await pressPlane(page, 0, 3.4);
      await see(page, "The 72 points as a table");
      await figuresAre(page, before);
    });
  });

  test("a point that is deleted while it is held takes no other along", async () => {
    await withPlayground(async (page) => {
      await pressPlane(page, 3.4, 3.4);
      await pressPlane(page, -3.4, 3.4);
      await see(page, "The 74 points as a table");
      const all = await rows(page);
      for (const [x, left] of [
        [3.4, all.filter((row) => row !== "A 3.4 3.4")],
        [-3.4, all.slice(0, 72)],
      ] as const) {
        await page.mouse.move(...(await placeOf(page, x, 3.4)));
        await page.mouse.down();
        await page.keyboard.press("Delete");
        await see(page, `The ${left.length} points as a table`);
        await page.mouse.move(...(await placeOf(page, 0, 0)), { steps: 3 });
        await see(page, "At (0.0, 0.0)");
        await page.mouse.up();
        expect(await rows(page)).toEqual(left);
      }
    });
  });

  test("by keys: a class is chosen, a point is placed and deleted on the plane", async () => {
    await withPlayground(async (page) => {
      const before = await figuresWithout(page, "–");
      await page.focus(".plane");
      await page.keyboard.press("4");
      await page.waitForSelector('.tools input[aria-label="places class D"]:checked');
      await page.keyboard.down("Shift");
      for (let step = 0; step < 6; step++) await page.keyboard.press("ArrowRight");
      await page.keyboard.up("Shift");
      await page.keyboard.press("ArrowUp");
      await see(page, "At (3.0, 0.1)");
      await page.keyboard.press("Enter");
      await see(page, "The 73 points as a table");
      await see(page, "D placed, 73 points.");
      expect((await rows(page)).at(-1)).toBe("D 3.0 0.1");
      await figuresWithout(page, before);
      await page.waitForFunction(() => document.querySelector(".place span")?.textContent?.includes("D"));
      await page.keyboard.press("Delete");
      await see(page, "The 72 points as a table");
      await figuresAre(page, before);
    });
  });

  test("every slider moves with every key, there and back, and training follows", async () => {
    await withPlayground(async (page) => {
      const before = await figuresWithout(page, "–");
      await focusSlider(page, "λ, the penalty");
      await moveSlider(page, "ArrowRight");
      await figuresWithout(page, before);
      await page.locator(".solvers label:last-of-type").click();
      for (const label of ["λ, the penalty", "η, the learning rate", "Epochs"]) {
        await focusSlider(page, label);
        const last = await moveSlider(page, "End");
        const first = await moveSlider(page, "Home");
        while ((await moveSlider(page, "ArrowRight")) !== last);
        while ((await moveSlider(page, "ArrowLeft")) !== first);
        await moveSlider(page, "End");
      }
      await see(page, "Training diverged: the learning rate η is too high.");
    });
  });

  test("points, class and settings are still there after another view, and training goes on", async () => {
    await withPlayground(async (page) => {
      await page.emulateMediaFeatures([{ name: "prefers-reduced-motion", value: "no-preference" }]);
      await page.focus(".plane");
      await page.keyboard.press("5");
      await pressPlane(page, 3.4, 3.4);
      await page.waitForFunction(() => document.querySelector(".place span")?.textContent?.includes("E"));
      await focusSlider(page, "λ, the penalty");
      const penalty = await moveSlider(page, "End");
      await figuresWithout(page, "–");
      const placed = await rows(page);
      await show(page, "model");
      await show(page, "playground");
      await see(page, "The 73 points as a table");
      await page.locator(".points summary").click();
      await page.waitForSelector(".points tbody tr");
      expect(await rows(page)).toEqual(placed);
      await page.waitForSelector('.tools input[aria-label="places class E"]:checked');
      await focusSlider(page, "λ, the penalty");
      expect(await sliderText(page)).toBe(penalty);
      const before = await figuresWithout(page, "–");
      await moveSlider(page, "Home");
      await figuresWithout(page, before);
    });
  });

  test("a ring invites to squares, and they separate it", async () => {
    const invitation = "A straight edge cannot separate a ring. Switch x² and y² on.";
    await withPlayground(async (page) => {
      const clouds = await figuresWithout(page, "–");
      expect(await page.$eval("body", (body) => body.innerText)).not.toContain(invitation);
      await press(page, "Ring");
      await see(page, invitation);
      const poor = await figuresWithout(page, clouds);
      const outside = await colourAt(page, 0, 3.6);
      for (const label of ["x squared", "y squared"]) await page.locator(`::-p-aria(${label})`).click();
      await see(page, "Edges are straight among (x, y, x², y²), and so curved in the plane.");
      await page.waitForFunction(() => document.querySelector(".figures")?.textContent?.includes("100.0%"));
      expect(await figuresWithout(page, poor)).toContain("100.0%");
      // The ring's colour is now all around, and the cloud's in the middle.
      const ring = await colourAt(page, 3.9, 3.9, outside);
      expect(await colourAt(page, -3.9, -3.9)).toBe(ring);
      expect(await colourAt(page, 0, 1)).not.toBe(ring);
      await page.locator("::-p-text(The weights as a table)").click();
      await page.waitForFunction(
        () =>
          [...document.querySelectorAll<HTMLElement>(".weights thead th")]
            .map(({ innerText }) => innerText)
            .join(" ") === "Class x y x² y² b",
      );
    });
  });

  test("in slow motion: pause, step, another rate and penalty on the way, to the end", async () => {
    await withPlayground(async (page) => {
      await page.emulateMediaFeatures([{ name: "prefers-reduced-motion", value: "no-preference" }]);
      await page.locator(".solvers label:last-of-type").click();
      await focusSlider(page, "Epochs");
      await moveSlider(page, "End");
      await roundsAre(page, (rounds) => rounds === 300);
      await press(page, "Watch it learn");
      await press(page, "Pause");
      await page.waitForSelector('::-p-aria(Go on[role="button"])');
      const paused = await roundsAre(page, (rounds) => rounds < 300);
      await press(page, "Step");
      await roundsAre(page, (rounds, before) => rounds === before + 1, paused);
      for (const label of ["η, the learning rate", "λ, the penalty"]) {
        await focusSlider(page, label);
        await moveSlider(page, "Home");
      }
      await press(page, "Step");
      await roundsAre(page, (rounds, before) => rounds === before + 2, paused);
      const width = () => page.$eval(".course polyline", (line) => line.getBoundingClientRect().width);
      const before = await width();
      await press(page, "Go on");
      await roundsAre(page, (rounds, past) => rounds > past + 2 && rounds < 300, paused);
      expect(await width()).toBeGreaterThan(before);
      await press(page, "To the end");
      await roundsAre(page, (rounds) => rounds === 300);
      await page.waitForSelector('::-p-aria(Watch it learn[role="button"])');
    });
  });

  test("on a phone: a swipe scrolls, a tap places a point, and a finger on a point moves it", async () => {
    await withPage(async (page) => {
      await page.setViewport({ width: 390, height: 844, hasTouch: true, isMobile: true });
      await page.emulateMediaFeatures([{ name: "prefers-reduced-motion", value: "reduce" }]);
      await show(page, "playground");
      await see(page, "The 72 points as a table");
      await page.locator("::-p-text(points as a table)").click();
      await page.$eval(".plane", (plane) => plane.scrollIntoView({ block: "end" }));
      const start = await page.evaluate(() => scrollY);

      const [x, y] = await placeOf(page, 0, -0.2);
      await swipe(page, [x, y], [x, y - 150]);
      await page.waitForFunction((from) => scrollY > from + 80, {}, start);
      expect(await rows(page)).toHaveLength(72);

      await atRest(page);
      await page.evaluate((top) => scrollTo(0, top), start);
      await page.waitForFunction((top) => Math.round(scrollY) === Math.round(top), {}, start);
      await page.touchscreen.tap(...(await placeOf(page, 0, -0.2)));
      await see(page, "The 73 points as a table");
      expect((await rows(page)).at(-1)).toBe("A 0.0 −0.2");
      await see(page, "At (0.0, −0.2)");

      await atRest(page);
      const held = await page.evaluate(() => scrollY);
      await swipe(page, await placeOf(page, 0, -0.2), await placeOf(page, 0, 3.6));
      await page.waitForFunction(() =>
        document.querySelector(".points tbody tr:last-child")?.textContent?.includes("0.03.6"),
      );
      expect(await page.evaluate(() => scrollY)).toBe(held);
      expect(await rows(page)).toHaveLength(73);
    });
  });

  test.each([320, 390])(
    "%i px wide with forced colours: nothing is cut, and switches show",
    async (width) => {
      await withPlayground(async (page) => {
        await page.setViewport({ width, height: 900 });
        const session = await page.createCDPSession();
        await session.send("Emulation.setEmulatedMedia", {
          features: [{ name: "forced-colors", value: "active" }],
        });
        await see(page, "Features x, y,");
        const outlines = () =>
          page.$$eval(".switches label", (labels) =>
            labels.map((label) => getComputedStyle(label).outlineStyle),
          );
        expect(await outlines()).toEqual(["none", "none", "none", "none"]);
        await page.locator(".switches label:first-of-type").click();
        await see(page, "Edges are straight among (x, y, x²)");
        expect(await outlines()).toEqual(["solid", "none", "none", "none"]);
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
      });
    },
  );

  test("an empty plane and one class only say what is missing", async () => {
    await withPlayground(async (page) => {
      await press(page, "Empty");
      await see(page, "The 0 points as a table");
      await see(page, TOO_FEW);
      await figuresAre(page, "–, –, –");
      await page.focus(".plane");
      await page.keyboard.press("ArrowUp");
      await page.keyboard.press("Delete");
      await pressPlane(page, 2, 2);
      await see(page, "The 1 point as a table");
      await pressPlane(page, 2, -2);
      await see(page, "The 2 points as a table");
      await see(page, TOO_FEW);
      await page.keyboard.press("2");
      await pressPlane(page, -2, 0);
      await page.waitForFunction((text) => !document.body.innerText.includes(text), {}, TOO_FEW);
      expect(await figuresWithout(page, "–")).toContain("100");
    });
  });
});
