/** The plane of the playground: points with a class each, between −REACH and REACH both ways, y upwards. */
import { createRandom, type Random } from "../../../../src/data/random.ts";
import type { Point } from "../../../../src/data/strokes/stroke-raster.ts";
import { type Extra, matrixOf } from "./features.ts";

export const CLASSES = ["A", "B", "C", "D", "E", "F", "G", "H"] as const;
/** Distance of the edges of the plane from its middle. */
export const REACH = 4;
export const MOST_POINTS = 600;

/** A point of class CLASSES[k]. */
export interface PlanePoint extends Point {
  readonly k: number;
}

/** Converts a place on the sheet, 0 to 1 with y downwards, into the nearest place in the plane. */
export function fromSheet(x: number, y: number): Point {
  return inside({ x: REACH * (2 * x - 1), y: REACH * (1 - 2 * y) });
}

/** Converts a place in the plane into one on the sheet, 0 to 1 with y downwards. */
export function toSheet({ x, y }: Point): Point {
  return { x: (x / REACH + 1) / 2, y: (1 - y / REACH) / 2 };
}

/** Returns the nearest place that is in the plane. */
export function inside({ x, y }: Point): Point {
  const limited = (position: number) => Math.min(REACH, Math.max(-REACH, position));
  return { x: limited(x), y: limited(y) };
}

/** Returns the index of the point nearest to `place` within `radius`; −1 if there is none. */
export function nearest(points: readonly Point[], place: Point, radius: number): number {
  let [found, least] = [-1, radius];
  for (const [i, { x, y }] of points.entries()) {
    const distance = Math.hypot(x - place.x, y - place.y);
    if (distance <= least) [found, least] = [i, distance];
  }
  return found;
}

/** Returns the classes that have points, as indices into CLASSES, ascending. */
export function presentIn(points: readonly PlanePoint[]): number[] {
  return [...new Set(points.map(({ k }) => k))].sort((a, b) => a - b);
}

/** Returns the points as rows and labels to train on. */
export function samplesOf(points: readonly PlanePoint[], extras: readonly Extra[]) {
  return { x: matrixOf(points, extras), y: points.map(({ k }) => CLASSES[k]) };
}

const POINTS_OF_CLOUD = 24;

/** Returns `classes` clouds around a circle; many of them overlap. */
export function cloudPoints(classes: number): PlanePoint[] {
  const random = createRandom(classes);
  return Array.from({ length: classes }, (_, k) => {
    const angle = Math.PI / 2 - (2 * Math.PI * k) / classes;
    return cloud(k, 2.4 * Math.cos(angle), 2.4 * Math.sin(angle), 0.55, random);
  }).flat();
}

/** Returns two clouds that no line separates without mistakes. */
export function overlapPoints(): PlanePoint[] {
  const random = createRandom(21);
  return [...cloud(0, -0.8, -0.4, 1, random, 50), ...cloud(1, 0.8, 0.4, 1, random, 50)];
}

/** Returns a cloud within a ring, which no line comes near to separating. */
export function ringPoints(): PlanePoint[] {
  const random = createRandom(22);
  const ring = Array.from({ length: 60 }, (_, i) => {
    const angle = (2 * Math.PI * i) / 60;
    const radius = 2.8 + 0.2 * random.normal();
    return inside({ x: radius * Math.cos(angle), y: radius * Math.sin(angle) });
  });
  return [...cloud(0, 0, 0, 0.6, random, 40), ...ring.map((place) => ({ ...place, k: 1 }))];
}

function cloud(
  k: number,
  x: number,
  y: number,
  spread: number,
  random: Random,
  count = POINTS_OF_CLOUD,
): PlanePoint[] {
  return Array.from({ length: count }, () => {
    const place = inside({ x: x + spread * random.normal(), y: y + spread * random.normal() });
    return { ...place, k };
  });
}
