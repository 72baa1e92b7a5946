/**
 * What a chart shows: series of points, how each looks, and what its axes mean. Colours
 * are those of styles/colours.css.
 */

/** How many series colours styles/colours.css has. */
export const COLOURS = 8;

export const MARKERS = ["circle", "square", "triangle", "diamond", "cross"] as const;
export type Marker = (typeof MARKERS)[number];

/** Line patterns, in CSS pixels drawn and left out; the first is solid. */
export const DASHES: readonly (readonly number[])[] = [[], [8, 4], [2, 3], [8, 3, 2, 3], [14, 5]];

/** A measured point, and what it says of itself when pointed at. */
export interface ChartPoint {
  readonly x: number;
  readonly y: number;
  readonly text: string;
}

/** Points of one kind. Without a marker they only lead a line, without a dash they have no line. */
export interface ChartSeries {
  /** The record it comes from; empty where there is only one. */
  readonly group: string;
  /** Unlike all others of its group. */
  readonly label: string;
  /** Any whole number from 0; colours repeat. */
  readonly colour: number;
  readonly marker: Marker | null;
  readonly dash: readonly number[] | null;
  readonly points: readonly ChartPoint[];
}

/** A logarithmic axis; ticks stand at powers of its base. */
export interface ChartAxis {
  readonly label: string;
  readonly base: 2 | 10;
}

/** All that a chart shows. */
export interface ChartProps {
  readonly caption: string;
  /** Must keep its identity while nothing changes: the chart is drawn anew with it. */
  readonly series: readonly ChartSeries[];
  readonly x: ChartAxis;
  readonly y: ChartAxis;
}

/** The one of a list that comes round at `index`. */
export function cycle<T>(list: readonly T[], index: number): T {
  return list[index % list.length];
}

/** What tells a series from all others. */
export function keyOf({ group, label }: Pick<ChartSeries, "group" | "label">): string {
  return JSON.stringify([group, label]);
}

/** The name of a custom property that holds a series colour. */
export function colourName(colour: number): string {
  return `--series-${(colour % COLOURS) + 1}`;
}

/** Only points that a logarithmic chart can show, and only series that have some. */
export function drawable(series: readonly ChartSeries[]): ChartSeries[] {
  const canBeDrawn = (value: number): boolean => Number.isFinite(value) && value > 0;
  return series
    .map((one) => ({ ...one, points: one.points.filter(({ x, y }) => canBeDrawn(x) && canBeDrawn(y)) }))
    .filter(({ points }) => points.length > 0);
}
