/** Points and predictions as text. */
import { matmul, softmax } from "../../../../src/backends/reference/operations.ts";
import type { Point } from "../../../../src/data/strokes/stroke-raster.ts";
import { formatShare, formatTenths } from "../../../ui/format.ts";
import type { Trained } from "./live-training.ts";
import { CLASSES } from "./plane.ts";

/** Returns a point as `(1.2, −0.4)`. */
export function coordinates({ x, y }: Point): string {
  return `(${formatTenths(x)}, ${formatTenths(y)})`;
}

/** Returns `1 point` or `2 points`. */
export function countOf(points: readonly Point[]): string {
  return points.length === 1 ? "1 point" : `${points.length} points`;
}

/** Returns the classes with their probabilities at a place, the likeliest first. */
export function likelyAt({ x, y }: Point, { parameters, present }: Trained): { k: number; p: number }[] {
  const logits = matmul({ data: Float64Array.of(x, y), rows: 1, cols: 2 }, [0], parameters);
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
