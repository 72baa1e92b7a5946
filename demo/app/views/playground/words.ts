/** Points and predictions as text. */
import { matmul, softmax } from "../../../../src/backends/reference/operations.ts";
import type { Point } from "../../../../src/data/strokes/stroke-raster.ts";
import { formatCount, formatShare, formatTenths } from "../../../ui/format.ts";
import type { Trained } from "./course.ts";
import { type Extra, featuresOf, matrixOf } from "./features.ts";
import { CLASSES } from "./plane.ts";

/** Returns a point as `(1.2, −0.4)`. */
export function coordinates({ x, y }: Point): string {
  return `(${formatTenths(x)}, ${formatTenths(y)})`;
}

/** Returns `1 point` or `1,200 points`. */
export function countOf(points: readonly Point[]): string {
  return points.length === 1 ? "1 point" : `${formatCount(points.length)} points`;
}

/** Returns the classes with their probabilities at a place, the likeliest first. */
export function likelyAt(
  place: Point,
  { parameters, extras, present }: Pick<Trained, "parameters" | "extras" | "present">,
): { k: number; p: number }[] {
  const logits = matmul(matrixOf([place], extras), [0], parameters);
  return Array.from(softmax(logits, present.length), (p, i) => ({ k: present[i], p })).sort(
    (a, b) => b.p - a.p,
  );
}

/** Returns a place and its prediction as text for a screen reader. */
export function spokenPlace(place: Point, trained: Trained | null): string {
  const where = `${formatTenths(place.x)}, ${formatTenths(place.y)}`;
  if (!trained) return where;
  const [{ k, p }] = likelyAt(place, trained);
  return `${where}: ${CLASSES[k]}, ${formatShare(p)}`;
}

/** Returns features as a place in their space: `(x, y, x²)`. */
export function featureSpace(extras: readonly Extra[]): string {
  return `(${featuresOf(extras)
    .map(({ label }) => label)
    .join(", ")})`;
}
