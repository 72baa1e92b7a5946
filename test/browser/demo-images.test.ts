/**
 * What the demo opens with a browser's help: folders of pictures, encoded here, and the form that asks about a table.
 */

import { h, render } from "preact";
import { describe, expect, onTestFinished, test } from "vitest";
import type { ImageShape } from "../../demo/app/data/demo-dataset.ts";
import {
  DEFAULT_PICTURES,
  type NamedFile,
  type OpenProgress,
  type PictureChoices,
  type TableChoices,
} from "../../demo/app/data/open-context.ts";
import { openFiles } from "../../demo/app/data/open-files.ts";
import { kindOf } from "../../demo/app/data/open-kind.ts";
import { openPictures } from "../../demo/app/data/pictures/open-pictures.ts";
import { createPictureReader } from "../../demo/app/data/pictures/picture-reader.ts";
import { asDense } from "../../demo/app/data/rows.ts";
import { profileColumn } from "../../demo/app/data/tables/column-profile.ts";
import { guessLabel } from "../../demo/app/data/tables/label-guess.ts";
import type { ColumnProfile, TableProfile } from "../../demo/app/data/tables/profile.ts";
import { PictureForm } from "../../demo/app/views/train/data/picture-form.tsx";
import { TableForm } from "../../demo/app/views/train/data/table-form.tsx";

const GREY: ImageShape = { width: 28, height: 28, channels: 1 };
const COLOUR: ImageShape = { width: 32, height: 32, channels: 3 };

/** A picture of one colour, but for a part at the right that stays transparent. */
async function picture(colour: string, { width = 40, height = 20, filled = 1, type = "image/png" } = {}) {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d");
  if (!context) return expect.unreachable("no context");
  context.fillStyle = colour;
  context.fillRect(0, 0, filled * width, height);
  return canvas.convertToBlob({ type, quality: 1 });
}

function file(path: string, content: Blob): NamedFile {
  return { path, file: new File([content], path.split("/").at(-1) ?? "") };
}

/** As many black pictures in `pets/cats` as white ones in `pets/dogs`. */
async function pets(count: number): Promise<NamedFile[]> {
  const [black, white] = [await picture("black"), await picture("white")];
  return Array.from({ length: count }, (_, i) => [
    file(`pets/cats/${i}.png`, black),
    file(`pets/dogs/${i}.png`, white),
  ]).flat();
}

function open(files: readonly NamedFile[], choices: Partial<PictureChoices> = {}, signal?: AbortSignal) {
  const progress: OpenProgress[] = [];
  const opening = openPictures(
    files,
    { ...DEFAULT_PICTURES, ...choices },
    { signal: signal ?? new AbortController().signal, onProgress: (seen) => void progress.push(seen) },
  );
  return Object.assign(opening, { progress });
}

/** A reader that stretches pictures to a shape. */
function readerOf(shape: ImageShape) {
  const { read, dispose } = createPictureReader(shape, "stretch");
  onTestFinished(dispose);
  return read;
}

describe("one picture", () => {
  test("grey: the luma of each pixel, stretched to the size; what is transparent is white", async () => {
    const read = readerOf(GREY);
    const pixels = await read(await picture("rgb(200, 100, 50)", { filled: 0.5 }));
    const at = (x: number, y: number) => pixels[y * 28 + x];
    expect(pixels).toHaveLength(784);
    expect([at(2, 2), at(2, 25), at(25, 2)]).toEqual([124, 124, 255]);
  });

  test.each(["image/png", "image/jpeg", "image/webp"])("colour, %s: three bytes a pixel", async (type) => {
    const pixels = await readerOf(COLOUR)(await picture("rgb(200, 100, 50)", { type }));
    expect(pixels).toHaveLength(32 * 32 * 3);
    for (const [c, expected] of [200, 100, 50].entries()) {
      expect(Math.abs(Number(pixels[3 * 500 + c]) - expected)).toBeLessThanOrEqual(3);
    }
  });

  test.each([
    ["no picture", "no picture", "cannot be decoded as a picture"],
    [
      "a pointer",
      "version https://git-lfs.github.com/spec/v1\nsize 5\n",
      "is a Git LFS pointer and not the file of 5",
    ],
  ])("what is %s is named as that", async (_, text, message) => {
    const read = readerOf(GREY);
    expect(await read(new Blob([text], { type: "image/png" }))).toContain(message);
  });

  test.each(["image/png", "image/jpeg"])("%s that says it is too large is not decoded", async (type) => {
    const bytes = await (await picture("black", { type })).bytes();
    const view = new DataView(bytes.buffer);
    if (type === "image/png") {
      view.setUint32(16, 60_000);
      view.setUint32(20, 60_000);
    } else {
      const frame = bytes.findIndex((byte, at) => byte === 0xff && bytes[at + 1] === 0xc0);
      view.setUint16(frame + 5, 60_000);
      view.setUint16(frame + 7, 60_000);
    }
    expect(await readerOf(GREY)(new Blob([bytes]))).toBe(
      "has 3,600,000,000 pixels, more than the 134,217,728 that are decoded here",
    );
  });

  test("a small file that would take gigabytes is refused: WebP, whose size the browser tells", async () => {
    const side = 16_383;
    // A lossless picture: 14 bits each for width − 1 and height − 1, and nothing after them.
    const size = (side - 1) | ((side - 1) << 14);
    const bytes = new Uint8Array(30);
    const view = new DataView(bytes.buffer);
    for (const [at, text] of [
      [0, "RIFF"],
      [8, "WEBP"],
      [12, "VP8L"],
    ] as const) {
      bytes.set(new TextEncoder().encode(text), at);
    }
    view.setUint32(4, 22, true);
    view.setUint32(16, 10, true);
    bytes[20] = 0x2f;
    view.setUint32(21, size, true);
    expect(await readerOf(GREY)(new Blob([bytes]))).toContain("268,402,689 pixels");
  });

  test("large pictures are decoded one after the other, and each comes out as itself", async () => {
    const read = readerOf(GREY);
    const large = { width: 5800, height: 5800 };
    const colours = ["black", "rgb(90, 90, 90)"];
    const files = await Promise.all(colours.map((colour) => picture(colour, large)));
    const pixels = await Promise.all(files.map(read));
    expect(pixels.map((own) => own[400])).toEqual([0, 90]);
  });
});

describe("a folder", () => {
  test("labels are the folders' names; a fifth is held back; progress reaches the end", async () => {
    const opening = open(await pets(10));
    const { name, description, train, validation, image, pictures } = await opening;
    expect({ name, image, pictures }).toEqual({ name: "pets", image: GREY, pictures: { fit: "crop" } });
    expect(description).toBe("16 grey pictures of 28 × 28 pixels to train on, 4 to validate on.");
    for (const { x, y } of [train, validation]) {
      expect(y).toEqual(y.map((_, i) => (asDense(x).data[784 * i] === 0 ? "cats" : "dogs")));
    }
    expect(opening.progress.at(-1)).toEqual({ text: "Decoding pictures: 20 of 20", share: 1 });
  });

  test("folders named by digits are numbers", async () => {
    const files = (await pets(4)).map(({ path, file: own }, i) => ({ path: `${i % 2}/${path}`, file: own }));
    const flat = files.map(({ path, file: own }) => ({ path: `${path[0]}/${path.at(-5)}.png`, file: own }));
    expect(new Set((await open(flat)).train.y)).toEqual(new Set([0, 1]));
  });

  test("pictures that do not decode are named, or left out and counted", async () => {
    const broken = ["a", "b"].map((name) => file(`pets/cats/${name}.png`, new Blob(["no picture"])));
    const files = [...(await pets(5)), ...broken];
    await expect(open(files)).rejects.toThrow(
      "pets/cats/a.png: cannot be decoded as a picture; nor do these decode: pets/cats/b.png",
    );
    const { train, validation, description } = await open(files, { skipBroken: true });
    expect(train.y.length + validation.y.length).toBe(10);
    expect(description).toMatch(/Left out, as they do not decode: pets\/cats\/a\.png, pets\/cats\/b\.png\.$/);
  });

  test("what is no picture is named before, and in the description", async () => {
    const known = await kindOf([...(await pets(5)), file("pets/notes.txt", new Blob(["fed"]))]);
    const context = { signal: new AbortController().signal, onProgress: () => {} };
    const place = document.body.appendChild(document.createElement("div"));
    render(h(PictureForm, { known, before: DEFAULT_PICTURES, onOpen: () => {}, onCancel: () => {} }), place);
    expect(place.innerText).toContain("Ignored, as no pictures: pets/notes.txt.");
    const { description } = await openFiles(known, { table: null, pictures: DEFAULT_PICTURES }, context);
    expect(description).toMatch(/2 to validate on\. Ignored, as no pictures: pets\/notes\.txt\.$/);
  });

  test("one folder only, and no folder at all", async () => {
    const files = await pets(2);
    await expect(open(files.filter(({ path }) => path.includes("cats")))).rejects.toThrow(
      "pets: all pictures lie in “cats”; each class needs a folder of its own",
    );
    await expect(open([file("1.png", files[0].file), ...files])).rejects.toThrow(
      "1.png: is a picture without a folder",
    );
  });

  test("an abort rejects with its reason", async () => {
    const controller = new AbortController();
    const opening = open(await pets(50), {}, controller.signal);
    controller.abort(new Error("enough"));
    await expect(opening).rejects.toThrow("enough");
  });
});

describe("the form of a table", () => {
  /** Shows the form; what it is answered with comes last in `answers`. */
  function form(columns: readonly ColumnProfile[], before: TableChoices | null = null) {
    const place = document.body.appendChild(document.createElement("div"));
    const answers: TableChoices[] = [];
    const onOpen = (choices: TableChoices) => void answers.push(choices);
    const profile = profileOf(columns);
    const nothing = () => {};
    const given = { name: "a.csv", profile, before, problem: "", isHeaderChanged: false };
    render(h(TableForm, { ...given, onOpen, onHeader: nothing, onCancel: nothing }), place);
    const boxes = () => [...place.querySelectorAll<HTMLInputElement>(".feature-checks input")];
    const settled = () => new Promise((resolve) => setTimeout(resolve, 50));
    return { place, answers, boxes, settled };
  }

  const column = (name: string, values: readonly string[], kind?: "text") => ({
    ...profileColumn(name, values, ","),
    ...(kind && { kind, advice: "id" as const, reason: "an id" }),
  });
  const profileOf = (columns: readonly ColumnProfile[]): TableProfile => ({
    ...{ hasHeader: true, isHeaderSure: true, isNamed: false, preview: [], columns },
    ...{ label: guessLabel(columns), sampledRows: 4, isWhole: true, remark: "" },
  });
  const numbers = (count: number) =>
    Array.from({ length: count }, (_, i) => column(`p${i}`, ["1", "2", "5", "4"]));
  const words = ["a", "b", "a", "b"];
  const columns = [...numbers(2), column("note", words, "text"), column("label", words)];

  test("a box for each column but the labels: ticked are features, an id is not", async () => {
    const { place, answers, boxes, settled } = form(columns);
    expect(boxes().map(({ checked, labels }) => [labels?.[0].textContent, checked])).toEqual([
      ["p0", true],
      ["p1", true],
      ["note", false],
    ]);
    boxes()[0].click();
    await settled();
    place.querySelector<HTMLButtonElement>("[type=submit]")?.click();
    const [{ label, kinds }] = answers;
    expect(label).toBe("label");
    expect(kinds).toEqual(new Map([["p0", "leave out"]]));
    const again = form(columns, answers[0]);
    expect(again.boxes().map(({ checked }) => checked)).toEqual([false, true, false]);
  });

  test("many columns are folded away behind their number; pictures follow what is ticked", async () => {
    const { place, boxes, settled } = form([...numbers(785), column("label", ["1", "2", "1", "2"])]);
    const folded = place.querySelector("details");
    expect([folded?.innerText, boxes().length]).toEqual(["Features: 785 of 785 columns", 0]);
    expect(place.innerText).not.toContain("pictures");
    folded?.querySelector("summary")?.click();
    await settled();
    boxes()[59].click();
    await settled();
    expect(place.innerText).toContain("Features: 784 of 785 columns");
    expect(place.innerText).toContain("pixels of 28 × 28 pictures");
  });

  test("of very many columns, the label is typed, and sixty boxes are shown of those that are found", async () => {
    const many = [...numbers(100_000), column("kind", words)];
    const { place, answers, boxes, settled } = form(many);
    expect(place.querySelectorAll("*").length).toBeLessThan(100);
    const find = <E extends Element = HTMLInputElement>(which: string) => {
      const element = place.querySelector<E>(which);
      return element ?? expect.unreachable(`there is no ${which}`);
    };
    const type = async (which: string, text: string) => {
      find(which).value = text;
      find(which).dispatchEvent(new InputEvent("input", { bubbles: true }));
      await settled();
    };
    const press = async (name: string) => {
      [...place.querySelectorAll("button")].find(({ innerText }) => innerText === name)?.click();
      await settled();
    };
    expect(find("input[list]").value).toBe("kind");
    expect(place.innerText).toContain("One of 100,001, by its name. 2 classes: a (2 rows), b (2).");
    await type("input[list]", "p7001");
    expect(Array.from(find<HTMLDataListElement>("datalist").options, ({ value }) => value)).toEqual([
      "p7001",
      ...Array.from({ length: 10 }, (_, i) => `p7001${i}`),
    ]);
    await type("input[list]", "p70010x");
    expect(place.innerText).toContain("No column has this name, so it is still “p7001”.");
    await type("input[list]", "p70019");
    find<HTMLElement>("summary").click();
    await settled();
    expect(boxes().length).toBe(60);
    expect(place.innerText).toContain("100,000 found, 99,940 of them not shown below");
    await press("Untick all found");
    await type("[type=search]", "P9999");
    expect(place.innerText).toContain("11 found");
    expect(boxes().map(({ checked }) => checked)).toEqual(boxes().map(() => false));
    await press("Tick all found");
    expect(boxes().map(({ checked }) => checked)).toEqual(boxes().map(() => true));
    boxes()[0].click();
    await settled();
    expect(place.innerText).toContain("Features: 10 of 100,000 columns");
    find("[type=submit]").click();
    const [{ label, kinds }] = answers;
    expect([label, ...["p9999", "p99990", "p0"].map((name) => kinds.get(name))]).toEqual([
      "p70019",
      "leave out",
      "number",
      "leave out",
    ]);
  });
});
