/** Numbers and places in words. */
import { matmul, softmax } from "../../../../src/backends/reference/operations.ts";
import type { Point } from "../../../../src/data/strokes/stroke-raster.ts";
import { percent } from "../../components/percent.ts";
import type { Trained } from "./live-training.ts";
import { CLASSES } from "./plane.ts";

const tenths = new Intl.NumberFormat("en-GB", { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const powers = new Intl.NumberFormat("en-GB", { maximumSignificantDigits: 2, useGrouping: false });

/** Two significant digits, `0.000032` as `3.2e-5`. */
export function brief(value: number): string {
  return value !== 0 && (Math.abs(value) < 1e-3 || Math.abs(value) >= 1e6)
    ? value.toExponential(1).replace(".0e", "e").replace("+", "")
    : powers.format(value);
}

/** `(1.2, −0.4)` */
export function coordinates({ x, y }: Point): string {
  return `(${decimal(x)}, ${decimal(y)})`;
}

/** `1 point`, `2 points` */
export function countOf(points: readonly Point[]): string {
  return points.length === 1 ? "1 point" : `${points.length} points`;
}

/** One digit after the point. */
export function decimal(value: number): string {
  return tenths.format(Math.round(10 * value) / 10 || 0).replace("-", "−");
}

/** The classes at a place and their probabilities, the likeliest first. */
export function likelyAt({ x, y }: Point, { parameters, present }: Trained): { k: number; p: number }[] {
  const logits = matmul({ data: Float64Array.of(x, y), rows: 1, cols: 2 }, [0], parameters);
  return Array.from(softmax(logits, present.length), (p, i) => ({ k: present[i], p })).sort(
    (a, b) => b.p - a.p,
  );
}

/** What is to be heard of a place. */
export function spokenPlace(place: Point, trained: Trained | null): string {
  const where = `${decimal(place.x)}, ${decimal(place.y)}`;
  if (!trained) return where;
  const [{ k, p }] = likelyAt(place, trained);
  return `${where}: ${CLASSES[k]}, ${percent(p)}`;
}
