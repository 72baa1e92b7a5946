/** The style of the training images: background and ink, size and position of the drawn object. */

import type { Matrix } from "../../../../src/index.ts";
import type { ImageShape } from "../../data/demo-dataset.ts";
import { rowValues } from "../../data/rows.ts";
import { centreOfMass, type ImageStyle } from "./raster.ts";

/** Images and values that are averaged at most. */
const IMAGES = 200;
const VALUES = 400_000;
/** Least ink of a pixel within the box; less may be noise. */
const VISIBLE = 0.3;

/** Share of an image's longer side that digits take in MNIST. */
const USUAL_SIDE = 20 / 28;

/** Measures the style of the first images of `x`; without any it is white ink on black, of usual size in the middle. */
export function imageStyleOf(x: Matrix, image: ImageShape): ImageStyle {
  const longer = Math.max(image.width, image.height);
  const centre = { x: image.width / 2, y: image.height / 2 };
  // A project may have been saved without its rows.
  if (x.rows === 0) return { ground: 0, full: 1, side: USUAL_SIDE * longer, centre };
  const count = Math.min(IMAGES, Math.ceil(VALUES / x.cols), x.rows);
  const rows = Array.from({ length: count }, (_, row) => grey(rowValues(x, row), image));
  const { ground, full } = groundAndInk(rows, image);
  const inks = rows
    .map((row) => row.map((value) => Math.max(0, (value - ground) / (full - ground))))
    .filter((ink) => ink.some((amount) => amount > VISIBLE));
  if (inks.length === 0) return { ground, full: ground + 1, side: longer, centre };
  const masses = inks.map((ink) => centreOfMass(ink, image));
  return {
    ground,
    full,
    side: meanOf(inks.map((ink) => sideOfInk(ink, image))),
    centre: { x: meanOf(masses.map(({ x }) => x)), y: meanOf(masses.map(({ y }) => y)) },
  };
}

/** Returns the brightness of each pixel, `[height, width]`. */
export function grey(values: Float32Array, { channels }: ImageShape): Float32Array {
  if (channels === 1) return values;
  return Float32Array.from({ length: values.length / channels }, (_, pixel) =>
    meanOf(values.subarray(pixel * channels, (pixel + 1) * channels)),
  );
}

/** Returns the background, the median of the border, and the ink, the end of the range that is farther from it. */
function groundAndInk(rows: readonly Float32Array[], { width, height }: ImageShape) {
  const isBorder = (pixel: number) =>
    pixel < width || pixel >= width * (height - 1) || pixel % width === 0 || pixel % width === width - 1;
  const border = rows.flatMap((row) => Array.from(row).filter((_, pixel) => isBorder(pixel)));
  const ground = border.sort((a, b) => a - b)[border.length >> 1];
  let [least, most] = [Infinity, -Infinity];
  for (const row of rows) {
    for (const value of row) {
      least = Math.min(least, value);
      most = Math.max(most, value);
    }
  }
  return { ground, full: most - ground >= ground - least ? most : least };
}

/** Returns the longer side of the box around the ink. */
function sideOfInk(ink: Float32Array, { width }: ImageShape): number {
  let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
  for (const [pixel, amount] of ink.entries()) {
    if (amount <= VISIBLE) continue;
    const row = Math.floor(pixel / width);
    left = Math.min(left, pixel % width);
    right = Math.max(right, pixel % width);
    top = Math.min(top, row);
    bottom = Math.max(bottom, row);
  }
  return 1 + Math.max(right - left, bottom - top);
}

function meanOf(values: ArrayLike<number>): number {
  return Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
}
