/** @jsxImportSource preact */
/** Rows per second over batch size, features and classes: a chart for each dimension that was swept. */
import { useMemo } from "preact/hooks";
import type { BenchRecord } from "../../record.ts";
import { formatCount } from "../format.ts";
import type { RecordName } from "../record-names.ts";
import { type Dimension, findSweep, type Sweep } from "../sweeps.ts";
import { ChartGroup } from "./chart-group.tsx";
import type { ChartAxis, ChartProps } from "./series.ts";
import { sweepSeries } from "./sweep-series.ts";

const X: Readonly<Record<Dimension, ChartAxis>> = {
  rows: { label: "rows of a batch", base: 2 },
  features: { label: "features D", base: 2 },
  classes: { label: "classes K", base: 2 },
};
const Y: ChartAxis = { label: "rows per second", base: 10 };

interface SweepChartsProps {
  readonly records: readonly BenchRecord[];
  readonly names: readonly RecordName[];
}

/** Up to three charts, or a word on how to get them. */
export function SweepCharts({ records, names }: SweepChartsProps) {
  const charts = useMemo(() => {
    const shapes = records.flatMap(({ steps }) => steps.map(({ shape }) => shape));
    return (["rows", "features", "classes"] as const).flatMap((over): ChartProps[] => {
      const sweep = findSweep(shapes, over);
      if (!sweep) return [];
      return [{ caption: captionOf(sweep), series: sweepSeries(records, names, sweep), x: X[over], y: Y }];
    });
  }, [records, names]);
  if (charts.length === 0) return <p class="hint">Measure a sweep to see charts here.</p>;
  return <ChartGroup charts={charts} />;
}

function captionOf({ over, like }: Sweep): string {
  const rows = `${formatCount(like.rows)} rows`;
  const features = `${formatCount(like.features)} features`;
  const classes = `${formatCount(like.classes)} classes`;
  if (over === "rows") return `Over the batch size, at ${features} and ${classes}`;
  if (over === "features") return `Over the features, at ${rows} and ${classes}`;
  return `Over the classes, at ${rows} and ${features}`;
}
