/** Draws series of points over two log axes, with markers, and finds the point nearest to the pointer. */
import "../../../demo/ui/valid-language.ts";
import uPlot from "uplot";
import { colourName, MARKERS } from "../../../demo/ui/markers.tsx";
import { createPlot, pageColour } from "../../../demo/ui/plot.ts";
import { formatTick, logRange, logTicks, thinned } from "./log-scale.ts";
import type { ChartAxis, ChartPoint, ChartSeries } from "./series.ts";

/** Room for the label of a tick, CSS pixels. */
const LABEL_WIDTH = 44;
const LABEL_HEIGHT = 18;
/** Radius of a marker, CSS pixels. */
const RADIUS = 5;
/** Greatest distance of a pointer from the point that it points at, CSS pixels. */
const REACH = 40;

interface PlacedPoint {
  readonly point: ChartPoint;
  readonly series: ChartSeries;
}

/**
 * Draws into `element` until disposed.
 *
 * @param series with at least one point, all above 0
 * @param onNear called with the point under the pointer; null for none
 */
export function drawScatter(
  element: HTMLElement,
  series: readonly ChartSeries[],
  x: ChartAxis,
  y: ChartAxis,
  onNear: (point: ChartPoint | null) => void,
): { dispose(): void } {
  const placed: PlacedPoint[] = series
    .flatMap((one) => one.points.map((point) => ({ point, series: one })))
    .sort((a, b) => a.point.x - b.point.x);
  const marked = placed.filter((one) => one.series.marker !== null);
  let near: PlacedPoint | null = null;
  const columns = series.map((one) => placed.map(({ series: own, point }) => (own === one ? point.y : null)));
  const plot = createPlot(
    element,
    {
      lines: series,
      x: axisOf(x, 28, ({ over }) => over.clientWidth / LABEL_WIDTH),
      y: axisOf(y, 48, ({ over }) => over.clientHeight / LABEL_HEIGHT),
      heights: [240, 400],
      padding: [12, 16, null, null],
      cursor: { show: false },
      hooks: { draw: [(uplot) => drawMarkers(uplot, marked, near, (name) => pageColour(element, name))] },
      isSparse: true,
    },
    [placed.map(({ point }) => point.x), ...columns],
  );

  const { uplot } = plot;
  const listening = new AbortController();
  const { signal } = listening;
  const pointAt = (found: PlacedPoint | null): void => {
    if (found === near) return;
    near = found;
    uplot.redraw(false, false);
    onNear(found?.point ?? null);
  };
  const follow = (event: PointerEvent): void => pointAt(nearest(uplot, marked, event));
  uplot.over.addEventListener("pointermove", follow, { signal });
  uplot.over.addEventListener("pointerdown", follow, { signal });
  uplot.over.addEventListener("pointerleave", () => pointAt(null), { signal });
  return {
    dispose: () => {
      listening.abort();
      plot.dispose();
    },
  };
}

function axisOf({ label, base }: ChartAxis, size: number, mostLabels: (plot: uPlot) => number) {
  return {
    scale: {
      time: false,
      distr: 3,
      log: base,
      range: (_: uPlot, min: number, max: number) => logRange(min, max, base === 10 ? 10 : 4),
    } satisfies uPlot.Scale,
    axis: {
      label,
      labelSize: 24,
      size,
      filter: (plot, ticks) => thinned(ticks, mostLabels(plot)),
      splits: (_, __, min, max) => logTicks(min, max, base),
      values: (_, splits) => splits.map((value) => (value === null ? "" : formatTick(value, base))),
    } satisfies uPlot.Axis,
  };
}

/** Draws all markers, the one under the pointer larger. */
function drawMarkers(
  plot: uPlot,
  marked: readonly PlacedPoint[],
  near: PlacedPoint | null,
  colour: (name: string) => string,
): void {
  const { ctx } = plot;
  ctx.save();
  const before = ctx.getTransform();
  for (const one of marked) {
    const { marker, colour: index } = one.series;
    if (!marker) continue;
    const radius = RADIUS * uPlot.pxRatio * (one === near ? 1.5 : 1);
    ctx.translate(plot.valToPos(one.point.x, "x", true), plot.valToPos(one.point.y, "y", true));
    ctx.scale(radius, radius);
    const path = new Path2D(MARKERS[marker]);
    ctx.strokeStyle = colour("--surface");
    ctx.fillStyle = colour(colourName(index));
    ctx.lineWidth = uPlot.pxRatio / radius;
    ctx.fill(path);
    ctx.stroke(path);
    ctx.setTransform(before);
  }
  ctx.restore();
}

/** Returns the point under the pointer; null if none is within reach. */
function nearest(plot: uPlot, marked: readonly PlacedPoint[], event: PointerEvent): PlacedPoint | null {
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
