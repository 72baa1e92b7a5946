/**
 * Draws pen strokes into a 28 × 28 image: first the distance from every pixel to the nearest stroke, then the ink by
 * that distance. The positions of the strokes come from `stroke-digits.ts`.
 */
import type { Random } from "../random.ts";

/** Pixels along each side of an image. */
export const SIZE = 28;
/** Pixels of an image. */
export const PIXELS = SIZE * SIZE;
/** Number of straight segments drawn between two points of a curve. */
const SEGMENTS = 4;

/** A point, x to the right and y down; in this file in pixels, with the top left corner of the image at 0,0. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/**
 * Lowers `squaredDistance` `[28, 28]` to the squared distance from the Catmull–Rom curve through `points`, drawn as
 * straight segments. `reach` is the distance in pixels beyond which the pen leaves no ink.
 */
export function traceCurve(points: readonly Point[], reach: number, squaredDistance: Float64Array): void {
  const last = points.length - 1;
  for (let span = 0; span < last; span++) {
    const before = points[Math.max(span - 1, 0)];
    const from = points[span];
    const to = points[span + 1];
    const after = points[Math.min(span + 2, last)];
    let previous = from;
    for (let segment = 1; segment <= SEGMENTS; segment++) {
      const t = segment / SEGMENTS;
      const next = {
        x: catmullRom(before.x, from.x, to.x, after.x, t),
        y: catmullRom(before.y, from.y, to.y, after.y, t),
      };
      traceSegment(previous, next, reach, squaredDistance);
      previous = next;
    }
  }
}

function catmullRom(a: number, b: number, c: number, d: number, t: number): number {
  return b + 0.5 * t * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
}

/**
 * Lowers `squaredDistance` `[28, 28]` to the squared distance from pixel centres to one segment. Only the pixels in its
 * bounding box widened by `reach` are visited, since no other can receive ink from it.
 */
function traceSegment(from: Point, to: Point, reach: number, squaredDistance: Float64Array): void {
  const dx = to.x - from.x;
  const dy = to.y - from.y;
  const lengthSquared = dx * dx + dy * dy;
  const left = Math.max(0, Math.floor(Math.min(from.x, to.x) - reach));
  const right = Math.min(SIZE - 1, Math.floor(Math.max(from.x, to.x) + reach));
  const top = Math.max(0, Math.floor(Math.min(from.y, to.y) - reach));
  const bottom = Math.min(SIZE - 1, Math.floor(Math.max(from.y, to.y) + reach));
  for (let row = top; row <= bottom; row++) {
    for (let col = left; col <= right; col++) {
      const px = col + 0.5 - from.x;
      const py = row + 0.5 - from.y;
      const along = lengthSquared > 0 ? (px * dx + py * dy) / lengthSquared : 0;
      const t = Math.min(1, Math.max(0, along));
      const ex = px - t * dx;
      const ey = py - t * dy;
      const pixel = row * SIZE + col;
      squaredDistance[pixel] = Math.min(squaredDistance[pixel], ex * ex + ey * ey);
    }
  }
}

/**
 * Writes `image` `[28, 28]`: ink by the distances, with an antialiased edge one pixel wide, and noise of up to `noise`
 * each way in every pixel.
 */
export function ink(
  squaredDistance: Float64Array,
  halfWidth: number,
  noise: number,
  image: Uint8Array,
  random: Random,
): void {
  const scale = noise / 128;
  let bits = 0;
  for (let pixel = 0; pixel < PIXELS; pixel++) {
    // One draw of 32 bits is used for four pixels, a byte each.
    bits = pixel % 4 === 0 ? random.bits() : bits >>> 8;
    const coverage = Math.min(1, Math.max(0, halfWidth + 0.5 - Math.sqrt(squaredDistance[pixel])));
    const value = 255 * coverage + scale * ((bits & 255) - 127.5);
    image[pixel] = Math.min(255, Math.max(0, Math.round(value)));
  }
}
