/** Brings a drawing to where and how large the training images have theirs, and makes a row for the model of it. */
import type { Point } from "../../../../src/data/strokes/stroke-raster.ts";
import type { ImageShape } from "../../data/demo-dataset.ts";
import type { Look } from "./look.ts";
import { centreOfMass, coverage, type Stroke } from "./raster.ts";

/** Half the width of the pen on an image 28 pixels wide, as on an average training digit. */
const HALF_WIDTH = 1.15;
/** A dot stays a dot: drawings are magnified no more than this. */
const MOST = 3;

/** Half the width of the pen in pixels of `image`. */
export function penOf({ width }: ImageShape): number {
  return Math.max(0.5, (HALF_WIDTH * width) / 28);
}

/** The ink `[height, width]` of strokes that are given in widths of the drawing area. At least one point is needed. */
export function placed(strokes: readonly Stroke[], look: Look, image: ImageShape): Float32Array {
  const pen = penOf(image);
  const { middle, longer } = boxOf(strokes.flat());
  const scale = Math.min(MOST * image.width, Math.max(1, look.side - 2 * pen) / longer);
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
  const mass = centreOfMass(inkAround(look.centre), image);
  return inkAround({ x: 2 * look.centre.x - mass.x, y: 2 * look.centre.y - mass.y });
}

/** The row x `[D]` of an image with this ink, the same in every channel. */
export function rowOfInk(ink: Float32Array, { ground, full }: Look, { channels }: ImageShape): Float32Array {
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
