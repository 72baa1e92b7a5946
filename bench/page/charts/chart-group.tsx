/** @jsxImportSource preact */
/** Charts of the same series side by side, with one legend for all. */
import { useState } from "preact/hooks";
import { toggled } from "../choices.ts";
import { Chart } from "./chart.tsx";
import { Legend } from "./legend.tsx";
import { type ChartProps, type ChartSeries, drawable, keyOf } from "./series.ts";

/** The charts. */
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
      <div class="charts">
        {charts.map((chart) => (
          <Chart key={chart.x.label} hidden={hidden} {...chart} />
        ))}
      </div>
    </div>
  );
}
