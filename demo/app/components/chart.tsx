/** @jsxImportSource preact */
/** A figure of lines that grow: its caption and key, the chart, and in words the point that is looked at. */
import { useEffect, useRef, useState } from "preact/hooks";
import { LegendMark } from "../../../bench/page/charts/legend-mark.tsx";
import { type AxisRange, drawLines, type Line, type LineChart, type LineData } from "./draw-lines.ts";

interface ChartProps {
  readonly caption: string;
  /** What the horizontal axis counts, for example `"epoch"`. */
  readonly unit: string;
  /** Must keep their identity: the chart is made anew with them. */
  readonly lines: readonly Line[];
  readonly axisRange: AxisRange;
  readonly data: LineData;
  readonly inWords: (value: number) => string;
  /** A figure on the vertical axis. Default: a plain number. */
  readonly onAxis?: (value: number) => string;
}

/** The figure. The same figures are to stand in a table as well. */
export function Chart({ caption, unit, lines, axisRange, data, inWords, onAxis }: ChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<LineChart | null>(null);
  const [pointed, setPointed] = useState<number | null>(null);

  useEffect(() => {
    if (!place.current) return;
    const made = drawLines(place.current, lines, axisRange, onAxis, setPointed);
    chart.current = made;
    return () => made.dispose();
  }, [lines, axisRange, onAxis]);
  useEffect(() => chart.current?.show(data), [data, lines, axisRange, onAxis]);

  const index = Math.min(pointed ?? Infinity, data.x.length - 1);
  return (
    <figure class="line-chart">
      <figcaption>
        {caption} <span class="hint">{index >= 0 ? `${unit} ${data.x[index]}` : `by ${unit}`}</span>
      </figcaption>
      <div class="plot" ref={place} role="img" aria-label={`${caption}. The table below has the figures.`} />
      <ul class="line-key">
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
