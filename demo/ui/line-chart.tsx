/**
 * A chart of lines that grow while they are looked at: caption, canvas, and a key with the values under the pointer.
 */
import { useEffect, useRef, useState } from "preact/hooks";
import type uPlot from "uplot";
import { LegendMark } from "./markers.tsx";
import type { Line, Plot } from "./plot.ts";
import { useWanted } from "./use-wanted.ts";

/** The values of x, and a row of values for each line; gaps are NaN. */
interface LineData {
  readonly x: readonly number[];
  readonly y: readonly (readonly number[])[];
  /** The end of the x axis, so that it does not move while values come in. */
  readonly xEnd: number;
}

/** Returns the ends of the vertical axis for values between `least` and `most`. */
export type AxisRange = (least: number, most: number) => readonly [bottom: number, top: number];

interface LineChartProps {
  readonly caption: string;
  /** Unit of the horizontal axis, for example `"epoch"`. */
  readonly unit: string;
  /** Must keep their identity: new lines create the chart again. */
  readonly lines: readonly Line[];
  readonly axisRange: AxisRange;
  readonly data: LineData;
  readonly inWords: (value: number) => string;
  /** Text of a value on the vertical axis. Default: a plain number. */
  readonly onAxis?: (value: number) => string;
}

export function LineChart({ caption, unit, lines, axisRange, data, inWords, onAxis }: LineChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const [plot, setPlot] = useState<Plot | null>(null);
  const xEnd = useRef(1);
  const [pointed, setPointed] = useState<number | null>(null);
  const [isFailed, setFailed] = useState(false);
  const isWanted = useWanted(place) && data.x.length > 0;

  // The library that draws is loaded when the chart is wanted: the first load of a page goes without it.
  useEffect(() => {
    if (!isWanted) return;
    let isCurrent = true;
    let created: Plot | null = null;
    const create = ({ createPlot }: typeof import("./plot.ts")) => {
      if (!isCurrent || !place.current) return;
      created = createPlot(
        place.current,
        {
          lines,
          x: {
            scale: { range: () => [0, xEnd.current] },
            axis: { size: 24, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000] },
          },
          y: {
            scale: { range: (_, least, most) => [...rangeOf(least, most, axisRange)] },
            axis: { size: 48, space: 32, ...(onAxis && { values: (_, values) => values.map(onAxis) }) },
          },
          heights: [180, 240],
          padding: [8, 18, null, null],
          cursor: { y: false, drag: { x: false, y: false }, points: { size: 7 } },
          hooks: { setCursor: [({ cursor }: uPlot) => setPointed(cursor.idx ?? null)] },
          isSparse: false,
        },
        [[], ...lines.map(() => [])],
      );
      setPlot(created);
    };
    import("./plot.ts").then(create, () => isCurrent && setFailed(true));
    return () => {
      isCurrent = false;
      created?.dispose();
      setPlot(null);
    };
  }, [isWanted, lines, axisRange, onAxis]);
  useEffect(() => {
    xEnd.current = data.xEnd;
    const columns = data.y.map((line) => line.map((value) => (Number.isFinite(value) ? value : null)));
    plot?.uplot.setData([[...data.x], ...columns]);
  }, [data, plot]);

  const index = Math.min(pointed ?? Infinity, data.x.length - 1);
  return (
    <figure class="line-chart">
      <figcaption>
        {caption} <span class="hint">{index >= 0 ? `${unit} ${data.x[index]}` : `by ${unit}`}</span>
      </figcaption>
      <div class="plot" ref={place} role="img" aria-label={`${caption}. The table below has the values.`} />
      {isFailed && <p class="hint">The chart did not load; the table has its values.</p>}
      <ul class="line-key flow">
        {lines.map((line, i) => (
          <li key={line.label}>
            <LegendMark colour={line.colour} marker={null} dash={line.dash} />
            {line.label}
            <b>{index >= 0 ? inWords(data.y[i][index]) : ""}</b>
          </li>
        ))}
      </ul>
    </figure>
  );
}

/** Returns the ends of the axis; uPlot has no least and most before the first value. */
function rangeOf(least: number | null, most: number | null, axisRange: AxisRange): readonly [number, number] {
  return least === null || most === null ? axisRange(0, 1) : axisRange(least, most);
}
