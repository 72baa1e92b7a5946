/**
 * Puts series onto a canvas through uPlot: log-log axes, lines, marks, and the point nearest to a pointer. Follows
 * the width of its place and the colours of the page. What it says in words is left to the component around it.
 */
import uPlot from "uplot";
import { drawMarkers, nearest, type PlacedPoint } from "./draw-markers.ts";
import { formatTick, logRange, logTicks, thinned } from "./log-scale.ts";
import { type ChartAxis, type ChartPoint, type ChartSeries, colourName } from "./series.ts";

/** Room for the label of a tick, CSS pixels. */
const LABEL_WIDTH = 44;
const LABEL_HEIGHT = 18;

/**
 * Draws into `place` until disposed.
 *
 * @param series with at least one point, all above 0
 * @param onNear told which point the pointer is at
 */
export function drawChart(
  place: HTMLElement,
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
  const colour = (name: string): string => getComputedStyle(place).getPropertyValue(name);

  const options: uPlot.Options = {
    ...sizeIn(place),
    legend: { show: false },
    cursor: { show: false },
    padding: [12, 16, null, null],
    scales: { x: scaleOf(x), y: scaleOf(y) },
    axes: [
      {
        ...axisOf(x, colour),
        size: 28,
        filter: (plot, ticks) => thinned(ticks, plot.over.clientWidth / LABEL_WIDTH),
      },
      {
        ...axisOf(y, colour),
        size: 48,
        filter: (plot, ticks) => thinned(ticks, plot.over.clientHeight / LABEL_HEIGHT),
      },
    ],
    series: [
      {},
      ...series.map(({ colour: index, dash }) => ({
        stroke: () => colour(colourName(index)),
        width: 2,
        dash: [...(dash ?? [])],
        spanGaps: true,
        points: { show: false },
        ...(dash ? {} : { paths: () => null }),
      })),
    ],
    hooks: { draw: [(plot) => drawMarkers(plot, marked, near, colour)] },
  };
  const columns = series.map((one) => placed.map(({ series: own, point }) => (own === one ? point.y : null)));
  const plot = new uPlot(options, [placed.map(({ point }) => point.x), ...columns], place);

  const listening = new AbortController();
  const { signal } = listening;
  const pointAt = (found: PlacedPoint | null): void => {
    if (found === near) return;
    near = found;
    plot.redraw(false, false);
    onNear(found?.point ?? null);
  };
  const follow = (event: PointerEvent): void => pointAt(nearest(plot, marked, event));
  plot.over.addEventListener("pointermove", follow, { signal });
  plot.over.addEventListener("pointerdown", follow, { signal });
  plot.over.addEventListener("pointerleave", () => pointAt(null), { signal });
  const scheme = matchMedia("(prefers-color-scheme: dark)");
  scheme.addEventListener("change", () => plot.redraw(false, true), { signal });
  const observer = new ResizeObserver(() => plot.setSize(sizeIn(place)));
  observer.observe(place);
  return {
    dispose: () => {
      listening.abort();
      observer.disconnect();
      plot.destroy();
    },
  };
}

function sizeIn(place: HTMLElement): { width: number; height: number } {
  const width = place.clientWidth;
  return { width, height: Math.round(Math.min(400, Math.max(240, width * 0.6))) };
}

function scaleOf({ base }: ChartAxis): uPlot.Scale {
  return {
    time: false,
    distr: 3,
    log: base,
    range: (_, min, max) => logRange(min, max, base === 10 ? 10 : 4),
  };
}

function axisOf({ label, base }: ChartAxis, colour: (name: string) => string): uPlot.Axis {
  return {
    label,
    labelSize: 24,
    font: "12px system-ui, sans-serif",
    labelFont: "12px system-ui, sans-serif",
    stroke: () => colour("--muted"),
    grid: { stroke: () => colour("--grid"), width: 1 },
    ticks: { show: false },
    splits: (_, __, min, max) => logTicks(min, max, base),
    values: (_, splits) => splits.map((value) => (value === null ? "" : formatTick(value, base))),
  };
}
