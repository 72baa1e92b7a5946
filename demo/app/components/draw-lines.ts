/**
 * Lines on a canvas through uPlot, for figures that come in while they are looked at. Follows the width of its place
 * and the colours of the page. What is pointed at is told to the component around it.
 */
import uPlot from "uplot";
import { colourName } from "../../../bench/page/charts/series.ts";

/** How a line looks and what it is called. */
export interface Line {
  readonly label: string;
  /** Any whole number from 0, as in styles/colours.css. */
  readonly colour: number;
  /** CSS pixels drawn and left out; empty for a solid line. */
  readonly dash: readonly number[];
}

/** What is drawn: where along the axis, and a row of figures for each line; gaps are no numbers. */
export interface LineData {
  readonly x: readonly number[];
  readonly y: readonly (readonly number[])[];
  /** Where the axis ends, so that it does not move while figures come in. */
  readonly xEnd: number;
}

/** A chart that is there. */
export interface LineChart {
  show(data: LineData): void;
  dispose(): void;
}

/** How far the vertical axis goes for figures between these. */
export type AxisRange = (least: number, most: number) => readonly [bottom: number, top: number];

/**
 * Draws into `place` until disposed.
 *
 * @param inWords a figure on the vertical axis; as a plain number where absent
 * @param onPoint told which of the figures is pointed at; null for none
 */
export function drawLines(
  place: HTMLElement,
  lines: readonly Line[],
  axisRange: AxisRange,
  inWords: ((value: number) => string) | undefined,
  onPoint: (index: number | null) => void,
): LineChart {
  let xEnd = 1;
  const colour = (name: string): string => getComputedStyle(place).getPropertyValue(name);
  const axis: uPlot.Axis = {
    font: "12px system-ui, sans-serif",
    stroke: () => colour("--muted"),
    grid: { stroke: () => colour("--grid"), width: 1 },
    ticks: { show: false },
  };
  const options: uPlot.Options = {
    ...sizeIn(place),
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 } },
    padding: [8, 18, null, null],
    scales: {
      x: { time: false, range: () => [0, xEnd] },
      y: { range: (_, least, most) => [...rangeOf(least, most, axisRange)] },
    },
    axes: [
      { ...axis, size: 24, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000] },
      { ...axis, size: 48, space: 32, ...(inWords && { values: (_, values) => values.map(inWords) }) },
    ],
    series: [
      {},
      ...lines.map(({ label, colour: index, dash }) => ({
        label,
        stroke: () => colour(colourName(index)),
        width: 2,
        dash: [...dash],
        points: { size: 5, fill: () => colour(colourName(index)) },
      })),
    ],
    hooks: { setCursor: [({ cursor }) => onPoint(cursor.idx ?? null)] },
  };
  const plot = new uPlot(options, [[], ...lines.map(() => [])], place);

  const observer = new ResizeObserver(() => plot.setSize(sizeIn(place)));
  observer.observe(place);
  const scheme = matchMedia("(prefers-color-scheme: dark)");
  const repaint = () => plot.redraw(false, true);
  scheme.addEventListener("change", repaint);
  return {
    show: (data) => {
      xEnd = data.xEnd;
      const columns = data.y.map((line) => line.map((value) => (Number.isFinite(value) ? value : null)));
      plot.setData([[...data.x], ...columns]);
    },
    dispose: () => {
      observer.disconnect();
      scheme.removeEventListener("change", repaint);
      plot.destroy();
    },
  };
}

function sizeIn(place: HTMLElement): { width: number; height: number } {
  const width = place.clientWidth;
  return { width, height: Math.round(Math.min(240, Math.max(180, width * 0.6))) };
}

/** Before there is any figure, uPlot knows no least and most. */
function rangeOf(least: number | null, most: number | null, axisRange: AxisRange): readonly [number, number] {
  return least === null || most === null ? axisRange(0, 1) : axisRange(least, most);
}
