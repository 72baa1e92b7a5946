/** Points to begin with, each the same every time. */
import { createRandom, type Random } from "../../../../src/data/random.ts";
import { inside, type PlanePoint } from "./plane.ts";

const POINTS_OF_CLOUD = 24;

/** `classes` clouds around a circle; they overlap where they are many. */
export function cloudPoints(classes: number): PlanePoint[] {
  const random = createRandom(classes);
  return Array.from({ length: classes }, (_, k) => {
    const angle = Math.PI / 2 - (2 * Math.PI * k) / classes;
    return cloud(k, 2.4 * Math.cos(angle), 2.4 * Math.sin(angle), 0.55, random);
  }).flat();
}

/** Two clouds that no line splits without mistakes. */
export function overlapPoints(): PlanePoint[] {
  const random = createRandom(21);
  return [...cloud(0, -0.8, -0.4, 1, random, 50), ...cloud(1, 0.8, 0.4, 1, random, 50)];
}

/** A cloud within a ring: no straight line comes near to splitting them. */
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
