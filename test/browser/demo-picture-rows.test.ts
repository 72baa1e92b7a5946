/** How the demo makes rows of pictures: cropped, fitted or stretched, alike from files and from the screen. */
import { describe, expect, onTestFinished, test } from "vitest";
import type { ImageShape } from "../../demo/app/data/demo-dataset.ts";
import { originOf } from "../../demo/app/data/demo-dataset.ts";
import { DEFAULT_PICTURES, type PictureChoices } from "../../demo/app/data/open-context.ts";
import { openPictures } from "../../demo/app/data/pictures/open-pictures.ts";
import type { PictureFit } from "../../demo/app/data/pictures/picture-fit.ts";
import { createPictureReader } from "../../demo/app/data/pictures/picture-reader.ts";
import { pictureRow } from "../../demo/app/data/pictures/picture-row.ts";
import { asDense } from "../../demo/app/data/rows.ts";

const GREY: ImageShape = { width: 28, height: 28, channels: 1 };
const COLOUR: ImageShape = { width: 32, height: 32, channels: 3 };

/** A canvas that `paint` has painted. */
function painted(width: number, height: number, paint: (context: OffscreenCanvasRenderingContext2D) => void) {
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d");
  if (!context) return expect.unreachable("no context");
  paint(context);
  return canvas;
}

/** Twice as wide as high: from the left a quarter of black, half of grey, and a quarter of white. */
const wide = () =>
  painted(80, 40, (context) => {
    for (const [colour, x, width] of [
      ["black", 0, 20],
      ["rgb(100, 100, 100)", 20, 40],
      ["white", 60, 20],
    ] as const) {
      context.fillStyle = colour;
      context.fillRect(x, 0, width, 40);
    }
  });

/** Random black and white pixels, seeded. */
const noise = (side: number) =>
  painted(side, side, (context) => {
    const image = context.createImageData(side, side);
    let state = 1;
    for (let at = 0; at < image.data.length; at += 4) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      image.data.fill(state >>> 31 ? 255 : 0, at, at + 3);
      image.data[at + 3] = 255;
    }
    context.putImageData(image, 0, 0);
  });

describe("a picture of another shape", () => {
  const middleLine = async (fit: PictureFit) => {
    const row = await pictureRow(wide(), GREY, fit);
    return Array.from({ length: 28 }, (_, x) => row[14 * 28 + x]);
  };

  test("crop keeps the square in the middle", async () => {
    expect(await middleLine("crop")).toEqual(Array(28).fill(100));
  });

  test("stretch keeps everything", async () => {
    const line = await middleLine("stretch");
    expect([line[0], line[3], line[14], line[24], line[27]]).toEqual([0, 0, 100, 255, 255]);
  });

  test("fit keeps everything, between borders of the mean colour of the edge", async () => {
    const row = await pictureRow(wide(), GREY, "fit");
    const line = await middleLine("fit");
    expect([line[0], line[3], line[14], line[24], line[27]]).toEqual([0, 0, 100, 255, 255]);
    const border = new Set([...row.subarray(0, 7 * 28), ...row.subarray(21 * 28)]);
    expect(border.size).toBe(1);
    const [colour] = border;
    expect(colour).toBeGreaterThan(100);
    expect(colour).toBeLessThan(130);
  });

  test("fit of a drawing on white has a white border; transparent pixels are white", async () => {
    const drawing = painted(40, 80, (context) => context.fillRect(15, 30, 10, 20));
    const row = await pictureRow(drawing, COLOUR, "fit");
    expect(Array.from(row.subarray(0, 24))).toEqual(Array(24).fill(255));
    expect(row[3 * (16 * 32 + 16)]).toBe(0);
  });
});

test("a file, a bitmap and a canvas give the same row, on the page and in the Worker", async () => {
  const canvas = noise(101);
  const file = await canvas.convertToBlob();
  const reader = createPictureReader(COLOUR, "fit");
  onTestFinished(reader.dispose);
  const expected = await pictureRow(file, COLOUR, "fit");
  expect(new Set(expected).size).toBeGreaterThan(20);
  expect(await reader.read(file)).toEqual(expected);
  expect(await pictureRow(await createImageBitmap(canvas), COLOUR, "fit")).toEqual(expected);
  expect(await pictureRow(canvas, COLOUR, "fit")).toEqual(expected);
});

test("a fine pattern becomes its mean, and no noise", async () => {
  const row = await pictureRow(noise(1500), GREY, "crop");
  for (const value of row) expect(Math.abs(value - 127)).toBeLessThan(20);
});

test("a picture that a camera held upright is turned as its file says", async () => {
  const upright = painted(40, 40, (context) => {
    context.fillStyle = "white";
    context.fillRect(0, 0, 40, 40);
    context.fillStyle = "black";
    context.fillRect(0, 0, 20, 40);
  });
  const jpeg = await (await upright.convertToBlob({ type: "image/jpeg", quality: 1 })).bytes();
  // Exif with one entry: orientation 6, to be turned by 90° clockwise.
  const exif = Uint8Array.from(
    "ffe1002245786966000049492a0008000000010012010300010000000600000000000000".match(/../g) ?? [],
    (hex) => Number.parseInt(hex, 16),
  );
  const file = new Blob([jpeg.subarray(0, 2), exif, jpeg.subarray(2)]);
  const at = (row: Uint8Array, x: number, y: number) => (row[28 * y + x] > 127 ? "white" : "black");
  const plain = await pictureRow(new Blob([jpeg]), GREY, "crop");
  expect([at(plain, 2, 14), at(plain, 25, 14)]).toEqual(["black", "white"]);
  const turned = await pictureRow(file, GREY, "crop");
  expect([at(turned, 14, 2), at(turned, 14, 25)]).toEqual(["black", "white"]);
});

describe("a folder", () => {
  async function open(choices: Partial<PictureChoices>) {
    const content = await noise(30).convertToBlob();
    const files = Array.from({ length: 10 }, (_, i) => ({
      path: `pets/${i % 2 ? "cats" : "dogs"}/${i}.png`,
      file: new File([content], `${i}.png`),
    }));
    const context = { signal: new AbortController().signal, onProgress: () => {} };
    return openPictures(files, { ...DEFAULT_PICTURES, ...choices }, context);
  }

  test("each row knows the path of its picture", async () => {
    const { train, validation } = await open({});
    for (const part of [train, validation]) {
      for (const [row, label] of part.y.entries()) expect(originOf(part, row)).toContain(`pets/${label}/`);
    }
  });

  test("copies are made of training pictures only; their paths are repeated", async () => {
    const { train, validation, description } = await open({ makesCopies: true });
    expect([train.x.rows, validation.x.rows]).toEqual([32, 2]);
    expect(asDense(train.x).data).toHaveLength(32 * 784);
    expect(description).toContain("also mirrored and shifted: 32 rows, 4 × as many.");
    for (const [row, label] of train.y.entries()) {
      expect(originOf(train, row)).toBe(originOf(train, row % 8));
      expect(label).toBe(train.y[row % 8]);
    }
  });
});
