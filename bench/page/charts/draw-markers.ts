/**
 * The marks of points: drawing them, and finding the one that is pointed at. Shapes tell apart what colours alone
 * would not tell everyone.
 */
import uPlot from "uplot";
import { type ChartPoint, type ChartSeries, colourName, type Marker } from "./series.ts";

/** CSS pixels. */
const RADIUS = 5;
/** How near a pointer has to come to a point, CSS pixels. */
const REACH = 40;

/** A point with the series that it belongs to. */
export interface PlacedPoint {
  readonly point: ChartPoint;
  readonly series: ChartSeries;
}

/** Draws all marks, the one that is pointed at larger. */
export function drawMarkers(
  plot: uPlot,
  marked: readonly PlacedPoint[],
  near: PlacedPoint | null,
  colour: (name: string) => string,
): void {
  const { ctx } = plot;
  ctx.save();
  for (const one of marked) {
    const { marker, colour: index } = one.series;
    if (!marker) continue;
    const at = [plot.valToPos(one.point.x, "x", true), plot.valToPos(one.point.y, "y", true)] as const;
    const radius = RADIUS * uPlot.pxRatio * (one === near ? 1.5 : 1);
    const path = markerPath(marker, ...at, radius);
    ctx.strokeStyle = colour(marker === "cross" ? colourName(index) : "--surface");
    ctx.fillStyle = colour(colourName(index));
    ctx.lineWidth = (marker === "cross" ? 2.5 : 1) * uPlot.pxRatio;
    ctx.fill(path);
    ctx.stroke(path);
  }
  ctx.restore();
}

/** The point that a pointer is at, null where none is within reach. */
export function nearest(
  plot: uPlot,
  marked: readonly PlacedPoint[],
  event: PointerEvent,
): PlacedPoint | null {
  const { left, top } = plot.over.getBoundingClientRect();
  let best: PlacedPoint | null = null;
  let reach = REACH;
  for (const one of marked) {
    const dx = plot.valToPos(one.point.x, "x") - (event.clientX - left);
    const dy = plot.valToPos(one.point.y, "y") - (event.clientY - top);
    const distance = Math.hypot(dx, dy);
    if (distance >= reach) continue;
    reach = distance;
    best = one;
  }
  return best;
}

/** Corners on a circle of radius 1; the circle has none. */
const CORNERS: Readonly<Record<Exclude<Marker, "circle" | "cross">, readonly (readonly [number, number])[]>> =
  {
    square: [
      [-0.85, -0.85],
      [0.85, -0.85],
      [0.85, 0.85],
      [-0.85, 0.85],
    ],
    triangle: [
      [0, -1.1],
      [1, 0.8],
      [-1, 0.8],
    ],
    diamond: [
      [0, -1.2],
      [1.2, 0],
      [0, 1.2],
      [-1.2, 0],
    ],
  };

/** Adds a mark around (x, y) to the path; all in the pixels of the canvas. */
function markerPath(marker: Marker, x: number, y: number, radius: number): Path2D {
  const path = new Path2D();
  if (marker === "circle") {
    path.arc(x, y, radius, 0, 2 * Math.PI);
  } else if (marker === "cross") {
    path.moveTo(x - radius, y - radius);
    path.lineTo(x + radius, y + radius);
    path.moveTo(x + radius, y - radius);
    path.lineTo(x - radius, y + radius);
  } else {
    for (const [dx, dy] of CORNERS[marker]) path.lineTo(x + radius * dx, y + radius * dy);
    path.closePath();
  }
  return path;
}
