/** Charts of measured points on log axes, side by side, with one legend that switches series off and on. */
import { useEffect, useRef, useState } from "preact/hooks";
import { LegendMark } from "../../../demo/ui/markers.tsx";
import { groupBy } from "../align.ts";
import { toggled } from "../choices.ts";
import { drawScatter } from "./draw-scatter.ts";
import { type ChartPoint, type ChartProps, type ChartSeries, drawable, keyOf } from "./series.ts";

/** Charts of the same series, with one legend for all. */
export function ChartGroup({ charts }: { readonly charts: readonly ChartProps[] }) {
  const [hidden, setHidden] = useState<readonly string[]>([]);
  const entries = new Map<string, ChartSeries>();
  for (const { series } of charts) {
    for (const one of drawable(series)) entries.set(keyOf(one), one);
  }
  return (
    <div class="chart-group">
      <Legend
        series={[...entries.values()]}
        hidden={hidden}
        onToggle={(key) => setHidden((before) => toggled(before, key, !before.includes(key)))}
      />
      <div class="charts columns">
        {charts.map((chart) => (
          <Chart key={chart.x.label} hidden={hidden} {...chart} />
        ))}
      </div>
    </div>
  );
}

/** A chart without the series whose keys are in `hidden`. A table holds the same values. */
function Chart({ caption, series, x, y, hidden }: ChartProps & { readonly hidden: readonly string[] }) {
  const place = useRef<HTMLDivElement>(null);
  const [near, setNear] = useState<ChartPoint | null>(null);

  useEffect(() => {
    const shown = drawable(series).filter((one) => !hidden.includes(keyOf(one)));
    if (!place.current || shown.length === 0) return;
    const chart = drawScatter(place.current, shown, x, y, setNear);
    return () => {
      chart.dispose();
      setNear(null);
    };
  }, [series, hidden, x, y]);

  return (
    <figure class="chart">
      <figcaption>{caption}</figcaption>
      <div class="plot" ref={place} role="img" aria-label={`${caption}. The table below has the values.`} />
      <p class="readout hint">{near?.text ?? "Point at a marker to read it."}</p>
    </figure>
  );
}

interface LegendProps {
  readonly series: readonly ChartSeries[];
  readonly hidden: readonly string[];
  readonly onToggle: (key: string) => void;
}

/** A list of series for each record; a press switches a series off or on. */
function Legend({ series, hidden, onToggle }: LegendProps) {
  return (
    <>
      {groupBy(series, ({ group }) => group).map(([group, own]) => (
        <div key={group} class="legend-group">
          {group && <p>{group}</p>}
          <ul class="legend flow" aria-label={`Shown in the charts ${group}`}>
            {own.map((one) => (
              <li key={one.label}>
                <button
                  type="button"
                  aria-pressed={!hidden.includes(keyOf(one))}
                  onClick={() => onToggle(keyOf(one))}
                >
                  <LegendMark {...one} />
                  {one.label}
                </button>
              </li>
            ))}
          </ul>
        </div>
      ))}
    </>
  );
}
