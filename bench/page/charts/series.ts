/** Contents of a chart: series of points with their look, and axes. */
import type { MarkerName } from "../../../demo/ui/markers.tsx";
import type { Line } from "../../../demo/ui/plot.ts";

/** The shapes that series get, in order. */
export const SERIES_MARKERS: readonly MarkerName[] = ["circle", "square", "triangle", "diamond", "cross"];

/** Line patterns, in CSS pixels drawn and left out; the first is solid. */
export const DASHES: readonly (readonly number[])[] = [[], [8, 4], [2, 3], [8, 3, 2, 3], [14, 5]];

/** A measured point, and its text when it is pointed at. */
export interface ChartPoint {
  readonly x: number;
  readonly y: number;
  readonly text: string;
}

/** Points of one kind. Without a marker they only lead a line; without a dash they have no line. */
export interface ChartSeries extends Line {
  /** The record that the series comes from; empty if there is only one. Labels differ within a group. */
  readonly group: string;
  readonly marker: MarkerName | null;
  readonly points: readonly ChartPoint[];
}

/** A logarithmic axis; ticks stand at powers of its base. */
export interface ChartAxis {
  readonly label: string;
  readonly base: 2 | 10;
}

export interface ChartProps {
  readonly caption: string;
  /** Must keep its identity while nothing changes: new series draw the chart again. */
  readonly series: readonly ChartSeries[];
  readonly x: ChartAxis;
  readonly y: ChartAxis;
}

/** Returns the element of a list at `index`, counted round. */
export function cycle<T>(list: readonly T[], index: number): T {
  return list[index % list.length];
}

/** Returns what tells a series from all others. */
export function keyOf({ group, label }: Pick<ChartSeries, "group" | "label">): string {
  return JSON.stringify([group, label]);
}

/** Returns the points that a logarithmic chart can show, and only series that have some. */
export function drawable(series: readonly ChartSeries[]): ChartSeries[] {
  const canBeDrawn = (value: number): boolean => Number.isFinite(value) && value > 0;
  return series
    .map((one) => ({ ...one, points: one.points.filter(({ x, y }) => canBeDrawn(x) && canBeDrawn(y)) }))
    .filter(({ points }) => points.length > 0);
}
