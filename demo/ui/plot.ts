/**
 * Draws lines over two axes on a canvas, through uPlot. A plot follows the width of its element and the colours of
 * the page. Captions, legends and texts belong to the components that use it.
 */
import "./valid-language.ts";
import uPlot from "uplot";
import { colourName } from "./markers.tsx";
import "uplot/dist/uPlot.min.css";

export interface Line {
  readonly label: string;
  /** Any whole number from 0, as in styles/colours.css. */
  readonly colour: number;
  /** CSS pixels drawn and left out, empty for a solid line; null without a line. */
  readonly dash: readonly number[] | null;
}

/** An axis: uPlot's options that differ between charts. */
export interface PlotAxis {
  readonly scale: uPlot.Scale;
  readonly axis: uPlot.Axis;
}

/** All that differs between charts. */
export interface PlotSetup {
  readonly lines: readonly Line[];
  readonly x: PlotAxis;
  readonly y: PlotAxis;
  /** Least and greatest height, CSS pixels. */
  readonly heights: readonly [least: number, greatest: number];
  readonly padding: uPlot.Padding;
  readonly cursor: uPlot.Cursor;
  readonly hooks: uPlot.Hooks.Arrays;
  /** Whether lines have values at few places of x: they span the gaps, and uPlot draws no points. */
  readonly isSparse: boolean;
}

export interface Plot {
  readonly uplot: uPlot;
  dispose(): void;
}

/** Diameter of the points on a line, CSS pixels. */
const POINT_SIZE = 5;
const FONT = "12px system-ui, sans-serif";

/** Creates a plot of `data`, the values of x and those of each line, within `element`. */
export function createPlot(element: HTMLElement, setup: PlotSetup, data: uPlot.AlignedData): Plot {
  const { lines, x, y, heights, padding, cursor, hooks, isSparse } = setup;
  const colour = (name: string): string => pageColour(element, name);
  const size = () => {
    const width = element.clientWidth;
    return { width, height: Math.round(Math.min(heights[1], Math.max(heights[0], width * 0.6))) };
  };
  const axis: uPlot.Axis = {
    font: FONT,
    labelFont: FONT,
    stroke: () => colour("--muted"),
    grid: { stroke: () => colour("--grid"), width: 1 },
    ticks: { show: false },
  };
  const uplot = new uPlot(
    {
      ...size(),
      legend: { show: false },
      cursor,
      padding,
      hooks,
      scales: { x: { time: false, ...x.scale }, y: { ...y.scale } },
      axes: [
        { ...axis, ...x.axis },
        { ...axis, ...y.axis },
      ],
      series: [
        {},
        ...lines.map(({ label, colour: index, dash }) => ({
          label,
          stroke: () => colour(colourName(index)),
          width: 2,
          dash: [...(dash ?? [])],
          spanGaps: isSparse,
          points: isSparse ? { show: false } : { size: POINT_SIZE, fill: () => colour(colourName(index)) },
          ...(dash ? {} : { paths: () => null }),
        })),
      ],
    },
    data,
    element,
  );
  const observer = new ResizeObserver(() => uplot.setSize(size()));
  observer.observe(element);
  const scheme = matchMedia("(prefers-color-scheme: dark)");
  const repaint = () => uplot.redraw(false, true);
  scheme.addEventListener("change", repaint);
  return {
    uplot,
    dispose: () => {
      observer.disconnect();
      scheme.removeEventListener("change", repaint);
      uplot.destroy();
    },
  };
}

/** Returns the value of a custom property, such as `--series-1`, in the theme at hand. */
export function pageColour(element: HTMLElement, name: string): string {
  return getComputedStyle(element).getPropertyValue(name);
}
