/** Strokes as images: pixels covered by a round pen, centred and scaled like the training images. */
import type { Point } from "../../../../src/data/strokes/stroke-raster.ts";
import type { ImageShape } from "../../data/demo-dataset.ts";

/** Values and place of the ink on an image. */
export interface ImageStyle {
  /** Value of a pixel without ink, and of one full of it. */
  readonly ground: number;
  readonly full: number;
  /** Longer side of the box around the ink, in pixels. */
  readonly side: number;
  /** Place of the ink's centre of mass. */
  readonly centre: Point;
}

/** The path of a pen while it is down. */
export type Stroke = readonly Point[];

interface Size {
  readonly width: number;
  readonly height: number;
}

/** Returns the coverage of each pixel, 0 to 1, `[height, width]`; strokes and `halfWidth` of the pen are in pixels. */
export function coverage(strokes: readonly Stroke[], halfWidth: number, size: Size): Float32Array {
  const squaredDistance = new Float64Array(size.width * size.height).fill(Infinity);
  for (const stroke of strokes) {
    // A stroke of one point is a dot.
    if (stroke.length === 1) lower(squaredDistance, stroke[0], stroke[0], halfWidth, size);
    for (let i = 1; i < stroke.length; i++) lower(squaredDistance, stroke[i - 1], stroke[i], halfWidth, size);
  }
  return Float32Array.from(squaredDistance, (squared) => clamp(halfWidth + 0.5 - Math.sqrt(squared)));
}

export function centreOfMass(ink: Float32Array, { width }: Size): Point {
  let [mass, x, y] = [0, 0, 0];
  for (const [pixel, amount] of ink.entries()) {
    mass += amount;
    x += amount * ((pixel % width) + 0.5);
    y += amount * (Math.floor(pixel / width) + 0.5);
  }
  return { x: x / mass, y: y / mass };
}

/** Updates the squared distances of pixel centres to the nearest stroke with one segment, as far as its ink reaches. */
function lower(
  squaredDistance: Float64Array,
  from: Point,
  to: Point,
  halfWidth: number,
  { width, height }: Size,
): void {
  const reach = halfWidth + 0.5;
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const squaredLength = dx * dx + dy * dy;
  const left = Math.max(0, Math.floor(Math.min(from.x, to.x) - reach));
  const right = Math.min(width - 1, Math.floor(Math.max(from.x, to.x) + reach));
  const top = Math.max(0, Math.floor(Math.min(from.y, to.y) - reach));
  const bottom = Math.min(height - 1, Math.floor(Math.max(from.y, to.y) + reach));
  for (let row = top; row <= bottom; row++) {
    for (let col = left; col <= right; col++) {
      const [px, py] = [col + 0.5 - from.x, row + 0.5 - from.y];
      const t = squaredLength > 0 ? clamp((px * dx + py * dy) / squaredLength) : 0;
      const pixel = row * width + col;
      squaredDistance[pixel] = Math.min(squaredDistance[pixel], (px - t * dx) ** 2 + (py - t * dy) ** 2);
    }
  }
}

function clamp(value: number): number {
  return Math.min(1, Math.max(0, value));
}

/** Half the width of the pen on an image 28 pixels wide, as on an average training digit. */
const HALF_WIDTH = 1.15;
/** Maximum magnification, so that a dot is not blown up to a blob. */
const MOST_MAGNIFICATION = 8;

/** Returns half the width of the pen in pixels of `image`. */
export function penOf({ width }: ImageShape): number {
  return Math.max(0.5, (HALF_WIDTH * width) / 28);
}

/** Returns the ink `[height, width]` of strokes in widths of the drawing area, with at least one point. */
export function placed(strokes: readonly Stroke[], style: ImageStyle, image: ImageShape): Float32Array {
  const pen = penOf(image);
  const { middle, longer } = boxOf(strokes.flat());
  const scale = Math.min(MOST_MAGNIFICATION * image.width, Math.max(1, style.side - 2 * pen) / longer);
  const inkAround = (centre: Point) => {
    const toPixels = ({ x, y }: Point) => ({
      x: centre.x + scale * (x - middle.x),
      y: centre.y + scale * (y - middle.y),
    });
    return coverage(
      strokes.map((stroke) => stroke.map(toPixels)),
      pen,
      image,
    );
  };
  const mass = centreOfMass(inkAround(style.centre), image);
  return inkAround({ x: 2 * style.centre.x - mass.x, y: 2 * style.centre.y - mass.y });
}

/** Returns the row x `[D]` of an image with this ink, equal in every channel. */
export function rowOfInk(
  ink: Float32Array,
  { ground, full }: ImageStyle,
  { channels }: ImageShape,
): Float32Array {
  return Float32Array.from(
    { length: ink.length * channels },
    (_, j) => ground + (full - ground) * ink[Math.floor(j / channels)],
  );
}

function boxOf(points: readonly Point[]): { middle: Point; longer: number } {
  let [left, right, top, bottom] = [Infinity, -Infinity, Infinity, -Infinity];
  for (const { x, y } of points) {
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  }
  const middle = { x: (left + right) / 2, y: (top + bottom) / 2 };
  return { middle, longer: Math.max(right - left, bottom - top) };
}
