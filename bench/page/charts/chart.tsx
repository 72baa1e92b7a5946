/** @jsxImportSource preact */
/** A figure: a chart, its caption, and in words the point that is pointed at. */
import { useEffect, useRef, useState } from "preact/hooks";
import { drawChart } from "./draw-chart.ts";
import { type ChartPoint, type ChartProps, drawable, keyOf } from "./series.ts";

/** The figure, without the series whose keys are in `hidden`. Everything in it also stands in a table. */
export function Chart({
  caption,
  series,
  x,
  y,
  hidden,
}: ChartProps & { readonly hidden: readonly string[] }) {
  const place = useRef<HTMLDivElement>(null);
  const [near, setNear] = useState<ChartPoint | null>(null);

  useEffect(() => {
    const shown = drawable(series).filter((one) => !hidden.includes(keyOf(one)));
    if (!place.current || shown.length === 0) return;
    const chart = drawChart(place.current, shown, x, y, setNear);
    return () => {
      chart.dispose();
      setNear(null);
    };
  }, [series, hidden, x, y]);

  return (
    <figure class="chart">
      <figcaption>{caption}</figcaption>
      <div class="plot" ref={place} role="img" aria-label={`${caption}. The table below has the figures.`} />
      <p class="readout hint">{near?.text ?? "Point at a mark to read it."}</p>
    </figure>
  );
}
